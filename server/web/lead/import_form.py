"""The import page's form: which sheets and columns, what becomes of each row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import request

from server.exchange import DEEDS, Change, Choices, Deed
from server.exchange.plan import SHEET_AS
from server.exchange.variables import AS_TEXT
from server.library import Shop

KINDS = ("", "new", "changed", "merged", "same", "refused", "conflict")
_COLUMN = re.compile(r"map_(\d{1,2})_(\d{1,3})")
_HEAD = re.compile(r"head_(\d{1,2})")
_DEED = re.compile(r"deed_(\d{1,6})")
_KEPT = re.compile(r"(?:(?:head|was)_\d+|map_\d+_\d+|use|chosen|sheet_as|hidden)\Z")
_NUMBER = re.compile(r"\d{1,7}")


def choices_of() -> Choices:
    """What the address says of the file's sheets; what it does not say is guessed."""
    args = request.args
    columns: dict[int, dict[int, str]] = {}
    heads: dict[int, int] = {}
    for name, value in args.items():
        if found := _COLUMN.fullmatch(name):
            columns.setdefault(int(found[1]), {})[int(found[2])] = value
        elif (found := _HEAD.fullmatch(name)) and _NUMBER.fullmatch(value):
            heads[int(found[1])] = int(value)
    used = frozenset(int(n) for n in args.getlist("use") if _NUMBER.fullmatch(n))
    sheet_as = args.get("sheet_as", "category")
    return Choices(
        sheets=used if "chosen" in args or used else None,
        heads=heads,
        mappings={
            place: tuple(fields.get(n, "") for n in range(max(fields) + 1))
            for place, fields in columns.items()
            # Another row of heads has other columns: they are guessed anew.
            if args.get(f"was_{place}", "") == args.get(f"head_{place}", "")
        },
        sheet_as=sheet_as if sheet_as in SHEET_AS else "",
        hidden_rows=args.get("hidden") == "yes",
    )


def kept_query() -> dict[str, Any]:
    """The address's choices, for the next address."""
    return {name: values for name, values in request.args.lists() if _KEPT.match(name)}


def of_kind(changes: Sequence[Change], kind: str) -> list[Change]:
    """The rows of a kind, or all."""
    if kind == "conflict":
        return [change for change in changes if change.conflicts]
    return [change for change in changes if not kind or change.kind == kind]


def deed_names(change: Change) -> tuple[Deed, ...]:
    """What can be done with a row; the first is done unless something else is said."""
    if change.kind not in ("new", "changed", "merged"):
        return ()
    if change.conflicts:
        return ("skip", "take", "variant", "questions")
    if change.kind == "merged":
        return ("questions", "take", "skip")
    return ("take", "skip")


def deeds_of(changes: Sequence[Change]) -> dict[int, Deed]:
    """What was said of rows, as far as it can be done with them."""
    possible = {change.number: deed_names(change) for change in changes}
    deeds: dict[int, Deed] = {}
    for name, value in request.form.items():
        found = _DEED.fullmatch(name)
        if found and value in possible.get(int(found[1]), ()):
            deeds[int(found[1])] = value
    return deeds


def conflicts_of() -> Deed:
    """What becomes of conflicts of which nothing was said: left out, unless somebody chose."""
    chosen = request.form.get("conflicts", "skip")
    return chosen if chosen in DEEDS else "skip"


def variables_of_form(shop: Shop) -> dict[str, str]:
    """The shop's map of other tools' variables with what was chosen; "" takes a choice back."""
    mapped = dict(shop.variables)
    pairs = zip(request.form.getlist("token"), request.form.getlist("own"), strict=False)
    for token, own in pairs:
        own = own.strip().strip("{}")
        if own and (own == AS_TEXT or len(own) <= 30):
            mapped[token[:80]] = own
        else:
            mapped.pop(token, None)
    return mapped
