"""Reviews and public questions: kept once, matched to order and talk, answered by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server.base.errors import EntryError
from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.text.masking import mask
from server.work.reviews import Review, cause_of, is_bad

VIEWS: Final = ("bad", "questions", "other", "done")
_WHERE: Final = {
    "bad": "r.state = 'open' AND r.bad = 1",
    "questions": "r.state = 'open' AND r.kind = 'question'",
    "other": "r.state = 'open' AND r.kind = 'review' AND r.bad = 0",
    "done": "r.state = 'done'",
}
# (`|| ''`: by the index of shoppers, not through all of a shop's talks by time.)
# The order's shopper, then the shopper's newest talk, both by id only: masked names collide.
_TALK = """
    (SELECT c.id FROM conversations c WHERE c.shop = r.shop AND c.platform = r.platform
     AND c.shopper_id != '' AND c.shopper_id = coalesce(
        (SELECT o.shopper FROM orders o WHERE o.shop = r.shop AND o.platform = r.platform
         AND o.order_id = r.order_id), nullif(r.shopper, ''))
     ORDER BY (c.last_at || '') DESC LIMIT 1)
"""


class Reviews:
    """Writes what an export holds, lists it, closes it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, found: Sequence[Review], shop: str, platform: str) -> tuple[int, int]:
        """Writes reviews (masked); the same ones again change nothing. Returns new and known."""
        keep = self._db.ids.kept_id
        rows = [
            (
                shop, platform, one.kind, one.key, one.order_id, keep(one.shopper), one.product,
                one.stars, int(one.kind == "review" and is_bad(one.stars, one.text)),
                cause_of(one.text), mask(one.text), one.day,
            )
            for one in found
        ]  # fmt: skip

        def job(db: Writing) -> int:
            counted = "SELECT count(*) FROM reviews WHERE shop = ?"
            before = db.execute(counted, [shop]).fetchone()[0]
            db.executemany(
                "INSERT INTO reviews (shop, platform, kind, key, order_id, shopper, product, "
                "stars, bad, cause, words, day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (shop, platform, key) DO NOTHING",
                rows,
            )
            return int(db.execute(counted, [shop]).fetchone()[0]) - int(before)

        new = self._db.write(job)
        return new, len(rows) - new

    def listed(self, shop: str, view: str, last: int = 100) -> list[Row]:
        """Of a view of VIEWS with `conversation` (row id or NULL): the worst first, then newest."""
        worst = "ORDER BY CASE WHEN r.stars = 0 THEN 3 ELSE r.stars END, r.day DESC, r.id DESC"
        # Talks are looked up for what is shown, not for all that is sorted.
        sql = (
            f"SELECT r.*, {_TALK} AS conversation FROM (SELECT r.* FROM reviews r "
            f"WHERE r.shop = ? AND {_WHERE[view]} {worst} LIMIT ?) r {worst}"
        )
        return self._db.rows(sql, [shop, last])

    def counts(self, shop: str) -> dict[str, int]:
        """How many of each view."""
        parts = ", ".join(f'count(CASE WHEN {_WHERE[v]} THEN 1 END) AS "{v}"' for v in VIEWS)
        row = self._db.row(f"SELECT {parts} FROM reviews r WHERE r.shop = ?", [shop])
        assert row is not None
        return {view: int(row[view]) for view in VIEWS}

    def one(self, number: int) -> Row | None:
        """A review."""
        return self._db.row("SELECT * FROM reviews WHERE id = ?", [number])

    def change(self, number: int, *, cause: str, state: str, who: str) -> None:
        """Another cause, or closed and open again. Raises EntryError when it is gone."""
        sql = "UPDATE reviews SET cause = ?, state = ?, done_by = ?, done_at = ? WHERE id = ?"
        done = [who, utc_now()] if state == "done" else ["", ""]

        def job(db: Writing) -> int:
            return int(db.execute(sql, [cause, state, *done, number]).rowcount)

        if not self._db.write(job):
            raise EntryError(f"there is no review {number}", "no_review", found=number)

    def topics(self, shop: str) -> list[Row]:
        """month, product, cause, n of bad reviews, newest month and largest number first."""
        sql = """
            SELECT substr(day, 1, 7) AS month, product, cause, count(*) AS n FROM reviews
            WHERE shop = ? AND bad = 1 GROUP BY 1, 2, 3 ORDER BY 1 DESC, 4 DESC, 2, 3 LIMIT 200
        """
        return self._db.rows(sql, [shop])
