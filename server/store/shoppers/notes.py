"""What agents note of a shopper: masked, with author and time, seen by everybody of the shop."""

from __future__ import annotations

from dataclasses import dataclass

from server.base.errors import UsageError
from server.base.times import utc_now
from server.shoppers import Who
from server.store.database import Database, Writing
from server.text.masking import mask

LONGEST_NOTE = 500
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `at` is UTC."""

    id: int
    text: str
    author: str
    at: str


class Notes:
    """Reads and writes notes. A shopper who is found by an order alone has them by that order."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, who: Who, last: int = MOST_NOTES) -> list[Note]:
        """The newest notes first, of a shopper as `People.named` tells."""
        if not who.is_told:
            return []
        # What was noted while the order alone was known belongs to whoever it turned out to be of.
        sql = """
            SELECT id, text, author, at FROM shopper_notes
            WHERE shop = ? AND ? IN ('', platform) AND (
                (shopper_id != '' AND shopper_id = ?)
                OR (shopper_id = '' AND order_id != '' AND (order_id = ? OR order_id IN (
                    SELECT order_id FROM order_sightings WHERE shop = ? AND shopper_id != ''
                        AND shopper_id = ?))))
            ORDER BY id DESC LIMIT ?
        """
        shop, shopper = who.shop, who.shopper_id
        values = [shop, who.platform, shopper, who.order_id, shop, shopper, last]
        return [Note(r["id"], r["text"], r["author"], r["at"]) for r in self._db.rows(sql, values)]

    def add(self, who: Who, text: str, author: str) -> None:
        """Writes one. Raises UsageError for one that is empty, too long, or about nobody."""
        text = text.strip()
        if not who.is_told:
            raise UsageError(
                "认不出这位买家：页面没有给出买家编号或订单号，备注没有保存；打开订单再记 "
                "(the page names neither shopper nor order; expected one of them; open the order, "
                "then note it)"
            )
        if not text or len(text) > LONGEST_NOTE:
            raise UsageError(
                f"备注要有 1 到 {LONGEST_NOTE} 个字，现在是 {len(text)} 个 "
                f"(a note has 1 to {LONGEST_NOTE} signs, this one {len(text)}; shorten it)"
            )
        if len(self.of(who)) >= MOST_NOTES:
            raise UsageError(
                f"一位买家最多 {MOST_NOTES} 条备注；先删掉不用的 (a shopper has at most "
                f"{MOST_NOTES} notes; remove old ones first)"
            )
        order_id = "" if who.shopper_id else who.order_id
        values = [who.shop, who.platform, who.shopper_id, order_id, mask(text), author, utc_now()]
        sql = (
            "INSERT INTO shopper_notes (shop, platform, shopper_id, order_id, text, author, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        self._db.write(lambda db: db.execute(sql, values))

    def remove(self, who: Who, note_id: int, author: str) -> bool:
        """Takes one of the author's own away ("" takes anybody's); False when there is none."""

        def job(db: Writing) -> bool:
            sql = "DELETE FROM shopper_notes WHERE id = ? AND shop = ? AND ? IN ('', author)"
            return bool(db.execute(sql, [note_id, who.shop, author]).rowcount)

        return self._db.write(job)
