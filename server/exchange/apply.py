"""Writing a plan into the library's files: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from server.base.errors import UsageError
from server.base.yaml_files import write_text
from server.exchange.columns import guess_mapping
from server.exchange.ids import slug
from server.exchange.plan import Change, Plan, plan_import
from server.exchange.tables import MAX_BYTES, read_sheet
from server.library import SHOP_FILE, SHOP_RULES_FILE, Script, Shop, load_library
from server.library.save import edit_scripts, read_text

_RESERVED = {SHOP_FILE, SHOP_RULES_FILE}


def import_file(path: Path, shop_id: str, root: Path, *, dry_run: bool = False) -> Plan:
    """Imports a file into a shop and returns what was done (or, dry, what would be).

    Raises UsageError when the file cannot be read, LibraryError when the library is broken.
    """
    shop = load_library(root, shop_id).shop(shop_id)
    try:
        if path.stat().st_size > MAX_BYTES:
            size = f"{path.stat().st_size / 1024 / 1024:.0f} MB"
            raise UsageError(
                f"{path} has {size}; expected at most 20 MB; split it into several files"
            )
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); expected a file of scripts"
        ) from error
    sheet = read_sheet(content, path.name)
    plan = plan_import(sheet, guess_mapping(sheet.header), shop)
    if not dry_run:
        apply_plan(plan.writes, shop, root)
    return plan


def apply_plan(changes: Sequence[Change], shop: Shop, root: Path) -> list[str]:
    """Writes these changes; returns the files, named by their place in the library."""
    scripts = {c.script.id: c.script for c in changes if c.script is not None}
    return write_scripts(scripts, shop, root)


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
        raise UsageError(
            f"library folder cannot be written ({error}); nothing was changed; "
            "check the disk and the folder's rights"
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
