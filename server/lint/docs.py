"""The tables of docs/library.md that come from the code; `python -m server.lint.docs` writes."""

from __future__ import annotations

import inspect
from pathlib import Path

from server.lint.remarks import REMARKS
from server.lint.run import documentation


def tables() -> dict[str, str]:
    """Markdown by marker name: `codes` and `remarks`."""
    remarks = [(code, inspect.getdoc(function) or "") for code, function in REMARKS.items()]
    return {"codes": _table(documentation()), "remarks": _table(remarks)}


def _table(rows: list[tuple[str, str]]) -> str:
    lines = [f"| `{code}` | {' '.join(text.split())} |" for code, text in rows]
    return "\n".join(["| code | what it means |", "| --- | --- |", *lines])


def updated(text: str) -> str:
    """`text` with every `<!-- name -->` … `<!-- /name -->` filled anew."""
    for name, table in tables().items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        head, _, rest = text.partition(start)
        text = f"{head}{start}{table}\n{end}{rest.partition(end)[2]}"
    return text


def write(path: Path) -> None:
    """Fills the tables of a file."""
    path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write(Path("docs/library.md"))
