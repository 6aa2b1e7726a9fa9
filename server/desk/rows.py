"""Requests and findings as the rows that the store writes."""

from __future__ import annotations

from typing import Literal

from server.base.errors import ProtocolError
from server.base.times import moment, utc_text
from server.compliance.findings import Finding
from server.desk.seat import Seat
from server.store import ConversationRow, WarningRow


def conversation_row(
    seat: Seat, conversation_id: str, shopper_id: str = "", shopper_name: str = ""
) -> ConversationRow:
    """The conversation of a request."""
    return ConversationRow(
        seat.shop, seat.platform, conversation_id, shopper_id, shopper_name, seat.account.name
    )


def warning_row(
    finding: Finding, text: str, direction: Literal["incoming", "draft", "sent"]
) -> WarningRow:
    """A finding about `text`, as it is kept."""
    return WarningRow(
        direction=direction,
        category=finding.category,
        severity=finding.severity,
        rule=finding.rule,
        rule_version=str(finding.rule_version),
        clause=finding.clause,
        start=finding.start,
        end=finding.end,
        matched=finding.matched,
        text=text,
        disguised=finding.disguised,
    )


def utc_moment(text: str, field: str) -> str:
    """An ISO 8601 time as UTC with milliseconds; empty stays empty. Raises ProtocolError."""
    if not text:
        return ""
    try:
        return utc_text(moment(text))
    except (ValueError, OverflowError) as error:
        raise ProtocolError(
            "bad_request", f"{field} is {text!r}; expected ISO 8601, as 2026-11-21T08:00:00Z"
        ) from error
