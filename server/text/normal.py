"""One form for many spellings: what a shopper typed and what a lead wrote, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Any

from server.base.pinyin import syllables
from server.base.remembered import remembers
from server.text.stickers import without_stickers

_LINK = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+")
# 啊啊啊 and !!! say no more than once, neither does a drawn-out end (emmm). Letters and numbers
# elsewhere do: AAA, III and XXXL are other things than A, I and XL.
_REPEAT = re.compile(r"((?![零一二三四五六七八九十百千万])[\u3400-\u9fff]|[!?~。…,、])\1{2,}")
_DRAWN = re.compile(
    r"(?<![a-z0-9])(?!x+[ls])([a-z]*?([a-z])(?!\2)[a-z]*?)([a-z])\3{2,}(?![a-z0-9])"
)
_LAUGH = re.compile(r"(?<![a-z0-9])([dhz])\1{2,}(?![a-z0-9])")
_SIZE = re.compile(r"(?<![a-z0-9])(x{2,})([ls])(?![a-z0-9])")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional characters made simplified, one to one, so offsets stay."""
    if text.isascii():
        return text
    simple: str = _simplifier().convert(text)
    return simple


@remembers(300_000)
def normalize(text: str) -> str:
    """The text in one form: full width, traditional, control characters, stickers, repeats, sizes.

    Words and punctuation stay, since an encoder reads them. Empty when nothing speaks.
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = without_stickers(_LINK.sub(" ", text))
    text = "".join(ch if unicodedata.category(ch)[0] not in "CS" else _kept(ch) for ch in text)
    text = _LAUGH.sub(r"\1", _DRAWN.sub(r"\1\3", _REPEAT.sub(r"\1", simplify(text))))
    text = _SIZE.sub(lambda match: f"{len(match[1])}x{match[2]}", text)
    return _SPACE.sub(" ", text).strip()


def _kept(ch: str) -> str:
    """Signs that carry meaning in a shop ($, +, <) stay; emoji and control characters go."""
    return ch if ch.isascii() and ch.isprintable() else " "


def words(folded: str) -> list[str]:
    """Runs of Chinese characters and runs of letters or digits, in order."""
    return _WORD.findall(folded)


def grams(folded: str) -> list[str]:
    """Characters and character pairs of the Chinese runs; letters and digits stay whole."""
    found: list[str] = []
    for run in words(folded):
        if run[0] < "\u3400":
            found.append(run)
            continue
        found.extend(run)
        found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


@cache
def _sounds() -> dict[str, str]:
    """The syllable of each character, without tone, neighbours that typists mix up made one."""
    return {character: _blurred(syllable) for character, syllable in syllables().items()}


def _blurred(sound: str) -> str:
    """zh, ch, sh as z, c, s; final -ng as -n after e and i: what input methods let slip."""
    if sound[:2] in ("zh", "ch", "sh"):
        sound = sound[0] + sound[2:]
    return sound[:-1] if sound.endswith(("eng", "ing")) else sound


def sounds(folded: str) -> list[str]:
    """Pairs of neighbouring syllables, so that 快弟 meets 快递; letters and digits stay whole."""
    table = _sounds()
    found: list[str] = []
    for run in words(folded):
        if run[0] < "\u3400":
            found.append(run)
            continue
        spoken = [table.get(ch, ch) for ch in run]
        found.extend(f"{a} {b}" for a, b in pairwise(spoken))
    return found


def shared_words(one: str, other: str, most: int = 2) -> list[str]:
    """The longest runs of two or more characters that two folded texts share, in order of `one`."""
    found: list[tuple[int, str]] = []
    start = 0
    while start < len(one) - 1:
        end = start
        while (
            end < len(one)
            and words(one[start : end + 1]) == [one[start : end + 1]]
            and (one[start : end + 1] in other)
        ):
            end += 1
        if end - start >= 2:
            found.append((start, one[start:end]))
            start = end
        else:
            start += 1
    longest = sorted(found, key=lambda run: -len(run[1]))[:most]
    return list(dict.fromkeys(run for _, run in sorted(longest)))
