"""Appeals: an agent's one objection to a verdict, and a lead's decision. Both are audited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.base.errors import EntryError
from server.base.times import moment, utc_now
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.review import ITEM
from server.store.quality.verdicts import DECIDED, NOTE_LENGTH, add_verdict, digest
from server.text.masking import mask


class Appeals:
    """Reads and writes appeals."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def appeal(self, item: int, agent: str, comment: str, days: int) -> None:
        """An agent's one appeal against a verdict. Raises UsageError when it may not be."""
        comment = comment.strip()
        if not comment:
            raise EntryError(
                "appeal has no comment; say why the verdict is wrong", "no_comment", "comment"
            )

        def job(db: Writing) -> None:
            row = db.execute(
                "SELECT agent, state, verdict, decided_at FROM review_items WHERE id = ?", [item]
            ).fetchone()
            if row is None or row[0] != agent:
                raise EntryError(
                    f"item {item} is not about {agent}; only that agent can appeal", "not_yours"
                )
            if row[1] != "done" or row[2] not in ("confirmed", "minor"):
                raise EntryError(f"item {item} has no verdict against {agent}", "no_verdict")
            if deadline(row[3], days) < datetime.now(UTC):
                raise EntryError(
                    f"the {days} days to appeal are over; talk to your lead",
                    "appeal_over", days=days,
                )  # fmt: skip
            if db.execute("SELECT 1 FROM appeals WHERE item = ?", [item]).fetchone():
                raise EntryError(
                    f"item {item} was appealed already; an appeal is possible once", "appealed_once"
                )
            verdict = db.execute("SELECT max(id) FROM verdicts WHERE item = ?", [item]).fetchone()[
                0
            ]
            fields = {"item": item, "verdict": verdict, "agent": agent, "at": utc_now()}
            shown = mask(comment[:NOTE_LENGTH])
            key = db.insert("appeals", fields | {"comment": shown})
            extend(
                db, "appeal", agent, f"item {item}", fields | {"id": key, "comment": digest(shown)}
            )

        self._audit.commit(job)

    def decide(self, item: int, who: str, verdict: str, note: str = "") -> None:
        """A lead's decision on an appeal: the verdict that holds from now on."""
        if verdict not in DECIDED:
            raise EntryError(
                f"verdict is {verdict!r}; expected one of: {', '.join(DECIDED)}",
                "choice", "verdict", found=verdict,
            )  # fmt: skip

        def job(db: Writing) -> None:
            row = db.execute(
                "SELECT a.id, a.decision, i.verdict FROM appeals a JOIN review_items i "
                "ON i.id = a.item WHERE a.item = ?",
                [item],
            ).fetchone()
            if row is None or row[1]:
                raise EntryError(f"item {item} has no open appeal", "no_appeal")
            fields = {
                "decision": "kept" if verdict == row[2] else "changed",
                "decided_by": who,
                "decided_at": utc_now(),
            }
            shown = mask(note.strip()[:NOTE_LENGTH])
            db.update("appeals", row[0], fields | {"note": shown})
            extend(
                db,
                "appeal_decision",
                who,
                f"item {item}",
                fields | {"id": row[0], "note": digest(shown)},
            )
            if verdict != row[2]:
                add_verdict(db, item, "appeal", verdict, "appeal", shown, who, blind=False)
                db.execute("UPDATE review_items SET verdict = ? WHERE id = ?", [verdict, item])

        self._audit.commit(job)

    def all(self, shop: str, *, is_open: bool) -> list[Row]:
        """Appeals with their items, the oldest open first, decided ones newest first."""
        sql = f"""
            SELECT a.*, i.shop, i.rule, i.severity, i.verdict AS item_verdict, i.conversation,
                   q.text, q.matched FROM appeals a JOIN review_items i ON i.id = a.item
            JOIN ({ITEM}) q ON q.id = a.item
            WHERE ? IN ('', i.shop) AND CASE WHEN a.decision = '' THEN 1 ELSE 0 END = ?
            ORDER BY CASE WHEN a.decision = '' THEN a.id ELSE -a.id END LIMIT 200
        """
        return self._db.rows(sql, [shop, int(is_open)])

    def about_agent(
        self, agent: str, limit: int = 100, shop: str = "", since: str = "", until: str = "9"
    ) -> list[Row]:
        """Decided items about an agent with their appeals, newest first; by when they happened."""
        sql = f"""
            SELECT q.*, a.comment, a.decision, a.decided_by, a.note AS appeal_note,
                   a.at AS appealed_at, v.reason, v.note, v.reviewer
            FROM ({ITEM} WHERE i.agent = ? AND i.state = 'done' AND i.source != 'risk'
                  AND ? IN ('', i.shop) AND i.at >= ? AND i.at < ?) q
            JOIN verdicts v ON v.id = (SELECT max(id) FROM verdicts WHERE item = q.id)
            LEFT JOIN appeals a ON a.item = q.id ORDER BY q.decided_at DESC LIMIT ?
        """
        return self._db.rows(sql, [agent, shop, since, until, limit])


def deadline(decided_at: str, days: int) -> datetime:
    """Until when a verdict can be appealed."""
    return moment(decided_at) + timedelta(days=days)
