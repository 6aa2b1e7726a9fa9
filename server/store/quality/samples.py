"""Samples for review: drawn so that anyone can draw them again, with their rate on record."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.base.errors import EntryError
from server.base.times import utc_now
from server.metrics.clock import day_bounds
from server.metrics.sampling import Stratum, draw_strata, size_of
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend

METHODS: Final = ("random", "agent", "rule", "outcome", "all")
_MOST = 5000

_POPULATIONS: Final = {
    "conversation": """
        SELECT DISTINCT c.id, c.agent
        FROM messages m CROSS JOIN conversations c ON c.id = m.conversation
        WHERE m.sent_at >= ? AND m.sent_at < ? AND c.shop = ?
    """,
    "rule": """
        SELECT id, rule FROM warnings
        WHERE created_at >= ? AND created_at < ? AND shop = ? AND direction = 'sent'
    """,
    "outcome": """
        SELECT id, outcome FROM events
        WHERE at >= ? AND at < ? AND shop = ? AND event = 'sent' AND outcome != ''
    """,
}
_INSERTS: Final = {
    "conversation": """
        INSERT INTO review_items (source, key, shop, platform, agent, conversation, sample, weight,
                                  blind, at)
        SELECT 'sample', 'sample:' || ? || ':' || id, shop, platform, agent, id, ?, 1, ?, last_at
        FROM conversations WHERE id = ?
    """,
    "rule": """
        INSERT INTO review_items (source, key, shop, platform, agent, conversation, message,
                                  warning, rule, rule_version, category, severity, sample,
                                  weight, blind, at)
        SELECT 'sample', 'sample:' || ? || ':' || id, shop, platform, agent, conversation, message,
               id, rule, rule_version, category, severity, ?, 1, ?, created_at
        FROM warnings WHERE id = ?
    """,
    "outcome": """
        INSERT INTO review_items (source, key, shop, platform, agent, conversation, event, sample,
                                  weight, blind, at)
        SELECT 'sample', 'sample:' || ? || ':' || id, shop, platform, agent, conversation, id, ?, 1,
               ?, at
        FROM events WHERE id = ?
    """,
}


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """What to draw. `size` counts items (per group for agent, rule, outcome); 0 uses `percent`."""

    shop: str
    name: str
    method: str
    first_day: str
    last_day: str
    size: int = 0
    percent: float = 0.0
    seed: str = ""
    blind: bool = False


class Samples:
    """Draws samples into the queue and lists them."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def draw(self, order: SampleOrder, zone: ZoneInfo, who: str) -> int:
        """Queues a sample; returns its id. Raises UsageError when there is nothing to draw."""
        strata = self.strata(order, zone)
        drawn = [item for stratum in strata for item in stratum.drawn]
        if not drawn:
            raise EntryError(
                "nothing to draw from in this period; choose other days or a method",
                "nothing_to_draw",
            )
        if len(drawn) > _MOST:
            raise EntryError(
                f"{len(drawn)} items are too many; expected at most {_MOST}",
                "too_many_drawn", found=len(drawn), most=_MOST,
            )  # fmt: skip
        seed = order.seed or secrets.token_hex(4)
        if not order.seed:
            return self.draw(SampleOrder(**_with(order, seed)), zone, who)
        row = {
            "shop": order.shop, "name": order.name or order.method, "method": order.method,
            "seed": seed, "first_day": order.first_day, "last_day": order.last_day,
            "population": sum(s.population for s in strata), "drawn": len(drawn),
            "strata": json.dumps([[s.name, s.population, len(s.drawn)] for s in strata],
                                 ensure_ascii=False),
            "blind": int(order.blind), "by": who, "at": utc_now(),
        }  # fmt: skip

        def job(db: Writing) -> int:
            sample = db.insert("samples", row)
            values = [(sample, sample, int(order.blind), item) for item in drawn]
            db.executemany(_INSERTS[_unit(order.method)], values)
            extend(db, "sample", who, order.name or order.method, row | {"id": sample})
            return sample

        return self._audit.commit(job)

    def strata(self, order: SampleOrder, zone: ZoneInfo) -> list[Stratum]:
        """The groups with what the seed draws from each."""
        if order.method not in METHODS:
            known = ", ".join(METHODS)
            raise EntryError(
                f"method is {order.method!r}; expected one of: {known}",
                "choice", "method", found=order.method,
            )  # fmt: skip
        if not order.first_day or order.first_day > order.last_day:
            raise EntryError(
                "the days are not in order; expected first day ≤ last day", "day_order", "from"
            )
        span = [day_bounds(order.first_day, zone)[0], day_bounds(order.last_day, zone)[1]]
        rows = self._db.rows(_POPULATIONS[_unit(order.method)], [*span, order.shop])
        grouped = order.method in ("agent", "rule", "outcome")
        pairs = [(int(row[0]), row[1] if grouped else "") for row in rows]
        return draw_strata(pairs, self._size(order, len(pairs)), order.seed)

    @staticmethod
    def _size(order: SampleOrder, population: int) -> int:
        if order.method == "all":
            return population
        return order.size or size_of(population, order.percent)

    def all(self, shop: str) -> list[Row]:
        """Samples with how many of their items are decided, newest first."""
        sql = """
            SELECT s.*, (SELECT count(*) FROM review_items i WHERE i.sample = s.id
                         AND i.state = 'done') AS done,
                   (SELECT count(*) FROM review_items i WHERE i.sample = s.id
                    AND i.verdict = 'confirmed') AS confirmed
            FROM samples s WHERE ? IN ('', s.shop) ORDER BY s.id DESC LIMIT 100
        """
        return self._db.rows(sql, [shop])


def _unit(method: str) -> str:
    return method if method in ("rule", "outcome") else "conversation"


def _with(order: SampleOrder, seed: str) -> dict[str, Any]:
    return {name: getattr(order, name) for name in order.__slots__} | {"seed": seed}
