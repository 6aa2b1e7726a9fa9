"""Where shops and their files stand in a library, and what is remembered of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.base.errors import LibraryError, Problem
from server.base.yaml_files import Node
from server.library.model import Script

SHOP_FILE = "shop.yaml"
SHOP_RULES_FILE = "rules.yaml"
RULES_DIR = "rules"


def shop_dirs(root: Path) -> list[Path]:
    """The shop folders, by name. Raises LibraryError when there is no folder or no shop."""
    if not root.is_dir():
        what = "library folder is missing"
        raise LibraryError([Problem(str(root), 0, "", "L010", what, "name one: --library DIR")])
    dirs = [d for d in sorted(root.iterdir()) if d.is_dir() and _is_shop(d)]
    if not dirs:
        what = "library folder is empty: no shop folder with a .yaml file in it"
        fix = "make <library>/<shop>/scripts.yaml with a list under `scripts`"
        raise LibraryError([Problem(str(root), 0, "", "L011", what, fix)])
    return dirs


def _is_shop(folder: Path) -> bool:
    hidden = folder.name.startswith((".", "_")) or folder.name == RULES_DIR
    return not hidden and any(folder.glob("*.yaml"))


def script_files(folder: Path) -> list[Path]:
    """The files of one shop that hold scripts, by name."""
    special = {SHOP_FILE, SHOP_RULES_FILE}
    files = (f for f in folder.glob("*.yaml") if f.name not in special)
    return sorted(f for f in files if not f.name.startswith("."))


@dataclass(frozen=True, slots=True)
class FileScripts:
    """What one file's tree holds; good as long as the tree is the same object."""

    tree: Node
    scripts: tuple[Script, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


KnownFiles = dict[Path, FileScripts]
