"""The waits of conversations, measured again whenever one of their messages is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.base.times import moment, utc_text
from server.metrics.clock import local
from server.metrics.reply_rate import Formula, formulas_of
from server.metrics.waits import Said, Wait, waits
from server.store.contract import Writing

_BATCH = 500
_COLUMNS = (
    "message", "conversation", "shop", "platform", "agent", "day", "minute", "wait_s", "first",
    "session", "person", "late", "pending_until",
)  # fmt: skip
_WRITE = (
    f"INSERT INTO waits ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    "ON CONFLICT (message) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)
_Row = tuple[object, ...]


def measure(
    db: Writing,
    conversations: Collection[int],
    zone_of: Callable[[str], ZoneInfo],
    now: datetime,
) -> set[tuple[str, str]]:
    """Writes the waits of these conversations; returns the (shop, day) pairs that changed."""
    dirty: set[tuple[str, str]] = set()
    for batch in _batches(sorted(conversations)):
        before = _known(db, batch)
        said = _said(db, batch)
        for conversation, shop, platform, agent, person in _owners(db, batch):
            zone, formulas = zone_of(shop), formulas_of(platform)
            fresh = {
                wait.key: _row(
                    wait, conversation, shop, platform, agent, person, zone, formulas, now
                )
                for wait in waits(said[conversation])
            }
            known = before[conversation]
            changed = [row for key, row in fresh.items() if known.get(key) != row]
            dirty |= {(shop, str(row[5])) for row in changed}
            dirty |= {(shop, str(known[row[0]][5])) for row in changed if row[0] in known}
            db.executemany(_WRITE, changed)
    return dirty


def _row(
    wait: Wait,
    conversation: int,
    shop: str,
    platform: str,
    agent: str,
    person: int,
    zone: ZoneInfo,
    formulas: Sequence[Formula],
    now: datetime,
) -> _Row:
    day, minute = local(wait.at, zone)
    limit = wait.at + timedelta(seconds=max(formula.within_s for formula in formulas))
    pending = utc_text(limit) if wait.seconds is None and limit >= now else None
    main = formulas[0]
    late = main.counts(minute) and main.late(wait, now)
    return (
        wait.key, conversation, shop, platform, wait.agent or agent, day, minute, wait.seconds,
        int(wait.first), wait.session, person, int(late), pending,
    )  # fmt: skip


def _batches(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


def _in(batch: list[int]) -> str:
    return f"({','.join('?' * len(batch))})"


def _known(db: Writing, batch: list[int]) -> dict[int, dict[object, _Row]]:
    found: dict[int, dict[object, _Row]] = defaultdict(dict)
    sql = f"SELECT {', '.join(_COLUMNS)} FROM waits WHERE conversation IN {_in(batch)}"
    for row in db.execute(sql, batch):
        found[row[1]][row[0]] = row
    return found


def _said(db: Writing, batch: list[int]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    sql = (
        "SELECT conversation, id, sender, sent_at, agent FROM messages "
        f"WHERE conversation IN {_in(batch)}"
    )
    for conversation, key, sender, sent_at, agent in db.execute(sql, batch):
        found[conversation].append(Said(key, sender, moment(sent_at), agent))
    return found


def _owners(db: Writing, batch: list[int]) -> list[tuple[int, str, str, str, int]]:
    """Conversation, shop, platform, agent, and the person: the shopper's first conversation."""
    sql = f"""
        SELECT c.id, c.shop, c.platform, c.agent, CASE WHEN c.shopper_id = '' THEN c.id ELSE
        (SELECT min(o.id) FROM conversations o WHERE o.shop = c.shop AND o.platform = c.platform
         AND o.shopper_id = c.shopper_id) END
        FROM conversations c WHERE c.id IN {_in(batch)}
    """
    return db.execute(sql, batch).fetchall()
