"""Wordings that are for some shoppers only: `【老客】老朋友，给您九折`."""

from __future__ import annotations

import re
from collections.abc import Collection

from server.library.understood import audience_of

_MARKED = re.compile(r"\s*【([^【】]{1,60})】\s*(\S.*)", re.DOTALL)
_BETWEEN = re.compile(r"[、，,/|]")
_EVERYWHERE = frozenset({"new", "returning"})


def addressed(text: str, own: Collection[str]) -> tuple[tuple[str, ...], str]:
    """For whom a wording is, and its words without the mark; () for everybody's.

    Only 新客, 老客 and the shop's `own` levels and groups make a mark: 【会员日】 stays a word.
    """
    marked = _MARKED.fullmatch(text)
    if marked is None:
        return (), text
    names = [name.strip() for name in _BETWEEN.split(marked[1])]
    known = [_known(name, own) for name in names]
    return (tuple(name for name in known if name), marked[2]) if all(known) else ((), text)


def _known(name: str, own: Collection[str]) -> str:
    if name in own:
        return name
    found = audience_of(name) or ""
    return found if found in _EVERYWHERE else ""
