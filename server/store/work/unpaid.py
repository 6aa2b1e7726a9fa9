"""Unpaid orders and who was reminded of them: read for the list, claimed by one agent at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cachetools import TTLCache

from server.base.errors import EntryError
from server.base.times import moment, utc_text
from server.shoppers import is_identity
from server.store.database import Database, Row, Writing
from server.store.work.contacts import recent_in
from server.store.work.persons import BOUGHT, COLUMNS, SIGHTED, WHO, is_known
from server.work.contact import CLAIM_HOLDS, HELD_DIGIT, WEEK
from server.work.unpaid import REASONS, Rate
from server.work.worth import Chances, Past

# Platforms close an order that nobody pays within three days at the latest.
OPEN_FOR = timedelta(days=3)
_SPAN = timedelta(days=90)
_MOST, _MOST_PAST = 1000, 10_000
# 90 days of payers change little in ten minutes.
_PAYING_S, _SHOPS = 600.0, 256
_LISTED = f"""
    SELECT {COLUMNS}, o.ordered_at, {BOUGHT} AS bought, r.id AS reminder, r.agent, r.claimed_at,
        r.reminded_at, r.reason, r.reason_by
    FROM orders o {SIGHTED} LEFT JOIN reminders r
        ON r.shop = o.shop AND r.platform = o.platform AND r.order_id = o.order_id
    WHERE o.shop = ? AND o.paid = 0 AND o.closed = 0 AND o.ordered_at >= ?
    ORDER BY o.fen DESC, o.order_id LIMIT ?
"""
_PAST = f"""
    SELECT o.platform, o.shopper, s.shopper_id IS NOT NULL AS sighted, o.fen, o.ordered_at, o.paid,
        o.pay_minutes, {BOUGHT} AS bought, r.reminded_at
    FROM orders o {SIGHTED} LEFT JOIN reminders r
        ON r.shop = o.shop AND r.platform = o.platform AND r.order_id = o.order_id
    WHERE o.shop = ? AND o.ordered_at >= ? AND o.ordered_at < ?
        AND (o.paid = 0 OR (o.paid = 1 AND o.pay_minutes > ?))
    ORDER BY o.ordered_at DESC LIMIT ?
