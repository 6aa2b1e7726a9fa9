"""Orders as platforms export them, in the one table that figures read, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from server.base.times import utc_now
from server.shoppers import is_settled
from server.store.database import Database, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.batches import Undone, begin, end, keep_before, state_of, take_back
from server.text.masking import mask


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `fen` is what was paid for all of it, `day` when (shop's time).

    `ordered_at` is UTC, '' where only the day is told; `pay_minutes` is how long its payment took,
    None where that is not known; `closed` is 1 when it came to nothing; `received_at` is when its
    goods were signed for (UTC, '' where that is not known).
    """

    order_id: str
    shopper: str = ""
    agent: str = ""
    fen: int = 0
    paid: int = 1
    day: str = ""
    product: str = ""
    variant: str = ""
    quantity: int = 0
    status: str = ""
    ordered_at: str = ""
    pay_minutes: int | None = None
    closed: int = 0
    received_at: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many orders were new, changed, or there already."""

    new: int
    changed: int
    same: int
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """An order of a file beside what is there: `before` is None for a new one.

    `stood` is the row of `before` with the import that wrote it.
    """

    order: Order
    before: Order | None
    stood: Mapping[str, Any] | None = None

    @property
    def kind(self) -> str:
        """`new`, `changed` or `same`."""
        if self.before is None:
            return "new"
        return "same" if self.before == self.order else "changed"


_COLUMNS = tuple(field.name for field in fields(Order))


class Orders:
    """Writes orders; the same file again changes nothing, also not the audit trail."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def compared(self, orders: Sequence[Order], shop: str, platform: str) -> list[Compared]:
        """Each order as it would be written, texts masked, beside what is there."""
        names = ", ".join((*_COLUMNS, "batch"))
        sql = f"SELECT {names} FROM orders WHERE shop = ? AND platform = ?"
        held = {row["order_id"]: row for row in self._db.rows(sql, [shop, platform])}
        found = []
        for order in orders:
            row, safe = held.get(order.order_id), _masked(order, self._db.ids.kept_id)
            before = None
            if row is not None:
                before = Order(**{name: row[name] for name in _COLUMNS})
                # A file without agents or times says nothing against those that are known.
                agent, ordered_at = safe.agent or before.agent, safe.ordered_at or before.ordered_at
                received_at = safe.received_at or before.received_at or _seen_received(before, safe)
                safe = replace(safe, agent=agent, ordered_at=ordered_at, received_at=received_at)
            stood = state_of(row, _COLUMNS) if row is not None else None
            found.append(Compared(safe, before, stood))
        return found

    def take(
        self,
        orders: Sequence[Order],
        shop: str,
        platform: str,
        who: str,
        *,
        dry_run: bool = False,
        keep_changed: bool = False,
        title: str = "",
    ) -> Taken:
        """Writes what is new or changed, all in one commit. Texts are masked first.

        `keep_changed` leaves orders that are there as they are; a `title` makes the import a
        batch that `undo` takes back.
        """
        compared = self.compared(orders, shop, platform)
        new = [one for one in compared if one.kind == "new"]
        changed = [one for one in compared if one.kind == "changed" and not keep_changed]
        batch = None
        if (new or changed) and not dry_run:
            batch = self._write([*new, *changed], shop, platform, who, title)
        return Taken(len(new), len(changed), len(orders) - len(new) - len(changed), batch)

    def undo(self, shop: str, batch: int, who: str) -> Undone:
        """Takes an import back: removes orders that were new, puts those that it changed back."""

        def job(db: Writing) -> Undone:
            undone = take_back(db, shop, batch, "orders", "order_id", _COLUMNS[1:])
            end(db, shop, batch, who)
            lines = undone.removed + undone.restored
            extend(db, "import", who, "orders undone", {"shop": shop, "lines": lines})
            return undone

        return self._audit.commit(job)

    def _write(
        self, taken: Sequence[Compared], shop: str, platform: str, who: str, title: str
    ) -> int | None:
        columns = ", ".join((*_COLUMNS, "batch"))
        marks = ", ".join("?" * (len(_COLUMNS) + 3))
        later = ", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS[1:], "batch"))
        sql = (
            f"INSERT INTO orders (shop, platform, {columns}) VALUES ({marks}) "
            f"ON CONFLICT (shop, platform, order_id) DO UPDATE SET {later}"
        )

        def job(db: Writing) -> int | None:
            batch = None
            if title:
                batch = begin(db, shop, "orders", title, who)
                before = [(one.order.order_id, one.stood) for one in taken]
                keep_before(db, batch, shop, platform, before)
            rows = [(shop, platform, *astuple(one.order), batch) for one in taken]
            db.executemany(sql, rows)
            details = {"shop": shop, "platform": platform, "lines": len(taken)}
            extend(db, "import", who, "orders", details)
            return batch

        return self._audit.commit(job)


def _seen_received(before: Order, now: Order) -> str:
    """The time of this import where it is the first to say that the goods are there."""
    there = [
        bool(one.status) and is_settled(one.status, paid=bool(one.paid)) for one in (before, now)
    ]
    return utc_now() if there == [False, True] and before.status else ""


def _masked(order: Order, kept_id: Callable[[str], str]) -> Order:
    return replace(
        order,
        shopper=kept_id(order.shopper),
        agent=mask(order.agent),
        product=mask(order.product),
        variant=mask(order.variant),
        status=mask(order.status),
    )
