"""Shoppers' names as a shop keeps them: the first sign, all of it, or nothing."""

from __future__ import annotations

from typing import Final

from server.store.contract import Writing

SETTING: Final = "shopper_names"
FIRST, WHOLE, NONE = "first", "whole", "none"
WAYS: Final = (FIRST, WHOLE, NONE)
_REST = "**"
# What pages write where they know no name: in a text these are words.
_WORDS: Final = frozenset({"买家", "顾客", "客户", "访客", "会员", "用户", "匿名", "亲"})


def kept_name(name: str, way: str) -> str:
    """A masked name as it is kept; a name that was shortened before stays as it is."""
    if way == WHOLE or len(name) < 2 or name in _WORDS or name.startswith("‹"):
        return name
    return "" if way == NONE else name[0] + _REST


def without_name(text: str, name: str, way: str) -> str:
    """A text (a filled reply, say) in which the shopper is called as the name is kept."""
    if way == WHOLE or len(name) < 2 or name in _WORDS:
        return text
    return text.replace(name, name[0] + _REST)


def way_of(db: Writing, shop: str) -> str:
    """How a shop keeps names, inside a writer's job."""
    sql = "SELECT value FROM qa_settings WHERE name = ? AND shop IN (?, '') ORDER BY shop DESC"
    row = db.execute(sql, [SETTING, shop]).fetchone()
    return str(row[0]) if row else FIRST


def shorten_names(db: Writing, shop: str) -> int:
    """Brings the names that are kept already to what the shop wants; returns how many changed."""
    way = way_of(db, shop)
    if way == WHOLE:
        return 0
    names = db.execute(
        "SELECT DISTINCT shopper_name FROM conversations WHERE shop = ? AND shopper_name != ''",
        [shop],
    ).fetchall()
    changed = [(kept_name(name, way), shop, name) for (name,) in names]
    changed = [row for row in changed if row[0] != row[2]]
    db.executemany(
        "UPDATE conversations SET shopper_name = ? WHERE shop = ? AND shopper_name = ?", changed
    )
    return len(changed)