"""
_CLAIM = """
    INSERT INTO reminders (shop, platform, order_id, shopper, agent, claimed_at)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (shop, platform, order_id) DO UPDATE
        SET agent = excluded.agent, claimed_at = excluded.claimed_at
        WHERE reminders.reminded_at = ''
            AND (reminders.agent = excluded.agent OR reminders.claimed_at < ?)
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of orders that were not paid in the usual time, by what was done."""

    reminded: Rate
    alone: Rate
    held_out: Rate


class Unpaid:
    """Lists them; lets one agent at a time take one on."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._paying: TTLCache[str, dict[int, int]] = TTLCache(_SHOPS, _PAYING_S)
        self._chances: TTLCache[tuple[str, timedelta], Chances] = TTLCache(_SHOPS, _PAYING_S)

    def pay_minutes(self, shop: str, now: datetime) -> dict[int, int]:
        """How long payers of the last 90 days took: minutes to orders; minutes old at most."""
        known = self._paying.get(shop)
        if known is None:
            known = self._paying[shop] = self._pay_minutes(shop, now)
        return known

    def _pay_minutes(self, shop: str, now: datetime) -> dict[int, int]:
        sql = (
            "SELECT pay_minutes, count(*) AS n FROM orders WHERE shop = ? AND paid = 1 "
            "AND ordered_at >= ? AND pay_minutes IS NOT NULL GROUP BY pay_minutes"
        )
        rows = self._db.rows(sql, [shop, utc_text(now - _SPAN)])
        return {int(row["pay_minutes"]): int(row["n"]) for row in rows}

    def listed(self, shop: str, now: datetime) -> list[Row]:
        """Orders that can still be paid, the dearest first, with claim and conversation."""
        return self._db.rows(_LISTED, [shop, utc_text(now - OPEN_FOR), _MOST])

    def chances(self, shop: str, now: datetime, wait: timedelta) -> Chances:
        """What reminders change, from the late orders of 90 days; minutes old at most."""
        known = self._chances.get((shop, wait))
        if known is None:
            known = self._chances[shop, wait] = Chances(self._past(shop, now, wait), wait)
        return known

    def _past(self, shop: str, now: datetime, wait: timedelta) -> list[Past]:
        late = round(wait.total_seconds() / 60)
        span = [utc_text(now - _SPAN), utc_text(now - OPEN_FOR)]
        rows = self._db.rows(_PAST, [shop, *span, late, _MOST_PAST])
        return [_past_of(row) for row in rows]

    def claim(self, shop: str, platform: str, order_id: str, agent: str, now: datetime) -> None:
        """Takes one on. Raises EntryError where somebody else has, or it may not be reminded of."""

        def job(db: Writing) -> str:
            order = db.execute(
                f"SELECT {WHO}, o.paid, o.closed FROM orders o {SIGHTED} "
                "WHERE o.shop = ? AND o.platform = ? AND o.order_id = ?",
                [shop, platform, order_id],
            ).fetchone()
            if order is None or order[1] or order[2]:
                return "reminder_over"
            if not recent_in(db, shop, now).bear(platform, order[0], order_id, "pay"):
                return "reminder_cap"
            values = [shop, platform, order_id, order[0], agent, utc_text(now)]
            won = db.execute(_CLAIM, [*values, utc_text(now - CLAIM_HOLDS)]).rowcount
            return "" if won else "reminder_taken"

        code = self._db.write(job)
        if code == "reminder_over":
            raise EntryError("the order is paid or closed; nothing to remind of", "reminder_over")
        if code == "reminder_cap":
            raise EntryError("this shopper was reminded often enough; try later", "reminder_cap")
        if code == "reminder_taken":
            raise EntryError("somebody else reminds of this order", "reminder_taken")

    def one(self, number: int) -> Row | None:
        """A reminder with its order."""
        sql = (
            "SELECT r.*, o.fen, o.product, o.paid FROM reminders r LEFT JOIN orders o ON "
            "o.shop = r.shop AND o.platform = r.platform AND o.order_id = r.order_id WHERE r.id = ?"
        )
        return self._db.row(sql, [number])

    def reminded(self, number: int, now: datetime) -> None:
        """The agent has sent it, or called. Raises EntryError when that was told before."""
        sql = "UPDATE reminders SET reminded_at = ? WHERE id = ? AND reminded_at = ''"
        if not self._db.write(lambda db: db.execute(sql, [utc_text(now), number]).rowcount):
            raise EntryError("this is closed already; load the list again", "closed_already")

    def release(self, number: int) -> None:
        """Gives one back that nobody was reminded of."""
        sql = "DELETE FROM reminders WHERE id = ? AND reminded_at = ''"
        self._db.write(lambda db: db.execute(sql, [number]))

    def give_reason(self, number: int, reason: str, how: str) -> None:
        """Why the shopper has not paid; what a person says stands over what was read."""
        if reason not in REASONS:
            raise EntryError(f"{reason!r} is no reason; choose one", "choice", found=reason[:40])
        sql = "UPDATE reminders SET reason = ?, reason_by = ? WHERE id = ?"
        limit = "" if how == "hand" else " AND reason_by != 'hand'"
        self._db.write(lambda db: db.execute(sql + limit, [reason, how, number]))

    def replies(self, shop: str, since: str, last: int = 200) -> dict[int, list[str]]:
        """What shoppers wrote once reminded, newest first, by reminder without reason."""
        sql = """
            SELECT r.id, r.shopper, r.platform, s.shopper_id AS sighted, m.text FROM reminders r
            LEFT JOIN order_sightings s ON s.shop = r.shop AND s.platform = r.platform
                AND s.order_id = r.order_id AND s.shopper_id = r.shopper
            JOIN conversations c ON c.shop = r.shop AND c.platform = r.platform
                AND c.shopper_id = r.shopper
            JOIN messages m ON m.conversation = c.id AND m.sender = 'shopper'
                AND m.sent_at >= r.reminded_at
            WHERE r.shop = ? AND r.reminded_at >= ? AND r.reason_by = '' AND r.shopper != ''
            ORDER BY r.id, m.sent_at DESC LIMIT ?
        """
        found: dict[int, list[str]] = {}
        for row in self._db.rows(sql, [shop, since, last]):
            if row["sighted"] or is_identity(row["shopper"], row["platform"]):
                found.setdefault(row["id"], []).append(row["text"])
        return found

    def rates(self, shop: str, now: datetime, wait: timedelta) -> Rates:
        """How many of the last 90 days' late payers paid: reminded, left alone, held out."""
        sql = """
            SELECT CASE WHEN r.reminded_at IS NOT NULL AND r.reminded_at != '' THEN 'reminded'
                    WHEN substr(o.order_id, length(o.order_id), 1) = ? THEN 'held'
                    ELSE 'alone' END AS kind,
                count(*) AS n, sum(o.paid) AS paid
            FROM orders o LEFT JOIN reminders r
                ON r.shop = o.shop AND r.platform = o.platform AND r.order_id = o.order_id
            WHERE o.shop = ? AND o.paid IN (0, 1) AND o.ordered_at >= ? AND o.ordered_at < ?
                AND (o.paid = 0 OR o.pay_minutes > ?)
            GROUP BY 1
        """
        since, until = utc_text(now - _SPAN), utc_text(now - wait)
        values = [HELD_DIGIT, shop, since, until, round(wait.total_seconds() / 60)]
        by = {
            row["kind"]: Rate(int(row["n"]), int(row["paid"])) for row in self._db.rows(sql, values)
        }
        none = Rate(0, 0)
        return Rates(by.get("reminded", none), by.get("alone", none), by.get("held", none))

    def reasons(self, shop: str, now: datetime) -> list[tuple[str, str, int]]:
        """Month (of UTC), reason and how often, of the last 90 days; newest month first."""
        sql = (
            "SELECT substr(reminded_at, 1, 7) AS month, reason, count(*) AS n FROM reminders "
            "WHERE shop = ? AND reminded_at >= ? AND reason != '' GROUP BY 1, 2 "
            "ORDER BY 1 DESC, 3 DESC, 2"
        )
        rows = self._db.rows(sql, [shop, utc_text(now - _SPAN)])
        return [(row["month"], row["reason"], int(row["n"])) for row in rows]


def since_reminded(now: datetime) -> str:
    """How far back replies to reminders are read."""
    return utc_text(now - WEEK)


def is_returning(row: Row) -> bool:
    """Whether the shopper of a listed order is known by an id, and bought before."""
    return bool(row["bought"]) and is_known(row)


def _past_of(row: Row) -> Past:
    ordered, reminded = moment(row["ordered_at"]), row["reminded_at"]
    age = (moment(reminded) - ordered).total_seconds() / 60 if reminded else None
    return Past(row["fen"], is_returning(row), age, row["pay_minutes"] if row["paid"] else None)
