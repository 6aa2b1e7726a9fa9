"""What a head means that no list holds: by its parts, in two languages, with a number.

`快捷语分组`, `客户可能问的问题`, `词条答案`, `Snippet text`, `回复 Reply`, `2.话术`, `相似问法3`.
Such a reading is weaker than a listed head (`columns.FIELD_COLUMNS`) and gives way to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

# A longer head is a sentence, or a cell of a script.
_LONGEST = 16
_SENTENCE = re.compile(r"[，,。!！?？;；…]")
_NUMBER = r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[①-⑳])"
_LEADING = re.compile(rf"^\s*(?:{_NUMBER}[)）.、．:：]|[①-⑳])\s*(?=\D)")
_TRAILING = re.compile(r"\s*[(（#＃]?(?:\d{1,2}|[①-⑳]|[一二三四五六七八九十])[)）]?\s*$")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z]+")

_ASKS = "买家|顾客|客户|用户|客人|常见|可能|咨询|相似|类似|扩展|同义|高频|典型|词条|知识"
_SAYS = "话术|回复|答案|回答|答复|应答|短语|快捷语|常用语|文案|回复语|答语"
_OTHER_THINGS = "商品|产品|店铺|宝贝|文件|图片|客服|订单|附件"
_SPARE = "其他|其它|备选|备用|同义|补充|更多|替换|另一"
_ABOUT = re.compile(
    r".*(?:时间|日期|人|者|次数|数量|状态|id|编号|链接|地址|备注|版本|格式|长度)", re.IGNORECASE
)
# The first that fits a whole head counts; "" is no text of a script.
_CHINESE: Final = (
    ("", re.compile(r"(?:内容|话术|消息|匹配|回复|文件|触发|答案)(?:类型|方式|模式|类别)")),
    ("", re.compile(rf"(?:{_OTHER_THINGS}).*(?:名称?|标题|分类|类型|类目)")),
    ("variants", re.compile(rf"(?:{_SPARE}).*(?:{_SAYS}|说法)")),
    (
        "category",
        re.compile(r".*(?:分组|组名|分组名称?|分类|类别|类型|类目|场景|板块|模块|目录|路径)"),
    ),
    ("title", re.compile(rf".*(?:{_SAYS}|问题|知识|词条|模板).*(?:标题|名称?|主题)")),
    ("questions", re.compile(rf".*(?:{_ASKS}).*(?:问|问题|问法|问句|提问|咨询|说法|说)")),
    ("questions", re.compile(r"(?:买家|顾客|客户|用户|常见)(?:咨询|消息|原话)")),
    ("reply", re.compile(rf".*(?:{_SAYS})(?:的?(?:内容|模板|文本|正文|范文|示例|参考|话术))?")),
    (
        "reply",
        re.compile(r"(?:我们?|店铺|商家|人工)?(?:客服)?(?:怎么|如何|应|该|要)?(?:答|回|说|讲)"),
    ),
    ("reply", re.compile(r"(?:消息|文本|模板|知识|词条)(?:内容|正文|文本)")),
)
_OTHERS_NAMES = frozenset(
    (
        "agent",
        "user",
        "author",
        "creator",
        "file",
        "owner",
        "shop",
        "store",
        "product",
        "customer",
        "contact",
        "company",
    )
)
_ENGLISH: Final = {
    "category": "folder category group mailbox topic section collection",
    "title": "name title subject",
    "reply": "text body message content reply response answer comment",
    "questions": "question questions utterances",
    "shortcut": "shortcut command trigger hotkey",
    "tags": "tags labels keywords",
}
_LAST = {word: field for field, words in _ENGLISH.items() for word in words.split()}


def unnumbered(head: str) -> str:
    """The head without a number in front of it or behind it."""
    return _TRAILING.sub("", _LEADING.sub("", head)) or head


def is_later(head: str) -> bool:
    """Whether a head is the second or a further one of its kind: 回复2, 答案③."""
    found = _TRAILING.search(head)
    return (
        found is not None
        and found.end() - found.start() > 0
        and not re.search(r"[1①一]\D*$", found[0])
    )


@lru_cache(maxsize=4096)
def worked_out(head: str, known: Callable[[str], str]) -> str:
    """The field of a head that is not listed, "" for none; `known` knows those that are."""
    text = head.strip()
    if not text or len(text) > 3 * _LONGEST or _SENTENCE.search(text):
        return ""
    bare = unnumbered(text)
    if _ABOUT.fullmatch(bare):
        return ""
    if field := known(bare) if bare != text else "":
        return field
    han, latin = "".join(_HAN.findall(bare)), " ".join(_LATIN.findall(bare))
    if han and latin and (field := known(han) or known(latin)):
        return field
    if han:
        return _by_chinese(han) if len(han) <= _LONGEST else ""
    return _by_english(latin.casefold().split())


def _by_chinese(han: str) -> str:
    return next((field for field, shape in _CHINESE if shape.fullmatch(han)), "")


def _by_english(words: list[str]) -> str:
    if not 1 < len(words) <= 4:
        return ""
    if words[0] == "comment":
        return "reply"
    field = _LAST.get(words[-1], "")
    return "" if field == "title" and not _OTHERS_NAMES.isdisjoint(words) else field
