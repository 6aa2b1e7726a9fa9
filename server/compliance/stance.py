"""Whether a text means what it says: negation, rhetorical questions, quotations, warnings.

Works on the folded text, clause by clause. Every expression here is fixed and free of nested
repeats, so the standard library's engine is safe.
"""

from __future__ import annotations

import re

_BREAK = re.compile(r"[，。！？；,!?;\n~…]|\.{2,}")
_IDIOMS = re.compile(
    r"不错|不过|没事|没问题|不好意思|特别|别家|别的|别人|别处|分别|区别|识别|级别|性别|无理由|无线|无痕|无门槛"
    r"|不锈钢|不然|不如|差不多|没准|不止|不仅|不但|不光|是不是|能不能|要不要|可不可以|有没有|好不好|行不行"
    r"|来不及|对不起|不同|不少|无忧|无糖|无缝|未来|莫非|要不(?!要|用)|不用谢|不客气|不料|禁不住|无论|不管"
    r"|不妨|不愧|不得不|不由|不满意|不合适|没关系|不方便|没货|没空|没时间|没效果|没空间|不需要运费|别担心|不急"
)
_NEGATORS = re.compile(r"[不没别勿甭莫禁拒未无卟]|非(?=正|高)|谨防|杜绝|避免")
_REFUSALS = re.compile(
    r"不能|不要|不用|没有|无法|不可以|不让|不支持|不会|不了|不是|不做|(?<![识特区级性分辨个])别(?![家人的处样])|勿"
)
"""Negators that count inside a found stretch; 摔不坏, 手慢无 deny nothing."""
_RHETORIC = re.compile(
    r"不[^，。！？；]{0,12}(?:怎么|咋|哪能|哪里能|如何|没法|没办法|办不了|不行|发不了|给不了|不好办|算了)"
    r"|[^，。！？；]{0,6}不是不[能行可让准给会]|不能不|没有不|又不是不|何不|干嘛不|干吗不|为什么不|怎么不|咋不|不妨"
    r"|[^是]不就(?:行|好|完|得)|白不|别不好意思|谁说不|没说不|哪有不|由不得"
)
_DENIED = re.compile(
    r"^.{0,6}(?:不行|不卖|不收|不会|不可以|不允许|不了|不给|没有|不做|不支持|免谈|违规|是禁止)"
)
_QUOTED = re.compile(r"[“\"「『‘'《]([^”\"」』’'》]{1,40})[”\"」』’'》]")
_SAID = re.compile(r"[您你](?:刚才?)?(?:说|问|讲|提|担心|怕|看到|写|听|遇到|怀疑|骂|要是说|发来)")
_OTHERS = re.compile(r"他|她|对方|别人|人家|有人|谁|陌生人|对面|网上|那种|所谓|自称|冒充|假冒")
_WARNING = re.compile(
    r"谨防|骗子|诈骗|是骗|被骗|骗局|冒充|假冒|自称|别信|别理|别上当|上当|不要相信|不要轻信|请勿|勿信|警惕|当心|小心"
    r"|不是我们|不是本店|跟我们没关系|跟本店无关|举报[他它她]?|可以投诉|您可以拒绝|别点|别扫|别加|别给|别转|别回"
    r"|都别|千万别|不要(?:点|扫|加|给|转|回|信|告诉|发)|我们不会|我们从不|本店不会|本店从不|不会让您|不会向您|不会要"
)
_QUESTION = re.compile(r"[?？]|[吗么呢](?:[，。！]|$)")
_SOFTENERS = re.compile(
    r"一般|预计|尽量|尽快|大概|大约|左右|争取|估计|可能|应该|正常情况|通常|基本上|有机会|参考|差不多"
    r"|以[^，。！？；]{1,12}为准|看(?:快递|物流|天气|情况|页面|个人)|不敢|不好说|不确定|没法保证|保证不了|不保证|不能保证"
    r"|无法保证|按平台|平台规则|页面(?:显示|有|写|标)|系统(?:会|显示)"
)


def clause_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) widened to the clause that holds it."""
    first = 0
    for match in _BREAK.finditer(text, 0, start):
        first = match.end()
    after = _BREAK.search(text, end)
    return first, after.start() if after else len(text)


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the clause denies or forbids what stands at [start, end), double negation aside."""
    first, last = clause_bounds(text, start, end)
    if _RHETORIC.search(text[first:last] + text[last : last + 10]):
        return False
    before = _IDIOMS.sub(lambda match: "〇" * len(match.group()), text[first:start])
    return (
        _NEGATORS.search(before) is not None
        or _refused_within(text, start, end)
        or _denied_after(text, end, last)
    )


def _refused_within(text: str, start: int, end: int) -> bool:
    """One sign beyond `end` is read along, to tell 别加 from 别家."""
    match = _REFUSALS.search(text, start, end + 1)
    return match is not None and match.start() < end


def _denied_after(text: str, end: int, last: int) -> bool:
    """加微信不行, 返现是没有的: the denial follows in the same clause."""
    tail = text[end:last]
    return _DENIED.search(tail) is not None


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether [start, end) are the shopper's words: in quotation marks, or after 您说…."""
    if any(match.start(1) <= start and end <= match.end(1) for match in _QUOTED.finditer(text)):
        return True
    first, _ = clause_bounds(text, start, end)
    return _SAID.search(text, first, start) is not None


def is_reported(text: str, start: int, end: int) -> bool:
    """Whether the clause tells of a third party: 有人…, 自称…, 别人…."""
    first, _ = clause_bounds(text, start, end)
    return _OTHERS.search(text, first, start) is not None


def is_warning(text: str) -> bool:
    """Whether the text warns the shopper of others or says what the shop never does."""
    return _WARNING.search(text) is not None


def is_softened(text: str) -> bool:
    """Whether a promise is hedged: 一般, 预计, 以物流为准."""
    return _SOFTENERS.search(text) is not None


def stance_flags(text: str) -> list[bool]:
    """Negation, double negation, warning, hedge, quotation, report, question; for the judge."""
    calm = _IDIOMS.sub("", text)
    return [
        _NEGATORS.search(calm) is not None,
        _RHETORIC.search(text) is not None,
        _WARNING.search(text) is not None,
        _SOFTENERS.search(text) is not None,
        _QUOTED.search(text) is not None or _SAID.search(text) is not None,
        _OTHERS.search(text) is not None,
        _QUESTION.search(text) is not None,
    ]
