"""What a day is read from, and the few lines that agents write to it."""

from __future__ import annotations

from collections import defaultdict

from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.text.masking import mask
from server.work.day import AgentDay, is_praise

NOTE_LENGTH = 1_000
# A shopper's line belongs to the agent of the conversation, an agent's to who wrote it.
_MESSAGES = """
    SELECT m.id, m.conversation, m.sender, m.text, c.shopper_id, c.platform,
           CASE WHEN m.sender = 'agent' THEN coalesce(nullif(m.agent, ''), c.agent) ELSE c.agent END
               AS agent,
           EXISTS (SELECT 1 FROM suggestions s WHERE s.message = m.id) AS asked,
           EXISTS (SELECT 1 FROM suggestions s WHERE s.message = m.id AND s.shown = 1) AS shown
    FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE c.shop = ? AND m.sent_at >= ? AND m.sent_at < ? ORDER BY m.id
"""
_WARNINGS = """
    SELECT w.conversation, w.direction, w.category, coalesce(nullif(w.agent, ''), c.agent) AS agent
    FROM warnings w JOIN conversations c ON c.id = w.conversation
    WHERE w.shop = ? AND w.created_at >= ? AND w.created_at < ?
    AND w.direction IN ('incoming', 'sent') AND w.severity IN ('high', 'medium') ORDER BY w.id
"""
_EVENTS = """
    SELECT event, agent, script_id, text FROM events
    WHERE shop = ? AND at >= ? AND at < ? AND event IN ('sent', 'missing_script') ORDER BY id
"""


class Days:
    """Reads what happened in a shop between two moments (UTC), an agent a day."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def agents(self, shop: str, since: str, until: str, topics: dict[str, str]) -> list[AgentDay]:
        """By name. `topics` names each script's category; lines of nobody belong to nobody."""
        days: dict[str, AgentDay] = defaultdict(lambda: AgentDay(""))
        span = [shop, since, until]
        for row in self._db.rows(_MESSAGES, span):
            day = days[row["agent"]]
            day.talks.add(row["conversation"])
            day.shoppers.add(f"{row['platform']} {row['shopper_id'] or row['conversation']}")
            day.messages += 1
            if row["sender"] != "shopper":
                continue
            if row["asked"] and not row["shown"]:
                day.unmet.append((row["conversation"], row["text"]))
            if is_praise(row["text"]):
                day.praise.append((row["conversation"], row["text"]))
        for row in self._db.rows(_WARNINGS, span):
            day = days[row["agent"]]
            if row["direction"] == "sent":
                day.violations.append(row["conversation"])
            else:
                day.problems.setdefault(row["category"], []).append(row["conversation"])
        for row in self._db.rows(_EVENTS, span):
            day = days[row["agent"]]
            if row["event"] == "missing_script":
                day.wanted.append(row["text"])
            elif row["script_id"]:
                topic = topics.get(row["script_id"], "")
                day.topics[topic] = day.topics.get(topic, 0) + 1
        for name, day in days.items():
            day.agent = name
        return [days[name] for name in sorted(days) if name]

    def last_seen(self, shop: str, agent: str, before: str) -> str:
        """When an agent last wrote before a moment, '' for never: the end of the last shift."""
        sql = (
            "SELECT max(m.sent_at) AS at FROM messages m JOIN conversations c "
            "ON c.id = m.conversation WHERE c.shop = ? AND m.sender = 'agent' AND m.sent_at < ? "
            "AND coalesce(nullif(m.agent, ''), c.agent) = ?"
        )
        row = self._db.row(sql, [shop, before, agent])
        return str(row["at"] or "") if row else ""

    def notes(self, shop: str, day: str) -> dict[str, Row]:
        """What agents wrote to a day, by their names."""
        sql = "SELECT * FROM day_notes WHERE shop = ? AND day = ? ORDER BY agent"
        return {row["agent"]: row for row in self._db.rows(sql, [shop, day])}

    def write(self, shop: str, day: str, agent: str, words: str) -> None:
        """Puts an agent's lines (masked) in the place of earlier ones; nothing takes them away."""
        shown = mask(words.strip()[:NOTE_LENGTH])

        def job(db: Writing) -> None:
            if not shown:
                sql = "DELETE FROM day_notes WHERE shop = ? AND day = ? AND agent = ?"
                db.execute(sql, [shop, day, agent])
                return
            db.execute(
                "INSERT INTO day_notes (shop, day, agent, words, changed_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (shop, day, agent) DO UPDATE "
                "SET words = excluded.words, changed_at = excluded.changed_at",
                [shop, day, agent, shown, utc_now()],
            )

        self._db.write(job)
