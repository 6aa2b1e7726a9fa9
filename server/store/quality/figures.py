"""Reads the day tables: the figures of a shop, platform, agent and span of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from server.metrics.money import AgentResult
from server.metrics.reply_rate import Formula, ReplyRate, formula_of
from server.store.database import Database

By = Literal["", "day", "month", "agent", "platform", "shop"]
_COLUMNS: Final[dict[str, str]] = {
    "": "''",
    "day": "day",
    "month": "substr(day, 1, 7)",
    "agent": "agent",
    "platform": "platform",
    "shop": "shop",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which days, and whose; empty fields do not limit. Both days are included."""

    first: str
    last: str
    shop: str = ""
    platform: str = ""
    agent: str = ""

    def where(self) -> tuple[str, list[Any]]:
        """The SQL condition and its values."""
        parts, values = ["day BETWEEN ? AND ?"], [self.first, self.last]
        for name in ("shop", "platform", "agent"):
            if getattr(self, name):
                parts.append(f"{name} = ?")
                values.append(getattr(self, name))
        return " AND ".join(parts), values


class Figures:
    """Sums of the day tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waits(self, scope: Scope, by: By = "", *, first: bool = False) -> dict[str, dict[int, int]]:
        """Group → {seconds: messages}; `first` counts only messages that opened a session."""
        where, values = scope.where()
        only = "AND first = 1" if first else ""
        sql = (
            f"SELECT {_COLUMNS[by]} AS part, wait_s, sum(n) FROM wait_counts "
            f"WHERE {where} {only} GROUP BY 1, 2"
        )
        found: dict[str, dict[int, int]] = defaultdict(dict)
        for part, wait_s, n in self._db.rows(sql, values):
            found[part][wait_s] = n
        return found

    def counts(self, scope: Scope, by: By = "") -> dict[str, dict[str, int]]:
        """Group → {name of a count: sum}."""
        where, values = scope.where()
        sql = (
            f"SELECT {_COLUMNS[by]} AS part, name, sum(n) FROM day_counts "
            f"WHERE {where} GROUP BY 1, 2"
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for part, name, n in self._db.rows(sql, values):
            found[part][name] = n
        return found

    def reply_rates(self, scope: Scope, by: By = "") -> dict[str, dict[str, ReplyRate]]:
        """Platform → group → rate by that platform's formula.

        A formula by month counts a shopper once a month, over however many of its days the scope
        holds; grouped by day it counts a shopper once a day.
        """
        where, values = scope.where()
        platforms = self._db.rows(f"SELECT DISTINCT platform FROM day_counts WHERE {where}", values)
        return {row[0]: self._rates(scope, row[0], by) for row in platforms}

    def _rates(self, scope: Scope, platform: str, by: By) -> dict[str, ReplyRate]:
        formula: Formula = formula_of(platform)
        where, values = scope.where()
        period = _COLUMNS["day" if formula.period == "day" or by == "day" else "month"]
        sql = f"""
            SELECT part, count(*), sum(late) FROM (
                SELECT {_COLUMNS[by]} AS part, {period} AS period, unit, max(late) AS late
                FROM unit_days WHERE {where} AND platform = ? GROUP BY 1, 2, shop, unit)
            GROUP BY 1
        """
        return {
            part: ReplyRate(n, late) for part, n, late in self._db.rows(sql, [*values, platform])
        }

    def shoppers(self, scope: Scope, by: By = "") -> dict[str, int]:
        """Group → how many persons wrote."""
        where, values = scope.where()
        sql = (
            f"SELECT part, count(*) FROM (SELECT DISTINCT {_COLUMNS[by]} AS part, shop, platform, "
            f"person FROM person_days WHERE {where}) GROUP BY 1"
        )
        return {row[0]: row[1] for row in self._db.rows(sql, values)}

    def hours(self, scope: Scope) -> list[tuple[str, int, int, int]]:
        """Day, hour, messages, late ones (over three minutes or unanswered)."""
        where, values = scope.where()
        sql = f"SELECT day, hour, sum(n), sum(late) FROM hour_counts WHERE {where} GROUP BY 1, 2"
        return [(row[0], row[1], row[2], row[3]) for row in self._db.rows(sql, values)]

    def ratings(self, scope: Scope, by: By = "") -> dict[str, Mapping[str, int]]:
        """Group → {satisfied, neutral, disappointed}."""
        where, values = scope.where()
        sql = (
            f"SELECT {_COLUMNS[by]} AS part, rating, count(*) FROM ratings "
            f"WHERE {where} GROUP BY 1, 2"
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for part, rating, n in self._db.rows(sql, values):
            found[part][rating] = n
        return dict(found)

    def turnover(self, scope: Scope) -> Decimal | None:
        """Yuan of all paid orders that were imported; None without any order."""
        where, values = scope.where()
        row = self._db.row(
            f"SELECT count(*) AS n, sum(fen * paid) AS fen FROM orders WHERE {where}", values
        )
        return Decimal(row["fen"] or 0) / 100 if row and row["n"] else None

    def results(self, scope: Scope) -> dict[str, AgentResult]:
        """Agent → result from imported orders of shoppers who asked that agent in the span.

        An order belongs to the agent named in the import, else to the agent who spoke last with
        that shopper on that platform.
        """
        sql = """
            SELECT agent, count(DISTINCT platform || ' ' || shopper), sum(fen) FROM (
                SELECT o.platform, o.shopper, o.fen, coalesce(nullif(o.agent, ''), (
                    SELECT c.agent FROM conversations c WHERE c.shop = o.shop
                    AND c.platform = o.platform AND c.shopper_id = o.shopper
                    ORDER BY c.last_at DESC LIMIT 1), '') AS agent
                FROM orders o WHERE o.paid AND o.day BETWEEN ? AND ? AND ? IN ('', o.shop)
                AND ? IN ('', o.platform))
            WHERE agent != '' GROUP BY 1
        """
        span = [scope.first, scope.last, scope.shop, scope.platform]
        paid = {agent: (n, fen) for agent, n, fen in self._db.rows(sql, span)}
        asked = self.shoppers(scope, "agent")
        return {
            agent: AgentResult(n, *_paid(paid.get(agent)))
            for agent, n in asked.items()
            if paid and agent
        }

    def days(self, shop: str = "") -> tuple[str, str] | None:
        """First and last day with figures."""
        row = self._db.row(
            "SELECT min(day) AS first, max(day) AS last FROM day_counts WHERE ? IN ('', shop)",
            [shop],
        )
        return (row["first"], row["last"]) if row and row["first"] else None


def _paid(found: tuple[int, int] | None) -> tuple[int, Decimal]:
    return (found[0], Decimal(found[1]) / 100) if found else (0, Decimal(0))
