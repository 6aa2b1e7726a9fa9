"""What a message asks: order cards and greetings off, long stories cut, two asks parted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.base.conversation import Turn
from server.text.normal import normalize, words

# 咨询订单号:… 订单金额:… 下单时间:… — what chat pages write for an order or product card.
_CARD = re.compile(
    r"(?:咨询)?订单(?:编)?号\s*[::]?\s*[a-z0-9-]{6,}|(?:咨询)?订单(?:编)?号\s*:|"
    r"订单金额\s*:\s*\S*|下单时间\s*:\s*[\d:\-/ ]*|商品(?:id|编号|链接)\s*:\s*\S*"
)
_GREETING = re.compile(
    r"^(?:(?:你好|您好|亲爱的|亲亲|亲|在吗|在么|在不在|在不|有人吗|有人在吗|老板|掌柜|客服|hello|hi)"
    r"(?:[啊呀哦呢哈吗么~!,。.?、 ]|$)+)+"
)
_BREAK = re.compile(r"[。!?;…\n]+|[,、~ ]+")
_LONGEST = 160  # characters that reach the encoder: a long story's end, where the ask stands
_SHORTEST_ASK = 4
_MOST_ASKS = 5
_EARLIER = 2
# A message of up to 4 characters leans on the conversation fully, one of 14 and more not at all.
SPEAKS_FROM, _LEANS_OVER = 14, 10


@dataclass(frozen=True, slots=True)
class Understood:
    """A message ready to search. Empty `text` means that nothing in it speaks.

    `asks` are its clauses when there are several, `said` the shopper's earlier messages (latest
    last), `answered` what the agent said last; both empty when the message speaks for itself.
    `leans` (0 to 1) says how much it needs them.
    """

    text: str
    asks: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    answered: str = ""
    leans: float = 0.0

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text to embed, each once."""
        return tuple(
            dict.fromkeys(t for t in (self.text, *self.asks, *self.said, self.answered) if t)
        )


def understand(text: str, turns: Sequence[Turn] = ()) -> Understood:
    """The parts of a message in its conversation. Earlier turns stand first."""
    bare = bare_text(text)
    leans = min(1.0, max(0.0, (SPEAKS_FROM - len(bare)) / _LEANS_OVER))
    said, answered = _earlier(bare, turns) if leans else ((), "")
    return Understood(
        text=_tail(bare),
        asks=asks_in(bare),
        said=said,
        answered=answered,
        leans=leans if said or answered else 0.0,
    )


def _earlier(bare: str, turns: Sequence[Turn]) -> tuple[tuple[str, ...], str]:
    """The shopper's latest earlier messages that say something, and the agent's last turn."""
    said = [bare_text(turn.text) for turn in turns if turn.sender == "shopper"]
    told = [_tail(text) for text in said if words(text) and text != bare]
    answers = [turn.text for turn in turns if turn.sender == "agent"]
    return tuple(told[-_EARLIER:]), _tail(bare_text(answers[-1])) if answers else ""


def bare_text(text: str) -> str:
    """The folded text without order cards and leading greetings, unless those are all it says."""
    folded = normalize(text)
    bare = _CARD.sub(" ", folded).strip()
    if not words(bare):
        return folded
    asked = _GREETING.sub("", bare).strip()
    return asked if len("".join(words(asked))) > 1 else bare


def asks_in(bare: str) -> tuple[str, ...]:
    """The last clauses of a text, short ones joined to their neighbour; empty when it is one."""
    clauses: list[str] = []
    for piece in _BREAK.split(bare):
        if not piece:
            continue
        if clauses and (len(clauses[-1]) < _SHORTEST_ASK or len(piece) < _SHORTEST_ASK):
            clauses[-1] = f"{clauses[-1]} {piece}"
        else:
            clauses.append(piece)
    return tuple(clauses[-_MOST_ASKS:]) if len(clauses) > 1 else ()


def _tail(text: str) -> str:
    """The end of a long text, cut at a clause where one begins."""
    if len(text) <= _LONGEST:
        return text
    tail = text[-_LONGEST:]
    parts = _BREAK.split(tail, maxsplit=1)
    return parts[-1] if len(parts[-1]) > _LONGEST // 2 else tail
