"""Orders as platforms export them, in the one table that figures read, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace

from server.store.database import Database, Writing
from server.store.quality.audit import Audit, extend
from server.text.masking import mask


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `fen` is what was paid for all of it, `day` when (shop's time).

    `ordered_at` is UTC, '' where only the day is told; `pay_minutes` is how long its payment took,
    None where that is not known; `closed` is 1 when it came to nothing.
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


@dataclass(frozen=True, slots=True)
class Taken:
    """How many orders were new, changed, or there already."""

    new: int
    changed: int
    same: int


_COLUMNS = tuple(field.name for field in fields(Order))


class Orders:
    """Writes orders; the same file again changes nothing, also not the audit trail."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def take(
        self, orders: Sequence[Order], shop: str, platform: str, who: str, *, dry_run: bool = False
    ) -> Taken:
        """Writes what is new or changed, all in one commit. Texts are masked first."""
        names = ", ".join(_COLUMNS)
        sql = f"SELECT {names} FROM orders WHERE shop = ? AND platform = ?"
        held = {row["order_id"]: tuple(row) for row in self._db.rows(sql, [shop, platform])}
        new, changed = [], []
        for order in orders:
            before = held.get(order.order_id)
            safe = _masked(order, self._db.ids.kept_id)
            if before is None:
                new.append(safe)
                continue
            # A file without agents says nothing against the one that is known.
            agent = safe.agent or str(before[_COLUMNS.index("agent")])
            ordered_at = safe.ordered_at or str(before[_COLUMNS.index("ordered_at")])
            safe = replace(safe, agent=agent, ordered_at=ordered_at)
            if astuple(safe) != before:
                changed.append(safe)
        if (new or changed) and not dry_run:
            self._write([*new, *changed], shop, platform, who)
        return Taken(len(new), len(changed), len(orders) - len(new) - len(changed))

    def _write(self, orders: Sequence[Order], shop: str, platform: str, who: str) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 2))
        later = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
        sql = (
            f"INSERT INTO orders (shop, platform, {', '.join(_COLUMNS)}) VALUES ({marks}) "
            f"ON CONFLICT (shop, platform, order_id) DO UPDATE SET {later}"
        )

        def job(db: Writing) -> None:
            db.executemany(sql, [(shop, platform, *astuple(order)) for order in orders])
            details = {"shop": shop, "platform": platform, "lines": len(orders)}
            extend(db, "import", who, "orders", details)

        self._audit.commit(job)


def _masked(order: Order, kept_id: Callable[[str], str]) -> Order:
    return replace(
        order,
        shopper=kept_id(order.shopper),
        agent=mask(order.agent),
        product=mask(order.product),
        variant=mask(order.variant),
        status=mask(order.status),
    )
