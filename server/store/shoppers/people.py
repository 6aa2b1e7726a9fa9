"""Who a shopper is: found by the page's id, else by an order number; and what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from server.base.times import utc_now
from server.shoppers import NOTHING, Bought, Purchase, Who, is_identity, is_settled
from server.store.database import Database, Row, Writing
from server.text.masking import mask

# A shopper's card needs the newest; nobody reads on.
_MOST_ORDERS = 500
_OWNER = """
    SELECT shopper_id FROM order_sightings
    WHERE shop = ? AND ? IN ('', platform) AND order_id = ? AND shopper_id NOT IN ('', '?')
"""
_ORDER = """
    SELECT o.platform, o.order_id, o.shopper, o.day, o.fen, o.paid, o.product, o.variant,
        o.status, s.status AS seen_status, s.at AS seen_at
    FROM orders o LEFT JOIN order_sightings s
        ON s.shop = o.shop AND s.platform = o.platform AND s.order_id = o.order_id
    WHERE o.shop = ? AND ? IN ('', o.platform)
"""
# From what pages showed: joined the other way round, every order of a shop would be looked at.
_SEEN = """
    SELECT s.platform, s.order_id, coalesce(o.shopper, '') AS shopper,
        coalesce(o.day, '') AS day, coalesce(o.fen, s.fen) AS fen, coalesce(o.paid, 0) AS paid,
        coalesce(o.product, s.product) AS product, coalesce(o.variant, '') AS variant,
        coalesce(o.status, '') AS status, s.status AS seen_status, s.at AS seen_at
    FROM order_sightings s LEFT JOIN orders o
        ON o.shop = s.shop AND o.platform = s.platform AND o.order_id = s.order_id
    WHERE s.shop = ? AND ? IN ('', s.platform)
"""
_MEMBER = """
    SELECT platform, listed, fen, orders, last_day, given_level, given_groups, hand_level,
        hand_groups, remark FROM shoppers WHERE shop = ? AND ? IN ('', platform) AND shopper_id = ?
"""
_WHOSE = """
    SELECT shopper_id, last_at FROM conversations
    WHERE shop = ? AND platform = ? AND conversation_id = ?
"""
_MET = "SELECT 1 AS met FROM met_platforms WHERE shop = ? AND platform = ?"
_ASKED = """
    SELECT m.text, m.sent_at FROM conversations c JOIN messages m ON m.conversation = c.id
    WHERE c.shop = ? AND ? IN ('', c.platform) AND c.shopper_id = ? AND m.sender = 'shopper'
        AND m.sent_at < ?
    ORDER BY m.sent_at DESC, m.id DESC LIMIT 1
"""
_PROMISED = """
    SELECT p.kind, p.words, p.due_at FROM conversations c JOIN promises p ON p.conversation = c.id
    WHERE c.shop = ? AND ? IN ('', c.platform) AND c.shopper_id = ? AND p.state = 'open'
    ORDER BY p.due_at, p.id LIMIT ?
"""
_REQUESTED = """
    SELECT r.station, r.product, r.said, r.due_at FROM requests r
    WHERE r.shop = ? AND r.closed_at = '' AND ? IN ('', r.platform) AND (
        (r.order_id != '' AND r.order_id = ?)
        OR (? != '' AND (
            r.conversation IN (SELECT c.id FROM conversations c
                WHERE c.shop = ? AND ? IN ('', c.platform) AND c.shopper_id = ?)
            OR r.order_id IN (SELECT o.order_id FROM orders o WHERE o.shop = ? AND o.shopper = ?
                UNION SELECT s.order_id FROM order_sightings s
                WHERE s.shop = ? AND s.shopper_id = ?))))
    ORDER BY r.due_at, r.id LIMIT ?
