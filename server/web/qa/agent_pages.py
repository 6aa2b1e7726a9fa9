"""One agent's sheet of violations and scores, on a page to be printed and as xlsx."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort

from server.quality.agent_sheet import (
    CARD_COLUMNS,
    FINDING_COLUMNS,
    AgentSheet,
    Words,
    agent_sheet,
    agent_xlsx,
    card_cells,
    finding_cells,
)
from server.web.access import require
from server.web.clock import Clock
from server.web.qa.console import REVIEWERS, Console, platform_name
from server.web.qa.report_pages import XLSX, attachment, say
from server.web.texts import t


def _days(sheet: AgentSheet) -> str:
    """The sheet's days for the log."""
    return f"{sheet.first} → {sheet.last}"


def add_agent_sheets(qa: Blueprint, console: Console) -> None:
    """Routes."""

    def sheet_of(agent: str) -> AgentSheet:
        console.refresh()
        shop = console.shop()
        if agent not in console.quality.lookups.names(shop)["agent"]:
            abort(404, t("qa.no_agent", name=agent))
        first, last = console.span()
        return agent_sheet(console.quality, agent, shop, first, last)

    def words() -> Words:
        clock = Clock(console.zone())
        return Words(say, console.shop_name, platform_name, console.rule_words, clock.full)

    @qa.get("/qa/agents/<agent>", endpoint="agent_sheet")
    @require(*REVIEWERS)
    def page_of(agent: str) -> Any:
        sheet, said = sheet_of(agent), words()
        console.note("agent sheet", console.shop(), None, f"{agent} {_days(sheet)}")
        return console.page(
            "agent_sheet.html",
            "scores",
            sheet=sheet,
            columns=FINDING_COLUMNS,
            rows=[(row, finding_cells(row, said)) for row in sheet.findings],
            card_columns=CARD_COLUMNS,
            cards=[(row, card_cells(row, said)) for row in sheet.cards],
            first=sheet.first,
            last=sheet.last,
        )

    @qa.get("/qa/agents/<agent>.xlsx")
    @require(*REVIEWERS)
    def agent_book(agent: str) -> Response:
        sheet = sheet_of(agent)
        shop = console.shop()
        console.note("export", shop, None, f"agent {agent} {_days(sheet)} xlsx")
        name = f"agent-{shop or 'all'}-{sheet.first}-{sheet.last}.xlsx"
        return attachment(agent_xlsx(sheet, words()), XLSX, name)
