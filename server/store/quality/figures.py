"""Reads the day tables: the figures of a shop, platform, agent and span of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

import numpy as np

from server.metrics.adoption import COUNTS
from server.metrics.money import AgentResult
from server.metrics.reply_rate import MAIN, ReplyRate, formula_of
from server.store.database import Database, Row
from server.store.quality.cells import (
    KEY_COLUMNS,
    By,
    Cell,
    Cells,
    Ints,
    distinct,
    histograms,
    numbers,
    part_of,
)


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
class _Waits:
    """Waits of a scope, one row a wait's length in a cell."""

    cells: Cells
    of: Ints
    first: Ints
    seconds: Ints
    n: Ints


@dataclass(frozen=True, slots=True)
class _Units:
    """Who counts by a formula, one row a unit in a cell; late is 1 for missed ones."""

    cells: Cells
    of: Ints
    keys: Ints
    late: Ints


def _units(rows: Sequence[Row]) -> _Units:
    answered, missed = numbers([row[5] for row in rows]), numbers([row[6] for row in rows])
    places = np.arange(len(rows))
    return _Units(
        cells=Cells([tuple(row) for row in rows]),
        of=np.concatenate([np.repeat(places, answered[1]), np.repeat(places, missed[1])]),
        keys=np.concatenate([answered[0], missed[0]]),
        late=np.repeat([0, 1], [len(answered[0]), len(missed[0])]),
    )