"""
_MOST_DUTIES = 20


@dataclass(frozen=True, slots=True)
class Duty:
    """Something open with a shopper; `due_at` is UTC, empty where no time is set.

    `kind` is what was promised, or the station that a request has come to.
    """

    kind: str
    text: str
    due_at: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a chat page shows of an order; `fen` is None where it shows no amount."""

    product: str = ""
    status: str = ""
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shopper asked last time; `at` is UTC."""

    text: str
    at: str


class People:
    """Reads what is known of one shopper, and takes in what chat pages show of orders."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._met: set[tuple[str, str]] = set()

    def of_conversation(
        self, shop: str, platform: str, conversation_id: str
    ) -> tuple[Who, str] | None:
        """Whose a conversation is as it was kept, and when something came last (UTC)."""
        row = self._db.row(_WHOSE, [shop, platform, conversation_id])
        if row is None:
            return None
        return Who(shop, platform, row["shopper_id"]), row["last_at"]

    def named(self, who: Who) -> Who:
        """The same with an id where only an order is told and the order says whose it is."""
        if who.shopper_id or not who.order_id:
            return who
        seen = self._db.row(_OWNER, [who.shop, who.platform, who.order_id])
        if seen is not None:
            return replace(who, shopper_id=seen["shopper_id"])
        row = self._db.row(f"{_ORDER} AND o.order_id = ?", [who.shop, who.platform, who.order_id])
        if row is not None and is_identity(row["shopper"], row["platform"]):
            return replace(who, shopper_id=row["shopper"])
        return who

    def bought(self, who: Who) -> Bought:
        """What the shop's data say of a shopper as `named` tells; nothing for nobody."""
        if not who.shopper_id:
            return self._of_order(who) if who.order_id else NOTHING
        scope = [who.shop, who.platform]
        values = [*scope, who.shopper_id]
        rows = self._db.rows(
            f"{_ORDER} AND o.shopper = ? UNION {_SEEN} AND s.shopper_id = ? "
            "ORDER BY day DESC, seen_at DESC LIMIT ?",
            [*values, *values, _MOST_ORDERS],
        )
        member = self._db.row(_MEMBER, [*scope, who.shopper_id])
        by_id = [row for row in rows if row["shopper"] == who.shopper_id]
        platform = who.platform or next((row["platform"] for row in (member, *by_id) if row), "")
        found = _bought(rows, member)
        return replace(
            found,
            listed=found.listed or bool(by_id),
            met=self._has_met(who.shop, platform),
        )

    def _of_order(self, who: Who) -> Bought:
        scope = [who.shop, who.platform, who.order_id]
        rows = self._db.rows(f"{_ORDER} AND o.order_id = ?", scope)
        rows = rows or self._db.rows(f"{_SEEN} AND s.order_id = ?", scope)
        if not rows:
            return NOTHING
        return Bought(known="order", purchases=tuple(_purchase(row) for row in rows))

    def _has_met(self, shop: str, platform: str) -> bool:
        if (shop, platform) in self._met:
            return True
        if self._db.row(_MET, [shop, platform]) is None:
            return False
        self._met.add((shop, platform))
        return True

    def note_met(self, who: Who) -> None:
        """A page named a shopper of an import: from now on, who is in none has bought nothing."""
        shop, platform = who.shop, who.platform
        if self._has_met(shop, platform):
            return
        sql = "INSERT INTO met_platforms (shop, platform) VALUES (?, ?) ON CONFLICT DO NOTHING"
        self._db.submit(lambda db: db.execute(sql, [shop, platform]))
        self._met.add((shop, platform))

    def last_asked(self, who: Who, before: str) -> Asked | None:
        """The shopper's newest message from before a moment (UTC), masked as it is kept."""
        if not who.shopper_id:
            return None
        row = self._db.row(_ASKED, [who.shop, who.platform, who.shopper_id, before])
        return Asked(row["text"], row["sent_at"]) if row else None

    def promises(self, who: Who) -> list[Duty]:
        """What agents promised the shopper and is still to be kept, the next first."""
        if not who.shopper_id:
            return []
        rows = self._db.rows(_PROMISED, [who.shop, who.platform, who.shopper_id, _MOST_DUTIES])
        return [Duty(row["kind"], row["words"], row["due_at"]) for row in rows]

    def requests(self, who: Who) -> list[Duty]:
        """The shopper's after-sales requests that are not closed, the most urgent first."""
        if not who.is_told:
            return []
        shop, platform, shopper = who.shop, who.platform, who.shopper_id
        values = [shop, platform, who.order_id, shopper]
        values += [shop, platform, shopper, shop, shopper, shop, shopper]
        rows = self._db.rows(_REQUESTED, [*values, _MOST_DUTIES])
        told = (" ".join(part for part in (r["product"], r["said"]) if part) for r in rows)
        return [
            Duty(row["station"], text, row["due_at"]) for row, text in zip(rows, told, strict=True)
        ]

    def sight(self, who: Who, seen: Sighting) -> Future[None]:
        """Queues what a chat page shows of an order; what it leaves out stays as it was.

        An order that was seen beside two shoppers (a page may lag behind a switch) is nobody's.
        """
        sql = """
            INSERT INTO order_sightings
                (shop, platform, order_id, shopper_id, product, status, fen, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (shop, platform, order_id) DO UPDATE SET
                shopper_id = CASE
                    WHEN excluded.shopper_id IN ('', order_sightings.shopper_id)
                        THEN order_sightings.shopper_id
                    WHEN order_sightings.shopper_id = '' THEN excluded.shopper_id
                    ELSE '?' END,
                product = coalesce(nullif(excluded.product, ''), order_sightings.product),
                status = coalesce(nullif(excluded.status, ''), order_sightings.status),
                fen = coalesce(excluded.fen, order_sightings.fen),
                at = excluded.at
        """
        order_id = who.order_id
        whose = (who.shop, who.platform, order_id, who.shopper_id)
        values = (*whose, mask(seen.product), mask(seen.status), seen.fen, utc_now())

        def job(db: Writing) -> None:
            db.execute(sql, values)

        return self._db.submit(job)


def _bought(rows: Sequence[Row], member: Row | None) -> Bought:
    found = Bought(known="id", purchases=tuple(_purchase(row) for row in rows))
    if member is None:
        return found
    groups = f"{member['given_groups']}\n{member['hand_groups']}".split("\n")
    return replace(
        found,
        listed=bool(member["listed"]),
        told_fen=member["fen"],
        told_orders=member["orders"],
        told_day=member["last_day"],
        given_level=member["given_level"],
        hand_level=member["hand_level"],
        hand_groups=tuple(name for name in groups if name),
        remark=member["remark"],
    )


def _purchase(row: Row) -> Purchase:
    """The order; its state as a chat page showed it where the import says none."""
    status = row["status"] or row["seen_status"] or ""
    return Purchase(
        order_id=row["order_id"],
        day=row["day"],
        fen=row["fen"],
        # A page says nothing of payment, but who received the goods has paid.
        paid=bool(row["paid"]) or (bool(status) and is_settled(status, paid=True)),
        status=status,
        product=row["product"],
        variant=row["variant"],
        seen_at=row["seen_at"] or "",
    )
