"""Which promises a later message of the shop keeps: it says that the deed is done, and how."""

from __future__ import annotations

import re
from typing import Final

_DONE = r"(?:已经?|刚刚?|刚才)(?:.{0,8}?)"
_KEEPS: Final = {
    "call": (
        rf"{_DONE}(?:打|拨|致电|去电|回电|电联|电话)|电话(?:里|中)|通(?:过|完|了)电?话|"
        rf"电话.{{0,4}}(?:没人接|无人接|打不通|占线|没接通|未接通)|(?:打|拨)(?:过|"
        rf"了).{{0,4}}电话"
    ),
    "resend": (
        rf"{_DONE}(?:补[发寄]|重新?[发寄]|换新)|(?:补|重新?)[发寄](?:出|走|货|好|"
        rf"给[您你])?(?:过去)?了|(?:补发|新).{{0,4}}单号"
    ),
    "refund": (
        rf"{_DONE}(?:退|打款|返|赔|补差)|(?:退|打|返|赔|补)(?:款|还|差价|运费|"
        rf"给[您你])?(?:过去|成功|完成|到账|好)?了|退款.{{0,4}}(?:成功|完成|到账)"
    ),
    "ship": (
        rf"{_DONE}(?:发|寄|出库|揽收|交给快递)|(?:发|寄)(?:出|货|走)(?:去)?了|(?:快递|运|"
        rf"物流)?单号(?:是|为|[:：]|\s*[A-Za-z0-9‹])"
    ),
    "handle": (
        rf"{_DONE}(?:处理|解决|安排|登记|修改|改|备注|开|上架|取消)|(?:处理|解决|安排|登记|"
        rf"修改|改|备注|取消|开)(?:好|完)?了"
    ),
    "reply": (
        rf"{_DONE}(?:核实|查|确认|问|反馈|沟通|联系|了解|跟进)|查到|核实(?:到|清楚|过|完|好|"
        rf"了)|确认(?:过|了|好)|(?:仓库|快递|网点|厂家|主管|财务|技术|同事|售后|"
        rf"师傅).{{0,6}}(?:回复|反馈|答复|告知|说|回信)|(?:处理|核实|查询)?结果(?:是|出来|如下|"
        rf"[:：])|给[您你].{{0,2}}(?:答复|回复)(?:一下|如下|[:：])"
    ),
}
_READ: Final = {kind: re.compile(pattern) for kind, pattern in _KEEPS.items()}
_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]*")
_NOT_YET = re.compile(
    r"[?？]|(?:吗|么)[~～。！!\s]*$|还(?:没|未|在|要)|尚未|没(?!人|接)有?|未(?!接)|正在|"
    r"不(?!好意思|客气|用)|"
    r"稍等|等一下|如果|的话|收到后|会(?:尽快|马上|在)|将(?:会|在|于)|明天|后天|下周|"
    r"小时(?:之?内|以内)|分钟(?:之?内|以内)|尽快|马上|稍后|待会"
)
# A promise to answer, or to see to it, is kept by the answer that it is done.
_ANY = frozenset({"reply", "handle"})


def keeps(text: str) -> frozenset[str]:
    """The kinds of promises (as `promises.KINDS`) that a sent text keeps."""
    found: set[str] = set()
    for sentence in _SENTENCE.findall(text):
        clauses = [c for c in re.split(r"[，,、]", sentence) if not _NOT_YET.search(c)]
        if _asks(sentence):
            continue
        found |= {kind for kind, read in _READ.items() if any(read.search(c) for c in clauses)}
    if found:
        found |= _ANY
    return frozenset(found)


def _asks(sentence: str) -> bool:
    return bool(re.search(r"[?？]|(?:吗|么)[~～。！!\s]*$", sentence))
