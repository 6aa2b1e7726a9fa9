"""Reads the day tables: the figures of a shop, platform, agent and span of days."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Literal

from server.metrics.money import AgentResult
from server.metrics.reply_rate import ReplyRate, formula_of
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

    def where(self, shops: Sequence[str] = ()) -> tuple[str, list[Any]]:
        """The SQL condition and its values; `shops` are all there are."""
        parts: list[str] = ["day BETWEEN ? AND ?"]
        values: list[Any] = [self.first, self.last]
        if not self.shop and shops:
            parts.append(f"shop IN ({','.join('?' * len(shops))})")
            values += shops
        for name in ("shop", "platform", "agent"):
            if getattr(self, name):
                parts.append(f"{name} = ?")
                values.append(getattr(self, name))
        return " AND ".join(parts), values


@dataclass(frozen=True, slots=True)
class _AgentWaits:
    all: dict[str, dict[int, int]]
    first: dict[str, dict[int, int]]
    days: dict[tuple[str, str], dict[int, int]]


def _nested() -> dict[Any, dict[int, int]]:
    return defaultdict(lambda: defaultdict(int))


class Sheet:
    """The day tables of one scope, each read once; grouping happens here, in memory."""

    def __init__(self, database: Database, scope: Scope, shops: Sequence[str]) -> None:
        self._db = database
        self._scope = scope
        self._where, self._values = scope.where(shops)

    def _rows(self, columns: str, table: str, group: str = "") -> list[sqlite3.Row]:
        grouped = f" GROUP BY {group}" if group else ""
        sql = f"SELECT {columns} FROM {table} WHERE {self._where}{grouped}"
        return self._db.rows(sql, self._values)

    @cached_property
    def _counts(self) -> list[sqlite3.Row]:
        return self._rows("shop, day, platform, agent, name, n", "day_counts")

    @cached_property
    def _wait_days(self) -> list[sqlite3.Row]:
        """Waits without agents: a small table, unless the scope asks for one agent."""
        columns = "shop, day, platform, '' AS agent, first, wait_s, n"
        return self._rows(columns, "wait_counts" if self._scope.agent else "wait_days")

    @cached_property
    def _wait_agents(self) -> _AgentWaits:
        """Waits by agent: all of them, first ones, by day. One pass over the largest table."""
        found = _AgentWaits(_nested(), _nested(), _nested())
        for agent, day, first, wait_s, n in self._rows(
            "agent, day, first, wait_s, n", "wait_counts"
        ):
            found.all[agent][wait_s] += n
            found.days[agent, day][wait_s] += n
            if first:
                found.first[agent][wait_s] += n
        return found

    @cached_property
    def _platforms(self) -> list[str]:
        return sorted({row[2] for row in self._counts})

    def waits(self, by: By = "", *, first: bool = False) -> dict[str, dict[int, int]]:
        """Group → {seconds: messages}; `first` counts only messages that opened a session."""
        if by == "agent":
            return self._wait_agents.first if first else self._wait_agents.all
        found = _nested()
        key = _KEYS[by]
        for row in self._wait_days:
            if row[4] or not first:
                found[key(row)][row[5]] += row[6]
        return {part: dict(counts) for part, counts in found.items()}

    def agent_days(self) -> dict[tuple[str, str], dict[int, int]]:
        """(agent, day) → {seconds: messages}."""
        return {key: counts for key, counts in self._wait_agents.days.items() if key[0]}

    def counts(self, by: By = "") -> dict[str, dict[str, int]]:
        """Group → {name of a count: sum}."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        key = _KEYS[by]
        for row in self._counts:
            found[key(row)][row[4]] += row[5]
        return {part: dict(counts) for part, counts in found.items()}

    def pairs(self) -> list[tuple[str, str]]:
        """Every (shop, platform) with figures."""
        return sorted({(row[0], row[2]) for row in self._counts})

    def reply_rates(self, by: By = "") -> dict[str, dict[str, ReplyRate]]:
        """Platform → group → rate by that platform's formula.

        A formula by month counts a shopper once a month, over however many of its days the scope
        holds; grouped by day it counts a shopper once a day.
        """
        daily = [name for name in self._platforms if formula_of(name).period == "day"]
        period, values = "day", list[Any]()
        if by != "day":
            marks = ",".join("?" * len(daily))
            period = f"CASE WHEN platform IN ({marks}) THEN day ELSE substr(day, 1, 7) END"
            values += daily
        sql = f"""
            SELECT platform, part, count(*), sum(late) FROM (
                SELECT platform, {_COLUMNS[by]} AS part, {period} AS period, max(late) AS late
                FROM unit_days WHERE {self._where} GROUP BY 1, 2, 3, shop, unit)
            GROUP BY 1, 2
        """
        found: dict[str, dict[str, ReplyRate]] = defaultdict(dict)
        for platform, part, n, late in self._db.rows(sql, [*values, *self._values]):
            found[platform][part] = ReplyRate(n, late)
        return dict(found)

    def shoppers(self, by: By = "") -> dict[str, int]:
        """Group → how many persons wrote."""
        sql = (
            f"SELECT part, count(*) FROM (SELECT DISTINCT {_COLUMNS[by]} AS part, shop, platform, "
            f"person FROM person_days WHERE {self._where}) GROUP BY 1"
        )
        return {row[0]: row[1] for row in self._db.rows(sql, self._values)}

    def hours(self) -> list[tuple[str, int, int, int]]:
        """Day, hour, messages, late ones (over three minutes or unanswered)."""
        rows = self._rows("day, hour, sum(n), sum(late)", "hour_counts", "day, hour")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def ratings(self, by: By = "") -> dict[str, Mapping[str, int]]:
        """Group → {satisfied, neutral, disappointed}."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        columns = f"{_COLUMNS[by]} AS part, rating, count(*)"
        for part, rating, n in self._rows(columns, "ratings", "1, 2"):
            found[part][rating] = n
        return dict(found)


_KEYS: Final[dict[str, Callable[[sqlite3.Row], str]]] = {
    "": lambda row: "",
    "day": lambda row: str(row[1]),
    "month": lambda row: str(row[1])[:7],
    "agent": lambda row: str(row[3]),
    "platform": lambda row: str(row[2]),
    "shop": lambda row: str(row[0]),
}


class Figures:
    """Figures of the day tables; `sheet` reads a scope once for many questions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def sheet(self, scope: Scope) -> Sheet:
        """The day tables of a scope."""
        return Sheet(self._db, scope, self._shops())

    def _shops(self) -> list[str]:
        """Shops with figures, as the marks know them: naming them lets SQLite seek by day."""
        row = self._db.row("SELECT value FROM figure_marks WHERE name = 'zones'")
        return [part.split("=", 1)[0] for part in row["value"].split("|") if part] if row else []

    def waits(self, scope: Scope, by: By = "", *, first: bool = False) -> dict[str, dict[int, int]]:
        """See Sheet."""
        return self.sheet(scope).waits(by, first=first)

    def counts(self, scope: Scope, by: By = "") -> dict[str, dict[str, int]]:
        """See Sheet."""
        return self.sheet(scope).counts(by)

    def reply_rates(self, scope: Scope, by: By = "") -> dict[str, dict[str, ReplyRate]]:
        """See Sheet."""
        return self.sheet(scope).reply_rates(by)

    def shoppers(self, scope: Scope, by: By = "") -> dict[str, int]:
        """See Sheet."""
        return self.sheet(scope).shoppers(by)

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
