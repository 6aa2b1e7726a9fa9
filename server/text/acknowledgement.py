"""Whether a message only takes note: 好的, 嗯嗯, 知道了谢谢."""

from __future__ import annotations

import re
from typing import Final

from server.text.normal import words

_LONGEST: Final = 16
_NOTES: Final = (
    r"好[的吧嘞哒滴呀啊哦噢咧呢]?|行|中|成(?!都)|妥|可以的?|没问题|没事|o+k+(?:ay)?|k|得嘞|知道|晓得|明白|清楚|懂|"
    r"了解|收到|理解|谢谢?|多谢|感谢|蟹蟹|thx|thanks?|辛苦|麻烦了|费心|对的?|是的?|没错|不用谢?|不客气|"
    r"没有(?!收)|没了|算了|就?这样|拜拜|再见|回见|bye|88|886|晚安|嗯|恩|哦|噢|喔|1"
)
_AROUND: Final = (
    r"那|我|都|就|先|已经|真的|非常|太|十分|哈|啊|呀|哎|诶|亲|了|的|啦|吧|呢|嘞|哒|滴|[您你]们?|"
    r"老板|客服|哥|姐|大家|个"
)
_NOTE: Final = re.compile(rf"(?:{_NOTES}|{_AROUND})+")
_SAYS: Final = re.compile(_NOTES)
_ASKED: Final = re.compile(
    r"(?:\?|吗|呢|么|行不|好不|是不是|可以不|要不要|哪[\w]{0,4}|什么[\w]{0,4}|多少[\w]{0,4}|几[\w]{0,3})"
    r"[哦呀啊呢哈~。!.… ]*$"
)
# 还有什么可以帮您的吗 closes an answer; it asks nothing about it.
_CLOSING: Final = re.compile(
    r"还有(?:什么|其他|其它|别的|啥)|(?:可以|能)(?:帮|为)(?:到)?(?:您|你)|清楚了?吗|明白了?吗"
)


def only_takes_note(bare: str) -> bool:
    """Whether a folded message says no more than that it was heard."""
    said = "".join(words(bare))
    if len(said) > _LONGEST or not _SAYS.search(said):
        return False
    return bool(_NOTE.fullmatch(said))


def asks_back(folded: str) -> bool:
    """Whether what the agent said last waits for an answer, so that 好的 means a yes to it."""
    last = re.split(r"(?<=[。!?;])", folded.strip())
    end = next((part for part in reversed(last) if words(part)), "")
    return bool(_ASKED.search(end)) and not _CLOSING.search(end)
