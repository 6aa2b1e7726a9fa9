"""What an address or a form says: numbers, shares and days that are none are told.

A wrong entry raises WrongEntryError; views that catch UsageError show it where they show others,
and a page of its own (400) says it elsewhere.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import msgspec
from flask import request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter

from server.base.errors import EntryError
from server.web.texts import t

# What a row's number can be: JavaScript and SQLite both hold it.
MOST: Final = 2**53 - 1
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
Values = MultiDict[str, str]


class WrongEntryError(EntryError):
    """An entry that is not what its field takes; `expected` is in the reader's language."""

    def __init__(self, name: str, found: str, expected: str) -> None:
        shown = found if len(found) <= 40 else f"{found[:40]}…"
        message = f"{name} is {shown!r}; expected {expected}"
        super().__init__(message, "entry", name, name=name, found=shown, expected=expected)


class RowNumber(IntegerConverter):
    """`<int:number>` in an address, as far as a row can have that number; 404 beyond."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", MOST)
        super().__init__(*args, **kwargs)


def number(name: str, default: int = 0, most: int = MOST, values: Values | None = None) -> int:
    """The whole number of a field, from 0 to `most`; `default` when it is empty or not there."""
    text = _text(name, values)
    return whole(name, text, most) if text else default


def numbers(name: str) -> list[int]:
    """The whole numbers of a field that may stand several times."""
    return [whole(name, text) for text in request.values.getlist(name)]


def whole(name: str, text: str, most: int = MOST) -> int:
    """A whole number from 0 to `most`, wherever it was written."""
    kind = Annotated[int, msgspec.Meta(ge=0, le=most)]
    found: int = _converted(name, text.strip(), kind, t("site.expected_number", most=most))
    return found


def share(name: str, most: float = 1.0) -> float | None:
    """A number from 0 to `most`, None when the field is empty."""
    text = _text(name, None)
    if not text:
        return None
    kind = Annotated[float, msgspec.Meta(ge=0, le=most)]
    found: float = _converted(name, text, kind, t("site.expected_share", most=f"{most:g}"))
    return found


def day(name: str) -> date | None:
    """A day written 2026-11-21, from 2000 to 2199; None when the field is empty."""
    text = _text(name, None)
    return day_of(name, text) if text else None


def day_of(name: str, text: str) -> date:
    """A day written 2026-11-21, wherever it was written."""
    expected = t("site.expected_day")
    found: date = _converted(name, text, date, expected)
    if not _FIRST_DAY <= found <= _LAST_DAY:
        raise WrongEntryError(name, text, expected)
    return found


def _text(name: str, values: Values | None) -> str:
    return (request.values if values is None else values).get(name, "").strip()


def _converted(name: str, text: str, kind: Any, expected: str) -> Any:
    try:
        return msgspec.convert(text, kind, strict=False)
    except (msgspec.ValidationError, OverflowError) as error:
        raise WrongEntryError(name, text, expected) from error


def local_path(target: str | None, otherwise: str = "") -> str:
    """A path of this server, so that no link or form can lead elsewhere; else `otherwise`, or home.

    Browsers drop tabs and line ends from an address and read a backslash as a slash, so an address
    that holds any of them may lead elsewhere than it seems to.
    """
    plain = target is not None and target.isprintable() and "\\" not in target
    if target and plain and target.startswith("/") and not target.startswith("//"):
        return target
    return otherwise or url_for("site.home")
