"""`bangda lint`, `import` and `export`: the library's files."""

from __future__ import annotations

import argparse

from server.cli.parser import library_of


def lint(arguments: argparse.Namespace) -> int:
    """Prints every finding as `file:line id CODE what; what to do`; exit 1 when there is one."""
    from server.lint import lint_library

    problems = lint_library(library_of(arguments))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def import_scripts(arguments: argparse.Namespace) -> int:
    """Imports a file, row by row said what happens; exit 1 when a row was refused."""
    from server.exchange import import_file

    root = library_of(arguments)
    plan = import_file(arguments.file, arguments.shop, root, dry_run=arguments.dry_run)
    for change in plan.changes:
        if change.kind != "same" or change.notes:
            name = change.script.id if change.script else "-"
            notes = "; ".join(str(note) for note in change.notes)
            print(f"{arguments.file.name}:{change.row} {name} {change.kind}" + f" {notes}".rstrip())
    for head in plan.unmapped:
        print(f"column {head!r} is left out: no field has that name")
    verb = "would be" if arguments.dry_run else "were"
    counts = ", ".join(f"{plan.count(kind)} {kind}" for kind in ("new", "changed", "same"))
    refused = plan.count("refused")
    print(f"{len(plan.changes)} rows: {counts}, {refused} refused ({verb} written to {root})")
    return 1 if refused else 0


def export_scripts(arguments: argparse.Namespace) -> int:
    """Exports a shop's scripts."""
    from server.exchange import export_file

    count = export_file(arguments.file, arguments.shop, library_of(arguments))
    print(f"{count} scripts written to {arguments.file}")
    return 0
