"""What traffic says about scripts: shown, used, edited, passed over; messages left without one."""

from __future__ import annotations

from server.store.database import Database, Row

# A message that is asked about again shows the same script again: that is one showing, used when
# any of its suggestions was.
_SHOWN = """
    SELECT script_id, at, agent, count(*) AS n, sum(1 - used) AS passed FROM (
        SELECT s.script_id, min(substr(s.created_at, 1, 16)) AS at, c.agent,
               max(CASE WHEN EXISTS (SELECT 1 FROM events e WHERE e.suggestion_id = s.suggestion_id
                                 AND e.event IN ('inserted', 'copied', 'sent'))
                   THEN 1 ELSE 0 END) AS used
        FROM suggestions s JOIN conversations c ON c.id = s.conversation
        WHERE c.shop = ? AND s.shown = 1 AND s.created_at >= ?
        GROUP BY s.script_id, s.message, c.agent) AS showings
    GROUP BY 1, 2, 3
"""
_EVENTS = """
    SELECT script_id, substr(at, 1, 16) AS at, agent,
           count(*) FILTER (WHERE event IN ('inserted', 'copied')) AS inserted,
           count(*) FILTER (WHERE event = 'sent' AND outcome = 'as_is') AS sent,
           count(*) FILTER (WHERE event = 'sent' AND outcome = 'edited') AS edited
    FROM events WHERE shop = ? AND at >= ? AND script_id != '' GROUP BY 1, 2, 3
"""
# A shopper's message counts as answered when one of its suggestions was used. It is a gap when
# nothing was shown, or when all was passed over although the agent did answer afterwards.
_MESSAGES = """
    SELECT m.id, m.text, m.received_at AS at, c.platform, c.id AS conversation,
        EXISTS (SELECT 1 FROM suggestions s WHERE s.message = m.id AND s.shown = 1) AS shown,
        EXISTS (SELECT 1 FROM suggestions s JOIN events e ON e.suggestion_id = s.suggestion_id
                WHERE s.message = m.id AND e.event IN ('inserted', 'copied', 'sent')) AS used,
        EXISTS (SELECT 1 FROM messages a WHERE a.conversation = m.conversation AND a.id > m.id
                AND a.sender = 'agent') AS answered
    FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE c.shop = ? AND m.sender = 'shopper' AND m.received_at >= ?
    ORDER BY m.id DESC LIMIT ?
"""
_SENT = """
    SELECT e.id, e.text, e.at, e.outcome, e.script_id,
        (SELECT m.text FROM messages m WHERE m.conversation = e.conversation
         AND m.sender = 'shopper' AND m.received_at <= e.recorded_at ORDER BY m.id DESC LIMIT 1)
         AS message
    FROM events e WHERE e.shop = ? AND e.event = 'sent' AND e.outcome IN ('other', 'edited', '')
    AND e.text != '' AND e.at >= ? ORDER BY e.id DESC LIMIT ?
"""
_REQUESTS = """
    SELECT id, text, at, agent FROM events
    WHERE shop = ? AND event = 'missing_script' AND text != '' AND at >= ?
    ORDER BY id DESC LIMIT ?
"""


# What ranking thought of each message, and whether any of its suggestions was used.
_CONFIDENCES = """
    SELECT s.message AS id, max(s.confidence) AS confidence,
        max(CASE WHEN e.suggestion_id IS NULL THEN 0 ELSE 1 END) AS used
    FROM suggestions s JOIN conversations c ON c.id = s.conversation
    LEFT JOIN events e ON e.suggestion_id = s.suggestion_id
        AND e.event IN ('inserted', 'copied', 'sent')
    WHERE c.shop = ? AND s.created_at >= ? GROUP BY s.message
"""


class Usage:
    """Reads only. `since` is a UTC time as `utc_now` writes it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def shown(self, shop: str, since: str) -> list[Row]:
        """script_id, at (UTC, to the minute), agent, n (messages shown for), passed (not used)."""
        return self._db.rows(_SHOWN, [shop, since])

    def events(self, shop: str, since: str) -> list[Row]:
        """script_id, at (UTC, to the minute), agent, inserted, sent (as is), edited."""
        return self._db.rows(_EVENTS, [shop, since])

    def messages(self, shop: str, since: str, limit: int = 3_000) -> list[Row]:
        """Shoppers' messages, newest first: id, text, at, platform, shown, used, answered."""
        return self._db.rows(_MESSAGES, [shop, since, limit])

    def confidences(self, shop: str, since: str) -> list[tuple[float, bool]]:
        """(highest confidence, whether a suggestion was used) of each message with suggestions."""
        rows = self._db.rows(_CONFIDENCES, [shop, since])
        return [(float(row["confidence"]), bool(row["used"])) for row in rows]

    def sent(self, shop: str, since: str, limit: int = 3_000) -> list[Row]:
        """Replies that were typed or edited by hand, newest first, with the shopper's message."""
        return self._db.rows(_SENT, [shop, since, limit])

    def requests(self, shop: str, since: str, limit: int = 500) -> list[Row]:
        """Agents' requests for a script, newest first."""
        return self._db.rows(_REQUESTS, [shop, since, limit])
