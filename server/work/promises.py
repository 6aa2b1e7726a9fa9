"""What an agent sent that binds the shop to a time: what for, until when, in which words.

Only what is said of the shop's own deed counts. Conditions (付款后48小时内发货), questions, general
practice (一般48小时内发货), wishes (尽量), what the shopper is asked to do and what is done already
bind to nothing. Vague words (稍后, 尽快) name no time and make no entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.work.holidays import Holidays
from server.work.spoken_times import plain, spoken_time

# What is promised, the plainest reading last; the first that a clause holds is meant.
KINDS: Final = ("call", "resend", "refund", "ship", "reply", "handle")
_ACTS: Final = {
    "call": (
        r"(?:打|回|去|致)(?:一?[个通])?(?:◇)?(?:一?[个通])?电话?(?!影|脑|池|源|器)|电联|"
        r"电话(?:联系|回访|沟通|告知|通知)|来电联系|打(?:过去|过来)电话"
    ),
    "resend": (
        r"补(?:发|寄)|重新?(?:发货?|寄)|再(?:发|寄)一[件个份套]|换(?:个?新|货).{0,4}(?:发|寄)"
    ),
    "refund": (
        r"退(?:款|钱|差价|运费|邮费|[还给].{0,5}(?:差价|运费|邮费|款|钱))|补.{0,3}差价|打款|"
        r"赔付|返(?:还|给|现|您|◇)|退(?:给)?◇?(?:哦|哈|呢|的|啦|亲|吧|[~!.]|$)|退回去|"
        r"(?:差价|运费|邮费|钱|款).{0,10}(?:退|打|转|返|补)(?:给|回|过去|还|上)"
    ),
    "ship": (
        r"发(?:货|出|走|掉|件|快递|顺丰|车)|寄(?:出|走|件|给|过去|◇|$)|出库|揽收|"
        r"发(?:给)?(?:◇)?(?:哦|哈|呢|的|啦|亲|呀|哟|噢|吧|[~!.]|$)"
    ),
    "reply": (
        r"回复|答复|回信|回话|回消息|反馈|联系(?:◇|我)?|告诉|告知|通知|回访|(?:给|"
        r"出)到?(?:◇)?(?:[1一]?个)?(?:准信|准话|结果|消息|说法|交代|方案)|核实|查(?:清|明|询|到|"
        r"一下|好|看)|确认(?:好|清楚|一下|完|结果)?"
    ),
    "handle": r"处理|解决|安排|登记|修改|改好|备注|开(?:好)?(?:票|发票)|发票|"
    r"◇(?:上架|补货)|取消",
}
# 告诉您发出时间 tells, and ships nothing.
_TELLS_OF = re.compile(r"(?:告诉|告知|回复|答复|通知)◇?.{0,6}(?:发|退|补|处理)")
_READ: Final = {kind: re.compile(pattern) for kind, pattern in _ACTS.items()}

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]*")
_CLAUSE = re.compile(r"[^，,、]+")
_ASKS = re.compile(
    r"[?？]|(?:吗|么|嘛不|可以不|行不行|好不好|呢不|对吧|是吧|对不对|是不是)[~～。!！\s]*$"
)
_CHOICE = re.compile(r"还是|哪种|哪个|或者?")
_WHICH = re.compile(r"^是.{1,10}还是")
_ASKING_CLAUSE = re.compile(r"(?:吗|么)$")
_CONDITION = re.compile(
    r"如果|如若|假如|假设|倘若|若(?!干)|要是|的话|只要|[一1]旦|除非|万[一1]|(?<!不)超过|超出|"
    r"超时|逾期|"
    r"(?:付款|拍下|下单|拍|购买|支付|付|签收|收到|寄回|退回|退货|到货|到仓|入库|入仓|质检|"
    r"验收|审核|同意|申请|"
    r"通过|提供|登记|提交|确认收货|收货|售后|提醒|付尾款|成团|拼成|发货|揽收|活动结束|节).{0,3}"
    r"(?:之后|以后|后(?!天)|前(?!天)|之前|起|当天|次日)|(?:付款|下单|支付)的|"
    r"(?:您|你)(?:今天|现在|明天|直接|可以|先|这边|尽快)*(?:下单|拍下?|付款|支付)(?!的)|"
    r"(?:今|明|当)[天日晚](?:就|可以|能|再|内)?(?:下单|拍下?(?!的)|付款|支付)|"
    r"(?:现在|马上|立刻|假前末日)(?:就|可以|能)?(?:下单|拍下?|付款|支付|购买)|"
    r"[点0](?:之)?前(?:付|拍|下单|支付|购买|的)|每(?:天|日|周|晚)|"
    r"工作时间(?:是|为|:)|(?:周末|节假日|周日|周天)(?:不|均|也|都|照常|正常)|无理由|"
    r"确认(?:是|有|漏|少|缺|破|错|质量)|确实(?:是|有|漏|少|缺|错|坏)|属实|到时|还(?:没|"
    r"不)(?:动|到|行|更新|收到)|"
    r"您选(?!的)|任选|[二2]选[一1]"
)
_OUR_CHECK = re.compile(
    r"(?:核实|查询|确认|了解|问|查|核对|商量|沟通)(?:清楚|好|到|完|明白|一下|过)*(?:之?后|以后)"
)
_GENERAL = re.compile(
    r"[一1]般|通常|平时|正常(?:情况)?|默认|基本上?|原则上|都是|规定|按(?:页面|平台|规则|约定)|"
    r"承诺[是为]|活动(?:规则|期间)|大促期间|高峰期|通用|预售|现货|页面|"
    r"周[1-6一二三四五六日天](?:到|至|-|~)周|天天"
)
_UNSURE = re.compile(
    r"尽量|尽力|争取|看能不能|可能|也许|或许|说不定|不一定|不确定|不保证|保证不|说不准|应该|"
    r"看情况|希望|理论上|原计划|本来|原本|预计|估计|不出意外|顺利的?话|快的话|大致"
)
_NOT = re.compile(
    r"(?<!跑)不(?!超过|晚于|迟于|会(?:超过|晚于|耽误|忘|让|再)|耽误|用担心|用着急|要(?:着急|"
    r"担心)|好意思|客气|管|过|但|同|止|断|仅|然)|"
    r"没(?!问题|关系|事|错)|未|无法|无货|别(?!担心|着急|急)|暂(?:停|缓)|停发|取消发货"
)
_DONE = re.compile(
    r"已(?:经)?|昨(?:天|日|晚)|前天|上周|刚刚?(?:才)?|方才|(?<!天)刚才|(?:发|寄|退|打|回复|"
    r"答复|处理|反馈|联系|登记|安排|核实|解决|补发|揽收)(?:出|货|走|给◇|款|完|好|过去|"
    r"电话)?(?:了|过(?!去|来))(?!解|程)|(?:今|昨)天(?!.{0,6}(?:会|将|能|可以|就|1?定|内)).{0,6}(?:发|"
    r"寄|退|打|回复)(?:出|货|走|款)?的"
)
_SHOPPER_SAID = re.compile(
    r"(?<![帮给为替跟向])(?:您|你)(?:刚才|之前)?(?:说|问|讲|提|反馈)(?:的|到)?|客户说|买家说|"
    r"(?:上次|之前|昨[天晚]|前天|那天|当时|早前|原先).{0,6}(?:说|答应|承诺|讲)|"
    r"说好的|答应过|承诺过"
)
_WHETHER = re.compile(
    r"能不能|能否|是否|会不会|要不要|有没有|可不可以|什么时候|几点|多久|哪天|何时|多长"
)
# Words to the shopper that are none of the shopper's deeds.
_OBJECT = re.compile(
    r"(?:给到?|为|帮|替|跟|和|与|向|对|同|让|找|请)(?:到)?(?:亲亲?|您|你)|(?:联系|通知|回复|"
    r"答复|告诉|告知|反馈给?|退还?给?|发给?|寄给?|补给?|打给|返还?给?|赔给?|补偿|转给|"
    r"打电话给?|致电|电话|还|回电话?给)(?:亲亲?|您|你)"
)
# What the shopper is to do to us, or with somebody else.
_TO_US = re.compile(
    r"(?:给|跟|和|向|联系|回复|告诉|通知|找)(?:到)?(?:我|咱)(?:们|这边)?|"
    r"(?:联系|找|问|咨询)(?:一下)?(?:快递|物流|客服|仓库|售后|厂家|平台|官方)"
)
_OF_SHOPPER = re.compile(
    r"(?:您|你)(?:的|这|那|们?的|家的|要的|拍的|买的|订的|选的|下的|看的|说的|反映的)|(?:麻烦|"
    r"请|让)?(?:您|你)?(?:放心|稍等|别急|不用担心|耐心等待?|久等)|"
    r"(?:您|你)(?:好|稍|耐心|先等|等)|亲亲?"
)
_SHOPPER = re.compile(r"您|你|买家|顾客")
_ASKED_OF = re.compile(
    r"^(?:麻烦|请(?!假)|烦请|劳烦|需要?您?|记得|务必|建议|辛苦|只需)|(?:麻烦|请|记得|需要|"
    r"辛苦)(?:您|你)"
)
# Who is to act is none of ours: what they do by when, the shop can neither keep nor break.
_OTHERS = re.compile(
    r"(?:快递|派件|配送)员|快递小哥|骑手|平台(?:要求|规定|会|将|那边|官方|介入|\d|在)|官方(?:会|将)|银行|支付宝|菜鸟"
)
_WE = re.compile(
    r"我|咱|这边|店里|店铺|本店|仓库|客服|专员|同事|主管|店长|师傅|售后|财务|技术|厂家|"
    r"(?<!把)(?<!将)快递|"
    r"(?<!把)(?<!将)物流|专人|老板"
)
_KEPT_WORDS = 120
_EDGES = " \n\t。；;.！!～~"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: `kind` of KINDS, the clause that makes it, the moment it binds to (UTC)."""

    kind: str
    words: str
    due: datetime


