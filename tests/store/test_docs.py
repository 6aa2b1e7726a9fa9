"""docs/database.md and docs/figures.md say what is there."""

import re
from pathlib import Path

import pytest

from server.metrics.definitions import definitions, markdown
from server.store import Database

DOCS = Path(__file__).parents[2] / "docs"
# Tables of the lead's console are told of in its own document.
OTHERS = re.compile(r"^(_sqlite|sqlite_|message_words_|script_|change_|proposals|golden|gap)")


@pytest.fixture
def columns(tmp_path: Path) -> dict[str, list[str]]:
    database = Database(tmp_path / "bangda.db")
    names = [r[0] for r in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name: [r["name"] for r in database.rows(f"PRAGMA table_info({name})")] for name in names
    }
    database.close()
    return found


def test_every_table_and_column_is_told_of(columns: dict[str, list[str]]) -> None:
    text = (DOCS / "database.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", text, flags=re.MULTILINE))
    own = {
        name: found
        for name, found in columns.items()
        if name == "script_tasks" or not OTHERS.match(name)
    }
    assert set(own) - set(rows) == set()
    missing = {
        name: [column for column in found if f"`{column}`" not in rows[name]]
        for name, found in own.items()
    }
    assert {name: gone for name, gone in missing.items() if gone} == {}


def test_figures_are_told_of_as_the_page_does() -> None:
    text = (DOCS / "figures.md").read_text(encoding="utf-8")
    assert text == markdown(), "run: python -m server.metrics.definitions"


def test_both_languages_define_the_same() -> None:
    assert [d.id for d in definitions("zh")] == [d.id for d in definitions("en")]
