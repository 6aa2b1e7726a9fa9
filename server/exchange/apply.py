"""Writing a plan into the library's files: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from server.base.errors import EntryError, UsageError
from server.base.yaml_files import write_text
from server.exchange.choices import Choices, Offered, offer
from server.exchange.grids import Grid
from server.exchange.ids import slug
from server.exchange.limits import Guard
from server.exchange.plan import Deed, Plan, plan_import, settle
from server.exchange.problems import FileError
from server.exchange.tables import read_grids
from server.library import PRODUCTS_FILE, SHOP_FILE, SHOP_RULES_FILE, Script, Shop, load_library
from server.library.save import edit_scripts, read_text

_RESERVED = {SHOP_FILE, SHOP_RULES_FILE, PRODUCTS_FILE}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or, dry, would do; `offered` tells of sheets that were left out."""

    plan: Plan
    offered: tuple[Offered, ...]
    written: int


def import_file(
    path: Path,
    shop_id: str,
    root: Path,
    choices: Choices | None = None,
    *,
    sheets: Sequence[str] = (),
    conflicts: Deed = "take",
    dry_run: bool = False,
) -> Imported:
    """Imports a file into a shop; `sheets` names those to take, else all that hold replies.

    Raises UsageError when the file cannot be read, LibraryError when the library is broken.
    """
    shop = load_library(root, shop_id).shop(shop_id)
    choices = choices or Choices()
    grids = read_grids(_content(path), path.name)
    if sheets:
        choices = replace(choices, sheets=_places(grids, sheets, path.name))
    offered = offer(grids, choices, path.name)
    plan = plan_import(
        [one.part for one in offered if one.used],
        shop,
        sheet_as=choices.sheet_as,
        hidden_rows=choices.hidden_rows,
    )
    scripts = settle(plan.writes, shop, {}, conflicts)
    if not dry_run:
        write_scripts(scripts, shop, root)
    return Imported(plan, tuple(offered), len(scripts))


def _content(path: Path) -> bytes:
    try:
        Guard(str(path)).size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); expected a file of scripts"
        ) from error


def _places(grids: Sequence[Grid], names: Sequence[str], file: str) -> frozenset[int]:
    held = {grid.name: place for place, grid in enumerate(grids)}
    for name in names:
        if name not in held:
            raise FileError("no_sheet", name=file, sheet=name, sheets="、".join(held))
    return frozenset(held[name] for name in names)


def write_scripts(changes: Mapping[str, Script | None], shop: Shop, root: Path) -> list[str]:
    """Changes, adds and (None) removes scripts of a shop: all files are written, or none.

    A known script stays in its file; a new one goes where its category lives.
    """
    by_file: dict[str, dict[str, Script | None]] = {}
    for script_id, script in changes.items():
        known = shop.by_id.get(script_id)
        if known is None and script is None:
            continue
        file = known.file if known is not None else home_of(script, shop)
        by_file.setdefault(file, {})[script_id] = script
    before = {file: read_text(root / file) for file in by_file}
    after = {file: edit_scripts(before[file], file, by_file[file]) for file in by_file}
    written: list[str] = []
    try:
        for file, text in after.items():
            if text != before[file]:
                write_text(root / file, text)
                written.append(file)
    except OSError as error:
        for file in written:
            write_text(root / file, before[file])
        raise EntryError(
            f"library folder cannot be written ({error}); nothing was changed; "
            "check the disk and the folder's rights",
            "library_unwritable",
        ) from error
    return written


def home_of(script: Script | None, shop: Shop) -> str:
    """The file of a new script: where most of its category stands, else one named after it."""
    assert script is not None
    counts: dict[str, int] = {}
    for other in shop.scripts:
        if other.category == script.category:
            counts[other.file] = counts.get(other.file, 0) + 1
    if counts and script.category:
        return max(counts, key=lambda file: counts[file])
    name = f"{slug(script.category) or 'scripts'}.yaml"
    return f"{shop.id}/{'more-' if name in _RESERVED else ''}{name}"
