"""Phrases of agents' own: kept beside a shop's scripts, never among them."""

from __future__ import annotations

from dataclasses import dataclass

from server.base.errors import UsageError
from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.text.masking import mask

MOST_PHRASES = 200
_TITLE, _TEXT = 40, 500


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of an agent."""

    id: int
    agent: str
    title: str
    text: str
    at: str


class Phrases:
    """Reads and writes them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, shop: str, agent: str) -> list[Phrase]:
        """An agent's phrases, newest first."""
        sql = "SELECT * FROM phrases WHERE shop = ? AND agent = ? ORDER BY id DESC"
        return [_phrase(row) for row in self._db.rows(sql, [shop, agent])]

    def of_shop(self, shop: str) -> list[Phrase]:
        """Every agent's phrases, for a lead."""
        sql = "SELECT * FROM phrases WHERE shop = ? ORDER BY agent, id DESC"
        return [_phrase(row) for row in self._db.rows(sql, [shop])]

    def save(self, shop: str, agent: str, title: str, text: str, phrase_id: int = 0) -> None:
        """Writes one, in place of `phrase_id` where that is the agent's. Raises UsageError."""
        title, text = title.strip()[:_TITLE], text.strip()
        if not text or len(text) > _TEXT:
            raise UsageError(f"常用语要有 1 到 {_TEXT} 个字，现在是 {len(text)} 个")
        if mask(text) != text or mask(title) != title:
            raise UsageError("常用语里有电话、账号或证件号，这些不存；请去掉再保存")
        if not phrase_id and len(self.of(shop, agent)) >= MOST_PHRASES:
            raise UsageError(f"常用语最多 {MOST_PHRASES} 条；先删掉不用的")
        row = {"shop": shop, "agent": agent, "title": title, "text": text, "at": utc_now()}

        def job(db: Writing) -> None:
            if phrase_id:
                db.execute(
                    "UPDATE phrases SET title = ?, text = ?, at = ? "
                    "WHERE id = ? AND shop = ? AND agent = ?",
                    [title, text, row["at"], phrase_id, shop, agent],
                )
            else:
                db.insert("phrases", row)

        self._db.write(job)

    def remove(self, shop: str, agent: str, phrase_id: int) -> None:
        """Takes one of the agent's away."""
        where = [phrase_id, shop, agent]
        self._db.write(
            lambda db: db.execute(
                "DELETE FROM phrases WHERE id = ? AND shop = ? AND agent = ?", where
            )
        )


def _phrase(row: Row) -> Phrase:
    return Phrase(row["id"], row["agent"], row["title"], row["text"], row["at"])
