"""QA settings by shop; the shop '' holds the server's own defaults."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from server.base.errors import EntryError
from server.base.times import utc_now
from server.metrics.scoring import DEFAULT_FORM, Criterion
from server.store.database import Database, Writing
from server.store.names import FIRST, SETTING, WAYS, shorten_names
from server.store.quality.audit import Audit, extend

SHOPPER_NAMES: Final = SETTING
DEFAULTS: Final[dict[str, str]] = {
    "retention_days": "180",
    "appeal_days": "7",
    "blind_percent": "0",
    "opened_on": "",
    "turnover": "",
    "sample_traffic": "",
    "unpaid_holdout": "",
    "follow_up_holdout": "",
    "large_order_yuan": "500",
    "care_days": "3",
    "again_days": "0",
    SHOPPER_NAMES: FIRST,
}
# The turnover of a month is its own setting: `turnover:2026-11`.
_MONTHLY = re.compile(r"turnover:\d{4}-(?:0[1-9]|1[0-2])")
_MOST_YUAN = Decimal(10) ** 11
_NUMBERS = {
    "retention_days": (1, 3650),
    "appeal_days": (1, 90),
    "blind_percent": (0, 100),
    "large_order_yuan": (1, 1_000_000),
    "care_days": (1, 30),
    "again_days": (0, 730),
}


class Settings:
    """Reads and changes settings; a change leaves an audit entry."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def get(self, shop: str, name: str) -> str:
        """The shop's value, else the server's, else the default."""
        sql = "SELECT value FROM qa_settings WHERE name = ? AND shop IN (?, '') ORDER BY shop DESC"
        row = self._db.row(sql, [name, shop])
        return str(row["value"]) if row else DEFAULTS[name.partition(":")[0]]

    def turnover(self, shop: str, month: str) -> Decimal | None:
        """The turnover typed for a month `2026-11`, in yuan."""
        typed = self.get(shop, f"turnover:{month}")
        return Decimal(typed) if typed else None

    def number(self, shop: str, name: str) -> int:
        """A setting that is a whole number."""
        return int(self.get(shop, name))

    def set(self, shop: str, name: str, value: str, who: str) -> None:
        """Changes one setting. Raises UsageError for a value that cannot be."""
        value = value.strip()
        if _MONTHLY.fullmatch(name):
            value = _yuan(value)
        elif name not in DEFAULTS or name == "turnover":
            raise EntryError(
                f"setting {name!r} is unknown; expected one of: {', '.join(DEFAULTS)}",
                "choice", name, found=name,
            )  # fmt: skip
        if name in _NUMBERS:
            low, high = _NUMBERS[name]
            if not value.isdecimal() or not low <= int(value) <= high:
                raise EntryError(
                    f"{name} is {value!r}; expected a whole number, {low} to {high}",
                    "number", name, found=value, low=low, most=high,
                )  # fmt: skip
        if name == SHOPPER_NAMES and value not in WAYS:
            raise EntryError(
                f"{name} is {value!r}; expected one of: {', '.join(WAYS)}",
                "choice", name, found=value,
            )  # fmt: skip
        if value == self.get(shop, name):
            return

        def job(db: Writing) -> None:
            sql = (
                "INSERT INTO qa_settings (shop, name, value) VALUES (?, ?, ?) "
                "ON CONFLICT (shop, name) DO UPDATE SET value = excluded.value"
            )
            db.execute(sql, [shop, name, value])
            extend(db, "setting", who, name, {"shop": shop, "value": value})
            if name == SHOPPER_NAMES:
                shorten_names(db, shop)

        self._audit.commit(job)

    def form(self, shop: str) -> tuple[int, tuple[Criterion, ...]]:
        """The score form in use and its id; id 0 is the default form."""
        sql = "SELECT id, lines FROM score_forms WHERE shop IN (?, '') ORDER BY id DESC LIMIT 1"
        row = self._db.row(sql, [shop])
        if row is None:
            return 0, DEFAULT_FORM
        return int(row["id"]), tuple(Criterion(**line) for line in json.loads(row["lines"]))

    def set_form(self, shop: str, lines: tuple[Criterion, ...], who: str) -> None:
        """A new score form; cards keep the form that they were filled in with."""
        names = [line.name.strip() for line in lines]
        if (
            not any(line.points for line in lines)
            or not all(names)
            or len(set(names)) != len(names)
        ):
            raise EntryError(
                "score form needs different names and one line with points at least", "score_names"
            )
        if any(not 0 <= line.points <= 100 for line in lines):
            raise EntryError(
                "points of a line are out of range; expected 0 (fatal) to 100", "score_points"
            )
        text = json.dumps(
            [{"id": c.id, "name": c.name, "points": c.points, "hint": c.hint} for c in lines],
            ensure_ascii=False,
        )

        def job(db: Writing) -> None:
            row = {"shop": shop, "lines": text, "by": who, "at": utc_now()}
            form = db.insert("score_forms", row)
            extend(db, "score_form", who, "score form", {"shop": shop, "form": form, "lines": text})

        self._audit.commit(job)


def _yuan(text: str) -> str:
    """An amount as it is kept, '' for none. Raises UsageError."""
    plain = text.replace(",", "").replace("，", "").removeprefix("¥").removeprefix("￥").strip()
    try:
        fits = not plain or 0 <= Decimal(plain) < _MOST_YUAN
    except InvalidOperation:
        fits = False
    if not fits:
        raise EntryError(
            f"turnover is {text!r}; expected yuan, as 123456.78", "yuan", "turnover", found=text
        )
    return plain
