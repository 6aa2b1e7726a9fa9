"""Patterns that people write, compiled for a linear-time engine.

A pattern is RE2 with two helps: `{微信}` stands for any word of the list 微信, and `…` for up to
eight signs of the same clause, `……` for up to eighteen of the same sentence. RE2 knows no
look-around and no back-references, so no pattern can hang the server; one that needs too much
memory is refused when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import re2

from server.text.normal import normalize

_WORD = re.compile(r"(?<!\\p)\{([^{}\d,][^{}]*)\}")
_GAP = r"[^，。！？；,!?;\n]{0,8}"
_WIDE_GAP = r"[^。！？!?\n]{0,18}"
_MAX_LENGTH = 6000
_MAX_MEMORY = 1 << 20
_SET_MEMORY = 32 << 20


class PatternError(ValueError):
    """A pattern that cannot be used; the message says why in one line."""


def expand(pattern: str, words: Mapping[str, Sequence[str]]) -> str:
    """`pattern` with word lists and gaps written out. Raises PatternError for an unknown word."""

    def listed(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in words:
            raise PatternError(f"word list {{{name}}} is not defined")
        return "(?:" + "|".join(expand(word, words) for word in words[name]) + ")"

    return _WORD.sub(listed, pattern.replace("……", _WIDE_GAP).replace("…", _GAP))


def plain_pattern(text: str) -> str:
    """The pattern that finds a plain text, as rules read texts: folded, every sign as itself."""
    return re.escape(normalize(text)).replace("\\ ", " ")


def compile_pattern(pattern: str, words: Mapping[str, Sequence[str]]) -> Any:
    """The compiled pattern. Raises PatternError when it is broken, too big or matches nothing."""
    full = expand(pattern, words)
    if len(full) > _MAX_LENGTH:
        raise PatternError(f"is {len(full)} signs long when written out, at most {_MAX_LENGTH}")
    return _compiled(full)


@lru_cache(maxsize=8192)
def _compiled(full: str) -> Any:
    """Kept: every shop of a library reads the same shared rules."""
    try:
        compiled = re2.compile(full, _options())
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise PatternError(f"is no valid pattern ({reason})") from error
    if compiled.search("") is not None:
        raise PatternError("matches the empty text, so it would match everything")
    return compiled


@lru_cache(maxsize=128)
def compile_set(patterns: tuple[str, ...]) -> Any:
    """One automaton over `patterns`, written out; `.Match(text)` gives the indexes that occur.

    Kept, because every shop of a library looks for the same patterns. Over few patterns (those of
    one file) the automaton stays small; one over all of them outgrew its room, was thrown away at
    every text and took a hundred times as long.
    """
    options = _options()
    options.max_mem = _SET_MEMORY
    together = re2.Set.SearchSet(options)
    for pattern in patterns:
        together.Add(pattern)
    together.Compile()
    return together


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    return options