def promises_in(text: str, at: datetime, zone: ZoneInfo, off: Holidays) -> tuple[Promise, ...]:
    """The promises of a sent text, in order; each kind once, at its earliest time.

    `at` is when it was sent, aware; `zone` the shop's.
    """
    found: dict[str, Promise] = {}
    offered = False
    for sentence in _SENTENCE.findall(text):
        # 您想补发还是退款？补发24小时内寄出: what follows depends on the choice.
        skipped, offered = offered, bool(_CHOICE.search(sentence) and _ASKS.search(sentence))
        if skipped:
            continue
        for promise in _of_sentence(sentence.strip(), at, zone, off):
            before = found.get(promise.kind)
            if before is None or promise.due < before.due:
                found[promise.kind] = promise
    return tuple(found.values())


def rings_at(said: datetime, due: datetime, zone: ZoneInfo) -> datetime:
    """When an agent is to be told, so that it can still be kept.

    A quarter of the time before it is over, five minutes at least and an hour at most. What is due
    at midnight rings at five in the afternoon: at eleven at night nobody ships or calls.
    """
    lead = min(max((due - said) / 4, timedelta(minutes=5)), timedelta(hours=1))
    usual = due - lead
    here = due.astimezone(zone)
    if here.time() == time():
        five = datetime.combine(here.date() - timedelta(days=1), time(17), tzinfo=zone)
        usual = max(min(usual, five), min(said + (due - said) / 4, usual))
    return usual.astimezone(UTC)


