"""What a sent message does to promises, written in the commit of the message itself."""

from __future__ import annotations

from server.store.database import Writing
from server.store.rows import ConversationRow, SaidRow
from server.text.masking import mask

_KEEP = """
    UPDATE promises SET state = 'kept', closed_at = ?, closed_by = ?, closing_message = ?
    WHERE conversation = ? AND kind = ? AND state = 'open' AND said_at < ? AND message != ?
"""
# One more 今天给您回复 changes no entry that is still to come: only an earlier time does.
_STANDS = """
    SELECT id, due_at FROM promises WHERE conversation = ? AND kind = ? AND state = 'open'
    AND due_at > ? ORDER BY due_at LIMIT 1
"""
_MAKE = """
    INSERT INTO promises (shop, platform, conversation, message, agent, kind, words, said_at,
                          due_at, rings_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (message, kind) DO NOTHING
"""


def note_said(
    db: Writing,
    row: ConversationRow,
    conversation: int,
    message: int,
    said: SaidRow,
    at: str,
) -> None:
    """Closes what the message keeps, then writes what it promises; for a writer's job."""
    for kind in sorted(said.kept):
        db.execute(_KEEP, [at, row.agent, message, conversation, kind, at, message])
    for made in said.made:
        stands = db.execute(_STANDS, [conversation, made.kind, at]).fetchone()
        if stands is not None:
            if made.due_at < stands[1]:
                earlier = [made.due_at, made.rings_at, stands[0]]
                db.execute("UPDATE promises SET due_at = ?, rings_at = ? WHERE id = ?", earlier)
            continue
        whose = [row.shop, row.platform, conversation, message, row.agent]
        what = [made.kind, mask(made.words), at, made.due_at, made.rings_at]
        db.execute(_MAKE, [*whose, *what])