class Sheet:
    """The day tables of one scope, each read once; grouping happens here, in memory."""

    def __init__(self, database: Database, scope: Scope, shops: Sequence[str]) -> None:
        self._db = database
        self._scope = scope
        self._where, self._values = scope.where(shops)

    def _rows(self, columns: str, table: str, group: str = "") -> list[Row]:
        grouped = f" GROUP BY {group}" if group else ""
        sql = f"SELECT {columns} FROM {table} WHERE {self._where}{grouped}"
        return self._db.rows(sql, self._values)

    @cached_property
    def _counts(self) -> tuple[Cells, Ints]:
        rows = self._rows(f"{KEY_COLUMNS}, {', '.join(COUNTS)}", "day_counts")
        return Cells([tuple(row) for row in rows]), _columns(rows, 4, len(COUNTS))

    @cached_property
    def _waits(self) -> _Waits:
        rows = self._rows(f"{KEY_COLUMNS}, first, waits", "day_waits")
        pairs, sizes = numbers([row[5] for row in rows])
        return _Waits(
            cells=Cells([tuple(row) for row in rows]),
            of=np.repeat(np.arange(len(rows)), sizes // 2),
            first=np.array([row[4] for row in rows], dtype=np.int64),
            seconds=pairs[::2],
            n=pairs[1::2],
        )

    @cached_property
    def _persons(self) -> tuple[Cells, Ints, Ints]:
        rows = self._rows(f"{KEY_COLUMNS}, persons", "person_days")
        return Cells([tuple(row) for row in rows]), *numbers([row[4] for row in rows])

    @cached_property
    def _units(self) -> dict[str, _Units]:
        by_formula: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows(f"{KEY_COLUMNS}, formula, answered, missed", "unit_days"):
            by_formula[row[4]].append(row)
        return {formula: _units(rows) for formula, rows in by_formula.items()}

    def waits(self, by: By = "", *, first: bool = False) -> dict[Any, dict[int, int]]:
        """Group → {seconds: messages}; `first` counts only messages that opened a session."""
        waits = self._waits
        names, groups = waits.cells.by(by)
        of, seconds, n = waits.of, waits.seconds, waits.n
        if first:
            chosen = waits.first[of] == 1
            of, seconds, n = of[chosen], seconds[chosen], n[chosen]
        return histograms(names, groups[of], seconds, n)

    def agent_days(self) -> dict[tuple[str, str], dict[int, int]]:
        """(agent, day) → {seconds: messages}, in order."""
        return {key: counts for key, counts in self.waits("agent_day").items() if key[0]}

    def counts(self, by: By = "") -> dict[Any, dict[str, int]]:
        """Group → {name of a count: sum}."""
        cells, values = self._counts
        return {
            part: dict(zip(COUNTS, sums, strict=True))
            for part, sums in cells.sums(by, values).items()
        }

    def pairs(self) -> list[tuple[str, str]]:
        """Every (shop, platform) with figures."""
        return self._counts[0].by("pair")[0]

    def reply_rates(self, by: By = "", formula: str = MAIN) -> dict[str, dict[Any, ReplyRate]]:
        """Platform → group → rate by that platform's formula of this id.

        A formula by month counts a shopper once a month, over however many of its days the scope
        holds; grouped by day it counts a shopper once a day.
        """
        units = self._units.get(formula)
        if units is None:
            return {}
        part = part_of(by)

        def once(cell: Cell) -> tuple[Any, ...]:
            """Where a unit counts once."""
            shop, day, platform, _ = cell
            daily = by == "day" or formula_of(platform, formula).period == "day"
            return platform, part(cell), day if daily else day[:7], shop

        names, groups = units.cells.group(once)
        counted = distinct(groups[units.of], units.keys, units.late, len(names))
        found: dict[str, dict[Any, ReplyRate]] = defaultdict(dict)
        for (platform, name, *_), n, late in zip(names, *counted, strict=True):
            before = found[platform].get(name, ReplyRate(0, 0))
            found[platform][name] = ReplyRate(before.n + n, before.missed + late)
        return dict(found)

    def shoppers(self, by: By = "") -> dict[Any, int]:
        """Group → how many persons wrote."""
        part = part_of(by)
        cells, persons, sizes = self._persons
        names, groups = cells.group(lambda cell: (part(cell), cell[0], cell[2]))
        of_person = np.repeat(groups, sizes)
        counted, _ = distinct(of_person, persons, np.zeros_like(persons), len(names))
        found: dict[Any, int] = defaultdict(int)
        for (name, _, _), n in zip(names, counted, strict=True):
            found[name] += n
        return dict(found)

    def hours(self) -> list[tuple[str, int, int, int]]:
        """Day, hour, messages, late ones (over three minutes or unanswered)."""
        rows = self._rows("day, hour, sum(n), sum(late)", "hour_counts", "day, hour")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def ratings(self, by: By = "") -> dict[Any, dict[str, int]]:
        """Group → {satisfied, neutral, disappointed}."""
        found: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        part = part_of(by)
        for *cell, rating, n in self._rows(
            f"{KEY_COLUMNS}, rating, count(*)", "ratings", "1, 2, 3, 4, 5"
        ):
            found[part(cast(Cell, tuple(cell)))][rating] += n
        return {name: dict(counts) for name, counts in found.items()}


def _columns(rows: Sequence[Row], start: int, width: int) -> Ints:
    """Whole numbers from the rows' columns `start` on; int64, (rows, width)."""
    found = [tuple(row)[start : start + width] for row in rows]
    return np.array(found, dtype=np.int64).reshape(-1, width)


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

    def reply_rates(
        self, scope: Scope, by: By = "", formula: str = MAIN
    ) -> dict[str, dict[str, ReplyRate]]:
        """See Sheet."""
        return self.sheet(scope).reply_rates(by, formula)

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
                FROM orders o WHERE o.paid = 1 AND o.day BETWEEN ? AND ? AND ? IN ('', o.shop)
                AND ? IN ('', o.platform)) AS owned
            WHERE agent != '' GROUP BY 1
        """
        span = [scope.first, scope.last, scope.shop, scope.platform]
        paid = {agent: (n, fen) for agent, n, fen in self._db.rows(sql, span)}
        asked = self.shoppers(scope, "agent") if paid else {}
        return {
            agent: AgentResult(n, *_paid(paid.get(agent))) for agent, n in asked.items() if agent
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
