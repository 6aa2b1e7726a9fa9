"""Where shops and their files stand in a library, and which files are copies of others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from server.base.errors import LibraryError, Problem
from server.base.yaml_files import Node
from server.library.model import Script

SHOP_FILE = "shop.yaml"
SHOP_RULES_FILE = "rules.yaml"
PRODUCTS_FILE = "products.yaml"
RULES_DIR = "rules"
_ENDINGS = (".yaml", ".yml")
_OTHER_ENDING = re.compile(r"\.ya?ml\.(?:txt|docx?|rtf|html?)$", re.IGNORECASE)

# What sync programs and file managers add to the name of a copy.
_COPY = re.compile(
    r"""
    \s*[(（]\d{1,3}[)）]                                      # ship (1)
    | [\s_-]*(?:的)?(?:副本|拷贝|复件|复制)(?:\s*[(（]?\d*[)）]?)   # ship - 副本 (2)
    | \s+(?:-\s+)?copy(?:\s*[(（]?\d*[)）]?)                   # ship - Copy (2)
    | [\s_.-]*[(（\[]?[^()（）\[\]]{0,40}(?:冲突|conflict)[^()（）\[\]]{0,60}[)）\]]?
    | [\s_-](?-i:(?:DESKTOP|LAPTOP|WIN)-[A-Z0-9]{5,}|[A-Z0-9]+-PC)  # ship-DESKTOP-A1B2C3
    | _conf\(\d+\)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COPY_BEFORE = re.compile(r"(?:copy of |复件 |副本[ -]+)", re.IGNORECASE)


def shop_dirs(root: Path) -> list[Path]:
    """The shop folders, by name. Raises LibraryError when there is no folder or no shop."""
    if not root.is_dir():
        what = "library folder is missing"
        raise LibraryError([Problem(str(root), 0, "", "L010", what, "name one: --library DIR")])
    found = [d for d in sorted(root.iterdir()) if d.is_dir() and _is_shop(d)]
    copies = {copy for copy, _ in _copies(found)}
    dirs = [d for d in found if d not in copies]
    if not dirs:
        what = "library folder is empty: no shop folder with a .yaml file in it"
        fix = "make <library>/<shop>/scripts.yaml with a list under `scripts`"
        raise LibraryError([Problem(str(root), 0, "", "L011", what, fix)])
    return dirs


def set_aside(root: Path) -> list[Problem]:
    """A remark for each shop folder and each file of shared rules that is not read."""
    found = [d for d in sorted(root.iterdir()) if d.is_dir() and _is_shop(d)]
    folders = [_set_aside(copy.name, original.name) for copy, original in _copies(found)]
    return [*folders, *yaml_in(root / RULES_DIR, RULES_DIR).remarks]


def _is_shop(folder: Path) -> bool:
    hidden = folder.name.startswith((".", "_")) or folder.name == RULES_DIR
    return not hidden and any(
        _is_yaml(file) or _OTHER_ENDING.search(file.name) for file in folder.iterdir()
    )


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS and not path.name.startswith((".", "~$"))


def _copies(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Each path whose name says that it is a copy of another one of them."""
    by_stem = {_stem(path).lower(): path for path in paths}
    for path in by_stem.values():
        for stem in _original_stems(_stem(path)):
            original = by_stem.get(stem.lower())
            if original is not None and original is not path:
                yield path, original
                break


def _stem(path: Path) -> str:
    return path.stem if path.suffix.lower() in _ENDINGS else path.name


def _original_stems(stem: str) -> Iterator[str]:
    for place in range(1, len(stem)):
        if _COPY.fullmatch(stem, place):
            yield stem[:place]
    before = _COPY_BEFORE.match(stem)
    if before:
        yield stem[before.end() :]


def _set_aside(shown: str, original: str) -> Problem:
    what = f"像是 {original} 的副本，没有使用 (looks like a copy of {original}, not read)"
    fix = "核对后删掉，或改成另一个名字 (compare, then delete or rename it)"
    return Problem(shown, 1, "", "L020", what, fix)


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The YAML files of a folder that are read, by name, and why others are not."""

    read: tuple[Path, ...]
    remarks: tuple[Problem, ...]


def yaml_in(folder: Path, shown: str = "") -> FolderFiles:
    """The YAML files of a folder, whatever the case of their ending; copies are left aside."""
    if not folder.is_dir():
        return FolderFiles((), ())
    lead = f"{shown}/" if shown else ""
    held = sorted(folder.iterdir())
    found = [file for file in held if file.is_file() and _is_yaml(file)]
    aside = dict(_copies(found))
    remarks = [_set_aside(lead + copy.name, original.name) for copy, original in aside.items()]
    for file in held:
        ending = _OTHER_ENDING.search(file.name)
        if ending:
            what = "名字以 .txt 之类结尾，里面的话术没有使用 (this ending is not read)"
            fix = f"改名为 (rename it to) {file.name[: ending.start()]}.yaml"
            remarks.append(Problem(lead + file.name, 1, "", "L020", what, fix))
    return FolderFiles(tuple(f for f in found if f not in aside), tuple(remarks))


def file_named(folder: Path, name: str) -> Path:
    """The file of this name in a folder, also with another ending or case; `name` if there is none.

    `name` itself comes first.
    """
    own = folder / name
    if own.exists() or not folder.is_dir():
        return own
    stem = Path(name).stem
    found = (f for f in sorted(folder.iterdir()) if _is_yaml(f) and f.stem.lower() == stem)
    return next(found, own)


def shop_file(folder: Path) -> Path:
    """The shop's settings and facts; the file may not exist."""
    return file_named(folder, SHOP_FILE)


def rules_file(folder: Path) -> Path:
    """The shop's own rules; the file may not exist."""
    return file_named(folder, SHOP_RULES_FILE)


def products_file(folder: Path) -> Path:
    """The shop's products; the file may not exist."""
    return file_named(folder, PRODUCTS_FILE)


def script_files(folder: Path) -> list[Path]:
    """The files of one shop that hold scripts, by name."""
    special = {Path(SHOP_FILE).stem, Path(SHOP_RULES_FILE).stem}
    return [f for f in yaml_in(folder).read if f.stem.lower() not in special]


@dataclass(frozen=True, slots=True)
class FileScripts:
    """What one file's tree holds; good as long as the tree is the same object."""

    tree: Node
    scripts: tuple[Script, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


KnownFiles = dict[Path, FileScripts]
