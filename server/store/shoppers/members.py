"""The platforms' lists of members, and what leads give a shopper by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.batches import Undone, begin, end, keep_before, state_of, take_back
from server.store.quality.orders import Taken
from server.text.masking import mask


@dataclass(frozen=True, slots=True)
class Member:
    """One shopper of a platform's list; `fen` and `orders` are its totals, `last_day` shop time."""

    shopper_id: str
    name: str = ""
    fen: int = 0
    orders: int = 0
    last_day: str = ""
    given_level: str = ""
    given_groups: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A member of a file beside what is there: `before` is None for one of no list so far.

    `stood` is the row as it stands there, which people may have made by hand.
    """

    member: Member
    before: Member | None
    stood: Mapping[str, Any] | None = None

    @property
    def kind(self) -> str:
        """`new`, `changed` or `same`."""
        if self.before is None:
            return "new"
        return "same" if self.before == self.member else "changed"


_COLUMNS = tuple(field.name for field in fields(Member))
_WRITTEN = ("listed", *_COLUMNS[1:])


class Members:
    """Writes lists of members; the same file again changes nothing, also not the audit trail."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def take(
        self,
        members: Sequence[Member],
        shop: str,
        platform: str,
        who: str,
        *,
        dry_run: bool = False,
        keep_changed: bool = False,
        title: str = "",
    ) -> Taken:
        """Writes what is new or changed, all in one commit. Texts are masked first.

        `keep_changed` leaves members that are there as they are; a `title` makes the import a
        batch that `undo` takes back.
        """
        compared = self.compared(members, shop, platform)
        new = [one for one in compared if one.kind == "new"]
        changed = [one for one in compared if one.kind == "changed" and not keep_changed]
        batch = None
        if (new or changed) and not dry_run:
            batch = self._write([*new, *changed], shop, platform, who, title)
        return Taken(len(new), len(changed), len(members) - len(new) - len(changed), batch)

    def undo(self, shop: str, batch: int, who: str) -> Undone:
        """Takes an import back; a shopper to whom people gave something since stays."""

        def job(db: Writing) -> Undone:
            undone = take_back(db, shop, batch, "shoppers", "shopper_id", _WRITTEN)
            end(db, shop, batch, who)
            lines = undone.removed + undone.restored
            extend(db, "import", who, "shoppers undone", {"shop": shop, "lines": lines})
            return undone

        return self._audit.commit(job)

    def compared(self, members: Sequence[Member], shop: str, platform: str) -> list[Compared]:
        """Each member as it would be written, texts masked, beside what is there."""
        names = ", ".join(("shopper_id", *_WRITTEN, "batch"))
        sql = f"SELECT {names} FROM shoppers WHERE shop = ? AND platform = ?"
        held = {row["shopper_id"]: row for row in self._db.rows(sql, [shop, platform])}
        found = []
        for member in members:
            safe = _masked(member, self._db.ids.kept_id)
            row = held.get(safe.shopper_id)
            before = _member(row) if row is not None and row["listed"] else None
            stood = state_of(row, _WRITTEN) if row is not None else None
            found.append(Compared(safe, before, stood))
        return found

    def _write(
        self, taken: Sequence[Compared], shop: str, platform: str, who: str, title: str
    ) -> int | None:
        columns = ("shopper_id", *_WRITTEN, "batch")
        marks = ", ".join("?" * (len(columns) + 2))
        later = ", ".join(f"{name} = excluded.{name}" for name in (*_WRITTEN, "batch"))
        sql = (
            f"INSERT INTO shoppers (shop, platform, {', '.join(columns)}) "
            f"VALUES ({marks}) ON CONFLICT (shop, platform, shopper_id) DO UPDATE SET {later}"
        )

        def job(db: Writing) -> int | None:
            batch = None
            if title:
                batch = begin(db, shop, "shoppers", title, who)
                before = [(one.member.shopper_id, one.stood) for one in taken]
                keep_before(db, batch, shop, platform, before)
            rows = [(shop, platform, *_row(one.member), batch) for one in taken]
            db.executemany(sql, rows)
            details = {"shop": shop, "platform": platform, "lines": len(taken)}
            extend(db, "import", who, "shoppers", details)
            return batch

        return self._audit.commit(job)

    def give(
        self, shop: str, platform: str, shopper_id: str, level: str, groups: Sequence[str], who: str
    ) -> None:
        """Sets level ("" for the one that purchases amount to) and groups by hand.

        The shopper then stays when an import is taken back.
        """
        sql = """
            INSERT INTO shoppers (shop, platform, shopper_id, hand_level, hand_groups)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (shop, platform, shopper_id) DO UPDATE SET
                hand_level = excluded.hand_level, hand_groups = excluded.hand_groups, batch = NULL
        """
        values = [shop, platform, shopper_id, level, "\n".join(groups)]

        def job(db: Writing) -> None:
            db.execute(sql, values)
            given = {"shop": shop, "platform": platform, "level": level, "groups": list(groups)}
            extend(db, "shopper_given", who, "shopper", given)

        self._audit.commit(job)

    def given(self, shop: str, platform: str, shopper_id: str) -> Row | None:
        """What the list and people say of a shopper."""
        sql = "SELECT * FROM shoppers WHERE shop = ? AND platform = ? AND shopper_id = ?"
        return self._db.row(sql, [shop, platform, shopper_id])


def _masked(member: Member, kept_id: Callable[[str], str]) -> Member:
    """As it is kept: the id as chat pages' ids are."""
    return replace(
        member,
        shopper_id=kept_id(member.shopper_id),
        name=mask(member.name),
        given_level=mask(member.given_level),
        given_groups=tuple(mask(name) for name in member.given_groups),
        remark=mask(member.remark),
    )


def _row(member: Member) -> tuple[object, ...]:
    """The columns, the id and `listed` first; groups stand a line each."""
    shopper_id, *rest = ("\n".join(v) if isinstance(v, tuple) else v for v in astuple(member))
    return (shopper_id, 1, *rest)


def _member(row: Row) -> Member:
    fields_of = {name: row[name] for name in _COLUMNS}
    groups = tuple(name for name in row["given_groups"].split("\n") if name)
    return Member(**fields_of | {"given_groups": groups})
