"""The platforms' lists of members, and what leads give a shopper by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace

from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
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
    """A member of a file beside what is there: `before` is None for a new one."""

    member: Member
    before: Member | None

    @property
    def kind(self) -> str:
        """`new`, `changed` or `same`."""
        if self.before is None:
            return "new"
        return "same" if self.before == self.member else "changed"


_COLUMNS = tuple(field.name for field in fields(Member))


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
    ) -> Taken:
        """Writes what is new or changed, all in one commit. Texts are masked first.

        `keep_changed` leaves members that are there as they are.
        """
        compared = self.compared(members, shop, platform)
        new = [one.member for one in compared if one.kind == "new"]
        changed = [one.member for one in compared if one.kind == "changed" and not keep_changed]
        if (new or changed) and not dry_run:
            self._write([*new, *changed], shop, platform, who)
        return Taken(len(new), len(changed), len(members) - len(new) - len(changed))

    def compared(self, members: Sequence[Member], shop: str, platform: str) -> list[Compared]:
        """Each member as it would be written, texts masked, beside what is there."""
        names = ", ".join(_COLUMNS)
        sql = f"SELECT {names} FROM shoppers WHERE shop = ? AND platform = ? AND listed = 1"
        rows = self._db.rows(sql, [shop, platform])
        held = {row["shopper_id"]: _member(row) for row in rows}
        safe = [_masked(member, self._db.ids.kept_id) for member in members]
        return [Compared(one, held.get(one.shopper_id)) for one in safe]

    def _write(self, members: Sequence[Member], shop: str, platform: str, who: str) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 3))
        later = ", ".join(f"{name} = excluded.{name}" for name in ("listed", *_COLUMNS[1:]))
        sql = (
            f"INSERT INTO shoppers (shop, platform, listed, {', '.join(_COLUMNS)}) "
            f"VALUES ({marks}) ON CONFLICT (shop, platform, shopper_id) DO UPDATE SET {later}"
        )

        def job(db: Writing) -> None:
            db.executemany(sql, [(shop, platform, 1, *_row(one)) for one in members])
            details = {"shop": shop, "platform": platform, "lines": len(members)}
            extend(db, "import", who, "shoppers", details)

        self._audit.commit(job)

    def give(
        self, shop: str, platform: str, shopper_id: str, level: str, groups: Sequence[str], who: str
    ) -> None:
        """Sets level ("" for the one that purchases amount to) and groups by hand."""
        sql = """
            INSERT INTO shoppers (shop, platform, shopper_id, hand_level, hand_groups)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (shop, platform, shopper_id) DO UPDATE SET
                hand_level = excluded.hand_level, hand_groups = excluded.hand_groups
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
    """The columns; groups stand a line each."""
    return tuple("\n".join(v) if isinstance(v, tuple) else v for v in astuple(member))


def _member(row: Row) -> Member:
    fields_of = {name: row[name] for name in _COLUMNS}
    groups = tuple(name for name in row["given_groups"].split("\n") if name)
    return Member(**fields_of | {"given_groups": groups})
