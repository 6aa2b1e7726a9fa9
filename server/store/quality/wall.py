"""What happens right now: who waits, what was warned of, whose adapter is broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.base.times import moment, utc_text
from server.metrics.waits import SESSION_GAP
from server.store.database import Database

_RISK_SPAN = timedelta(minutes=30)
_HEALTH_SPAN = timedelta(hours=12)
_MOST = 100

# A conversation waits when its newest message is the shopper's; the wait runs from the first
# message after the last reply.
_WAITING = """
    SELECT c.id, c.shop, c.platform, c.agent, c.shopper_name, c.conversation_id,
           (SELECT min(m.sent_at) FROM messages m WHERE m.conversation = c.id
            AND m.sender = 'shopper' AND m.sent_at > coalesce(
                (SELECT max(a.sent_at) FROM messages a WHERE a.conversation = c.id
                 AND a.sender = 'agent'), '')) AS since,
           (SELECT m.text FROM messages m WHERE m.conversation = c.id
            ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) AS text
    FROM conversations c WHERE c.last_at >= ? AND ? IN ('', c.shop)
    AND (SELECT m.sender FROM messages m WHERE m.conversation = c.id
         ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) = 'shopper'
"""
# What was written and not sent is nobody's risk yet: the agent was told, and may still change it.
_RISKS = """
    SELECT w.id, w.shop, w.platform, w.agent, w.conversation, w.direction, w.category, w.severity,
           w.rule, w.clause, w.matched, w.created_at FROM warnings w
    WHERE w.created_at >= ? AND ? IN ('', w.shop) AND w.severity IN ('high', 'medium')
    AND w.category != 'probe' AND w.direction != 'draft' ORDER BY w.id DESC LIMIT ?
"""
_HEALTH = """
    SELECT e.agent, e.shop, e.platform, e.at, e.text, e.details FROM events e
    JOIN (SELECT max(id) AS id FROM events WHERE event = 'adapter_health' AND at >= ?
          AND ? IN ('', shop) GROUP BY agent, shop, platform) newest ON newest.id = e.id
"""
_WELL = frozenset({"ok", "healthy", "ready", "good"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A shopper who waits for an answer."""

    conversation: int
    shop: str
    platform: str
    agent: str
    shopper: str
    text: str
    since: str
    wait_s: int
    conversation_id: str = ""


@dataclass(frozen=True, slots=True)
class BrokenAdapter:
    """An agent whose page is not read properly, with what the extension said last."""

    agent: str
    shop: str
    platform: str
    at: str
    problem: str


class Wall:
    """Reads the last hours."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self, shop: str, now: datetime) -> list[Waiting]:
        """Who waits, the longest first; conversations silent for two hours are over."""
        since = utc_text(now - SESSION_GAP)
        found = [
            Waiting(
                row["id"], row["shop"], row["platform"], row["agent"],
                row["shopper_name"] or row["conversation_id"], row["text"], row["since"],
                max(0, int((now - moment(row["since"])).total_seconds())), row["conversation_id"],
            )
            for row in self._db.rows(_WAITING, [since, shop])
            if row["since"] and row["since"] >= since
        ]  # fmt: skip
        return sorted(found, key=lambda waiting: -waiting.wait_s)[:_MOST]

    def risks(self, shop: str, now: datetime) -> list[dict[str, object]]:
        """Warnings of the last half hour, newest first."""
        since = utc_text(now - _RISK_SPAN)
        return [dict(row) for row in self._db.rows(_RISKS, [since, shop, _MOST])]

    def broken(self, shop: str, now: datetime) -> list[BrokenAdapter]:
        """Agents whose last health report of the day was not a good one."""
        since = utc_text(now - _HEALTH_SPAN)
        found = []
        for row in self._db.rows(_HEALTH, [since, shop]):
            problem = problem_of(row["text"], row["details"])
            if problem:
                agent, shop_id, platform = row["agent"], row["shop"], row["platform"]
                found.append(BrokenAdapter(agent, shop_id, platform, row["at"], problem))
        return found


def problem_of(text: str, details: str) -> str:
    """What a health report complains of; empty when all is well."""
    held = json.loads(details)
    state = str(held.get("state") or held.get("status") or held.get("health") or text).lower()
    if state in _WELL or held.get("ok") is True:
        return ""
    missing = held.get("missing") or held.get("problem") or held.get("cause")
    if isinstance(missing, list):
        missing = ", ".join(str(part) for part in missing)
    return str(missing or state or "?")