def _of_sentence(sentence: str, at: datetime, zone: ZoneInfo, off: Holidays) -> Iterator[Promise]:
    folded = plain(sentence)
    if _ASKS.search(sentence) or _SHOPPER_SAID.search(folded) or _WHETHER.search(folded):
        return
    if _WHICH.search(folded):
        return
    if _CONDITION.search(_OUR_CHECK.sub("", folded)):
        return
    waiting: datetime | None = None
    practice = False
    for clause in _CLAUSE.findall(sentence):
        words = plain(clause).strip()
        spoken = spoken_time(words, at, zone, off)
        # 您明天方便吗，我给您打电话: what follows depends on the answer.
        if spoken is not None and _ASKING_CLAUSE.search(words):
            return
        kind = _kind(words)
        if _general(words):
            waiting, practice = None, True
            continue
        # 默认发中通，48小时内发出 goes on with the practice; 给您 speaks of this order.
        if practice and not _SHOPPER.search(words):
            continue
        due = spoken.due if spoken else waiting
        if kind and due is not None and due > at and _ours(words):
            yield Promise(kind, clause.strip(_EDGES)[:_KEPT_WORDS], due.astimezone(UTC))
        # 明天上午，我给您回电话: the time stands before the deed.
        waiting = spoken.due if spoken and not kind else None


def _general(words: str) -> bool:
    return any(pattern.search(words) for pattern in (_GENERAL, _UNSURE))


def _kind(words: str) -> str:
    bare = _TO_US.sub("", _OBJECT.sub(lambda m: m.group().rstrip("您你亲") + "◇", words))
    if _TELLS_OF.search(bare):
        return "reply"
    return next((kind for kind in KINDS if _READ[kind].search(bare)), "")


def _ours(words: str) -> bool:
    """Whether the clause tells what the shop is going to do, and nobody did already."""
    if _NOT.search(words) or _DONE.search(words) or _OTHERS.search(words):
        return False
    bare = _OF_SHOPPER.sub("", _TO_US.sub("", _OBJECT.sub("◇", words)))
    if _ASKED_OF.search(bare) and not _WE.search(bare):
        return False
    shopper, we = _SHOPPER.search(bare), _WE.search(bare)
    return shopper is None or (we is not None and we.start() > shopper.start())
