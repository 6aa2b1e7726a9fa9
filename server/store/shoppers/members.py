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


_Row = tuple[object, ...]
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
    ) -> Taken:
        """Writes what is new or changed, all in one commit. Texts are masked first."""
        names = ", ".join(_COLUMNS)
        sql = f"SELECT listed, {names} FROM shoppers WHERE shop = ? AND platform = ?"
        rows = self._db.rows(sql, [shop, platform])
        held = {row["shopper_id"]: tuple(row)[1:] for row in rows if row["listed"]}
        new, changed = [], []
        for member in members:
            safe = _row(member, self._db.ids.kept_id)
            before = held.get(safe[0])
            if before is None:
                new.append(safe)
            elif safe != before:
                changed.append(safe)
        if (new or changed) and not dry_run:
            self._write([*new, *changed], shop, platform, who)
        return Taken(len(new), len(changed), len(members) - len(new) - len(changed))

    def _write(
        self, rows: Sequence[tuple[object, ...]], shop: str, platform: str, who: str
    ) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 3))
        later = ", ".join(f"{name} = excluded.{name}" for name in ("listed", *_COLUMNS[1:]))
        sql = (
            f"INSERT INTO shoppers (shop, platform, listed, {', '.join(_COLUMNS)}) "
            f"VALUES ({marks}) ON CONFLICT (shop, platform, shopper_id) DO UPDATE SET {later}"
        )

        def job(db: Writing) -> None:
            db.executemany(sql, [(shop, platform, 1, *row) for row in rows])
            details = {"shop": shop, "platform": platform, "lines": len(rows)}
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


def _row(member: Member, kept_id: Callable[[str], str]) -> _Row:
    """As written: masked, the groups a line each; the id as chat pages' ids are kept."""
    safe = replace(
        member,
        shopper_id=kept_id(member.shopper_id),
        name=mask(member.name),
        given_level=mask(member.given_level),
        given_groups=tuple(mask(name) for name in member.given_groups),
        remark=mask(member.remark),
    )
    return tuple("\n".join(v) if isinstance(v, tuple) else v for v in astuple(safe))
