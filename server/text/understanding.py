"""What a message asks: order cards and greetings off, long stories cut, two asks parted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.base.conversation import Turn
from server.text.acknowledgement import asks_back, only_takes_note
from server.text.asks import asks_in, condensed
from server.text.normal import normalize, words
from server.text.notices import is_notice

# 咨询订单号:… 订单金额:… 下单时间:… — what chat pages write for an order or product card.
_CARD = re.compile(
    r"(?:咨询)?订单(?:编)?号\s*[::]?\s*[a-z0-9-]{6,}|(?:咨询)?订单(?:编)?号\s*:|"
    r"订单金额\s*:\s*\S*|下单时间\s*:\s*[\d:\-/ ]*|商品(?:id|编号|链接)\s*:\s*\S*"
)
_GREETING = re.compile(
    r"^(?:(?:你好|您好|亲爱的|亲亲|亲|在吗|在么|在不在|在不|有人吗|有人在吗|老板|掌柜|客服|hello|hi)"
    r"(?:[啊呀哦呢哈吗么~!,。.?、 ]|$)+)+"
)
_EARLIER = 2
# A message of up to 4 characters leans on the conversation fully, one of 14 and more not at all.
SPEAKS_FROM, _LEANS_OVER = 14, 10


@dataclass(frozen=True, slots=True)
class Understood:
    """A message ready to search. Empty `text` means that nothing in it speaks.

    `asks` are its clauses when there are several, `said` the shopper's earlier messages (latest
    last), `answered` what the agent said last; both empty when the message speaks for itself.
    `leans` (0 to 1) says how much it needs them. `takes_note` is true of 好的 and 谢谢.
    """

    text: str
    asks: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    answered: str = ""
    leans: float = 0.0
    takes_note: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text to embed, each once."""
        return tuple(
            dict.fromkeys(t for t in (self.text, *self.asks, *self.said, self.answered) if t)
        )


def understand(text: str, turns: Sequence[Turn] = ()) -> Understood:
    """The parts of a message in its conversation. Earlier turns stand first.

    A line that the page wrote by itself says nothing.
    """
    bare = bare_text(text)
    if is_notice(bare):
        return Understood("")
    leans = min(1.0, max(0.0, (SPEAKS_FROM - len(bare)) / _LEANS_OVER))
    said, answered = _earlier(bare, turns) if leans else ((), "")
    return Understood(
        text=condensed(bare),
        asks=asks_in(bare),
        said=said,
        answered=answered,
        leans=leans if said or answered else 0.0,
        takes_note=only_takes_note(bare) and not answered,
    )


def _earlier(bare: str, turns: Sequence[Turn]) -> tuple[tuple[str, ...], str]:
    """The shopper's latest earlier messages that say something, and the agent's last turn.

    Neither for a message that takes note of an answer: 好的 does not ask again what was asked.
    """
    answers = [bare_text(turn.text) for turn in turns if turn.sender == "agent"]
    answered = answers[-1] if answers else ""
    if only_takes_note(bare) and not asks_back(answered):
        return (), ""
    said = [bare_text(turn.text) for turn in turns if turn.sender == "shopper"]
    told = [text for text in said if words(text) and text != bare and not is_notice(text)]
    return tuple(condensed(text) for text in told[-_EARLIER:]), condensed(answered)


def asks_nothing(text: str) -> bool:
    """Whether a message needs no answer of a script: a greeting, thanks, a sticker, a notice."""
    bare = bare_text(text)
    said = "".join(words(bare))
    if not said or is_notice(bare) or only_takes_note(bare):
        return True
    return len("".join(words(_GREETING.sub("", bare)))) == 0


def bare_text(text: str) -> str:
    """The folded text without order cards and leading greetings, unless those are all it says."""
    folded = normalize(text)
    bare = _CARD.sub(" ", folded).strip()
    if not words(bare):
        return folded
    asked = _GREETING.sub("", bare).strip()
    return asked if len("".join(words(asked))) > 1 else bare
