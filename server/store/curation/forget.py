"""One shopper's words taken out of what leads keep, when the shopper's records are deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from server.store.contract import Writing


def forget_words_of(
    db: Writing,
    shop: str,
    said: Iterable[str],
    messages: Iterable[int],
    events: Iterable[int],
) -> None:
    """Removes these texts from drafts and saved questions, and the marks of these rows.

    Runs in the writer's transaction, once the messages are gone: words that another shopper said as
    well name nobody and stay. What a lead published is the shop's own text and stays in its files.
    """
    refs = [*(("message", n) for n in messages), *(("event", n) for n in events)]
    # Row numbers may be given out again: a mark left behind would hide another message.
    db.executemany(
        "DELETE FROM gap_marks WHERE shop = ? AND source = ? AND ref = ?",
        [(shop, source, ref) for source, ref in refs],
    )
    gone = {text for text in said if text and not _said_by_others(db, shop, text)}
    if gone:
        _forget_golden(db, shop, gone)
        _forget_drafts(db, shop, gone)


def _said_by_others(db: Writing, shop: str, text: str) -> bool:
    sql = (
        "SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation "
        "WHERE c.shop = ? AND m.text = ? LIMIT 1"
    )
    return db.execute(sql, [shop, text]).fetchone() is not None


def _forget_golden(db: Writing, shop: str, gone: set[str]) -> None:
    rows = db.execute("SELECT id, message, turns FROM golden_questions WHERE shop = ?", [shop])
    for number, message, turns in rows.fetchall():
        if message in gone or any(text in gone for _, text in json.loads(turns)):
            db.execute("DELETE FROM golden_questions WHERE id = ?", [number])


def _forget_drafts(db: Writing, shop: str, gone: set[str]) -> None:
    sql = "SELECT id, fields, note FROM proposals WHERE shop = ? AND source IN ('gap', 'agent')"
    for number, text, note in db.execute(sql, [shop]).fetchall():
        before: dict[str, Any] = json.loads(text)
        fields = {name: _without(value, gone) for name, value in before.items()}
        kept = {name: value for name, value in fields.items() if value}
        if "reply" not in kept:
            db.execute("DELETE FROM proposals WHERE id = ?", [number])
        elif kept != before or note in gone:
            values = [json.dumps(kept, ensure_ascii=False), "" if note in gone else note, number]
            db.execute("UPDATE proposals SET fields = ?, note = ? WHERE id = ?", values)


def _without(value: Any, gone: set[str]) -> Any:
    if isinstance(value, list):
        return [item for item in value if item not in gone]
    # A draft's title is the start of its first question.
    return "" if any(value == text or value == text[:20] for text in gone) else value
