"""`bangda lint`, `import` and `export`: the library's files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.base.errors import UsageError
from server.cli.parser import library_of

if TYPE_CHECKING:
    from server.exchange import Imported
    from server.exchange.plan import Kind


def lint(arguments: argparse.Namespace) -> int:
    """Prints every finding as `file:line id CODE what; what to do`; exit 1 when there is one."""
    from server.lint import lint_library

    problems = lint_library(library_of(arguments))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def import_any(arguments: argparse.Namespace) -> int:
    """Imports scripts, or what `--as` says."""
    if arguments.as_what == "scripts":
        return import_scripts(arguments)
    from server.cli.records import import_records

    return import_records(arguments)


def import_scripts(arguments: argparse.Namespace) -> int:
    """Imports a file, row by row said what happens; exit 1 when a row was refused."""
    from server.exchange import Choices, import_file
    from server.exchange.limits import SCRIPTS

    root = library_of(arguments)
    columns = dict(_column(text) for text in arguments.column)
    choices = Choices(
        heads={}
        if arguments.head is None
        else dict.fromkeys(range(SCRIPTS.sheets), arguments.head),
        columns=columns,
        sheet_as="" if arguments.sheet_as == "nothing" else arguments.sheet_as,
        hidden_rows=arguments.hidden_rows,
    )
    done = import_file(
        arguments.file,
        arguments.shop,
        root,
        choices,
        sheets=arguments.sheet,
        conflicts=arguments.conflicts,
        dry_run=arguments.dry_run,
    )
    for line in _told(done, arguments.file.name):
        print(line)
    verb = "would be" if arguments.dry_run else "were"
    plan = done.plan
    kinds: tuple[Kind, ...] = ("new", "changed", "merged", "same", "refused")
    counts = ", ".join(f"{plan.count(kind)} {kind}" for kind in kinds)
    print(f"{len(plan.changes)} rows: {counts}; {done.written} scripts {verb} written to {root}")
    return 1 if plan.count("refused") else 0


def _column(text: str) -> tuple[str, str]:
    field, sign, head = text.partition("=")
    if not sign:
        raise UsageError(f"--column is {text!r}; expected FIELD=HEAD, as reply=话术")
    return field.strip(), head.strip()


def _told(done: Imported, name: str) -> Iterator[str]:
    """A line for every row that is not simply there already, and for all that is left out."""
    several = len(done.plan.parts) > 1
    for change in done.plan.changes:
        if change.kind != "same" or change.notes:
            sheet = f"[{change.sheet}]" if several and change.sheet else ""
            script = change.script.id if change.script else "-"
            notes = "; ".join(str(note) for note in change.notes)
            yield f"{name}{sheet}:{change.row} {script} {change.kind} {notes}".rstrip()
    for one in done.offered:
        if not one.used:
            why = "hidden" if one.sheet.hidden else "no column for the reply"
            if "reply" in one.part.mapping and not one.sheet.hidden:
                why = "not chosen"
            yield f"sheet {one.grid.name!r} is left out: {why}"
        elif one.sheet.hidden_rows:
            rows = ", ".join(map(str, one.sheet.hidden_rows[:20]))
            left = "taken" if done.plan.hidden == 0 else "left out; take them with --hidden-rows"
            yield f"hidden rows {rows} are {left}"
        if one.used and one.sheet.head > 1:
            yield f"heads were found in row {one.sheet.head}"
    for head in done.plan.unmapped:
        yield f"column {head!r} is left out: no field has that name"
    for met in done.plan.variables:
        own = f"becomes {{{met.own}}}" if met.own not in ("", "-") else "stays as it is"
        unknown = "" if met.own else "; map it on the import page, or in shop.yaml under variables"
        yield f"variable {met.token} ({met.count} times) {own}{unknown}"


def export_scripts(arguments: argparse.Namespace) -> int:
    """Exports a shop's scripts."""
    from server.exchange import export_file

    count = export_file(arguments.file, arguments.shop, library_of(arguments))
    print(f"{count} scripts written to {arguments.file}")
    return 0
