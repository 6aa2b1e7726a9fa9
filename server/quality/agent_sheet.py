"""What was found about one agent in a span of days: violations, and score cards, as rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from server.metrics.agreement import Mean, mean_of
from server.metrics.clock import day_bounds
from server.quality.exports import Say, xlsx_bytes
from server.store.database import Row
from server.store.quality.stores import Quality

MOST: Final = 5_000
"""Rows of each kind; a month of an agent has some hundred."""

FINDING_COLUMNS: Final = (
    "when", "shop", "platform", "severity", "rule", "clause", "text", "matched", "verdict",
    "reason", "reviewer", "appeal",
)  # fmt: skip
CARD_COLUMNS: Final = ("day", "shop", "conversation", "points", "fatal", "note", "reviewer")


@dataclass(frozen=True, slots=True)
class AgentSheet:
    """One agent's days; `findings` are decided items, newest first, false alarms among them."""

    agent: str
    first: str
    last: str
    findings: list[Row]
    cards: list[Row]

    @property
    def against(self) -> list[Row]:
        """The findings that hold."""
        return [row for row in self.findings if row["verdict"] in ("confirmed", "minor")]

    @property
    def mean(self) -> Mean:
        """The points of all cards."""
        return mean_of([card["total"] for card in self.cards])


def agent_sheet(quality: Quality, agent: str, shop: str, first: str, last: str) -> AgentSheet:
    """What was found from `first` to `last` (days of the shop's time zone), '' for all shops."""
    zone = quality.zone_of(shop)
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    return AgentSheet(
        agent,
        first,
        last,
        quality.appeals.about_agent(agent, MOST, shop, since, until),
        quality.scores.about_agent(agent, MOST, shop, first, last),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """How the sheet's values are said: shop, platform, rule (with its shop), time, and a text."""

    say: Say
    shop: Callable[[str], str]
    platform: Callable[[str], str]
    rule: Callable[[str, str], str]
    time: Callable[[str], str]


def finding_cells(row: Row, words: Words) -> list[Any]:
    """A finding by `FINDING_COLUMNS`."""
    say = words.say
    decided = f"decision_{row['decision']}" if row["decision"] else "appeal_open"
    appeal = "" if row["comment"] is None else say(decided)
    severity = say(f"severity_{row['severity']}") if row["severity"] else ""
    return [
        words.time(row["at"]), words.shop(row["shop"]), words.platform(row["platform"]), severity,
        words.rule(row["rule"], row["shop"]) if row["rule"] else say(f"source_{row['source']}"),
        row["clause"] or "", row["text"], row["matched"] or "", say(f"verdict_{row['verdict']}"),
        " ".join(part for part in (row["reason"], row["note"]) if part), row["reviewer"], appeal,
    ]  # fmt: skip


def card_cells(row: Row, words: Words) -> list[Any]:
    """A score card by `CARD_COLUMNS`."""
    return [
        row["day"], words.shop(row["shop"]), row["conversation"], row["total"],
        0 if row["fatal"] == "[]" else 1, row["note"], row["reviewer"],
    ]  # fmt: skip


def agent_xlsx(sheet: AgentSheet, words: Words) -> bytes:
    """Two sheets: findings and score cards."""
    say = words.say
    heads = [say(f"sheet_{name}") for name in FINDING_COLUMNS]
    card_heads = [say(f"sheet_{name}") for name in CARD_COLUMNS]
    card_kinds = ["text", "text", "count", "count", "count", "text", "text"]
    return xlsx_bytes(
        [
            (
                say("sheet_findings"),
                heads,
                [finding_cells(row, words) for row in sheet.findings],
                ["text"] * len(heads),
            ),
            (
                say("sheet_cards"),
                card_heads,
                [card_cells(row, words) for row in sheet.cards],
                card_kinds,
            ),
        ]
    )
