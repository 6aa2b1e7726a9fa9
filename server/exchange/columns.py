"""Which column means what: this program's own, and those of other consoles' quick phrases.

Consoles export group, shortcut and text under slightly different heads; these are the common
ones, in Chinese, traditional Chinese and English. Anything else is mapped by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from server.exchange.head_words import is_later, unnumbered, worked_out
from server.text.normal import simplify

SHORTCUT: Final = "shortcut"
SUBCATEGORY: Final = "subcategory"
PERIOD: Final = "period"
SWITCH: Final = "switch"
# Fields whose columns are joined when there are several: 相似问法1, 相似问法2.
JOINED: Final = frozenset({"questions", "tests", "variants", "parts", "steps", "tags", SUBCATEGORY})

# Field to its column head in exports; the first is written, all are understood.
FIELD_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("编号", "id", "话术编号", "话术id", "脚本编号", "script_id"),
        "title": (
            "标题", "title", "名称", "name", "话术标题", "话术名称", "主题", "短语标题", "标准问",
            "标准问题", "标准问句", "标准问法",
            "知识标题", "问题标题", "label", "subject", "macro", "template name",
            "canned response title", "macro title", "snippet name", "description",
        ),
        "category": (
            "分类", "category", "类别", "类目", "分组", "分组名称", "分组名", "短语分组",
            "快捷短语分组", "快捷回复分组", "一级分组", "一级分类", "话术分组", "话术分类",
            "团队分组", "组别", "所属分组", "所属分类", "知识分类", "group", "folder",
            "folder name", "categories", "group name", "topic",
            "快捷回复组", "快捷短语组", "短语组", "话术组",
        ),
        "stage": ("阶段", "stage", "环节", "售前售后", "售前售中售后", "服务阶段"),
        "questions": (
            "问法", "questions", "question", "问题", "常见问法", "相似问", "相似问法", "相似问题",
            "买家问题", "用户问题", "顾客问题", "客户问题", "常见问题", "问", "q", "用户问法",
            "买家问法", "咨询问题", "utterances", "扩展问", "扩展问法", "相似提问",
        ),
        "tests": ("测试问法", "tests", "测试问题", "验收问法"),
        "reply": (
            "回复", "reply", "话术", "话术内容", "回复内容", "回复话术", "快捷短语", "短语",
            "短语内容", "快捷短语内容", "快捷语", "快捷语内容", "快捷回复", "快捷回复内容", "内容",
            "答案", "回答", "答复", "答", "标准答案", "标准回复", "标准话术", "参考话术",
            "推荐话术", "客服话术", "客服回复", "回复语", "文本", "文本内容", "正文", "回覆",
            "text", "content", "answer", "a", "message", "body", "replace", "response",
            "response text", "reply text", "message text", "comment", "macro text", "phrase",
            "snippet", "template", "plain text", "body text", "canned response",
        ),
        "variants": ("其他说法", "variants", "备选回复", "同义回复", "备选话术"),
        "parts": ("分条发送", "parts", "分段", "分条"),
        "steps": ("处理步骤", "steps", "步骤", "sop"),
        "follow_ups": ("后续话术", "follow_ups", "接着问"),
        "tags": ("标签", "tags", "关键词", "关键字", "keywords", "tag", "labels", "触发词"),
        "products": ("适用商品", "products", "product", "商品", "产品", "商品名称", "产品名称"),
        "audience": ("适用人群", "audience", "人群"),
        "platforms": ("适用平台", "platforms", "platform", "平台", "渠道", "channel", "channels"),
        "valid_from": (
            "生效日期", "valid_from", "生效时间", "开始日期", "开始时间", "上线时间",
        ),
        "valid_until": (
            "失效日期", "valid_until", "失效时间", "结束日期", "结束时间", "有效期至", "到期时间",
            "截止时间", "下线时间",
        ),
        "images": ("图片", "images", "图片地址"),
        "owner": ("负责人", "owner", "维护人", "责任人"),
        "reviewed": ("复核日期", "reviewed", "审核日期", "复核时间"),
        SHORTCUT: (
            "快捷编码", SHORTCUT, "快捷键", "快捷码", "快捷短语编码", "短语编码", "快捷词", "简码",
            "指令", "code", "short code", "shortcuts", "short path", "path", "trigger",
            "abbreviation", "keyword", "快捷指令", "命令", "hotkey", "command",
        ),
        SUBCATEGORY: (
            "二级分组", SUBCATEGORY, "二级分类", "子分组", "子分类", "小类", "subfolder",
            "三级分组", "三级分类", "四级分类", "二级类目", "三级类目",
        ),
        PERIOD: (
            "有效期", PERIOD, "有效时间", "有效期限", "活动时间", "活动期", "活动日期", "使用期限",
            "生效时段", "起止时间", "起止日期", "适用时间",
        ),
        SWITCH: (
            "是否启用", SWITCH, "启用", "启用状态", "状态", "是否有效", "是否生效", "生效状态",
            "发布状态", "是否上线",
            "词条状态", "知识状态", "话术状态", "问题状态", "回复状态",
            "active", "is active", "enabled", "status", "state",
        ),
    }
)  # fmt: skip
_BRACKETS = re.compile(r"[（(【\[〔<].*?[）)】\]〕>]")
_SIGNS = re.compile(r"[\s_\-:：*＊★·.。、/／（）()【】\[\]〔〕<>\u00a0\u200b-\u200d\u2060\ufeff]+")
# What templates add to a head: that the column must be filled, or may be.
_HINTS = re.compile(r"必填项?|必须填写|选填项?|可选|可不填|非必填|required|optional")


def form(head: str) -> str:
    """A head as it is compared: simplified, lower case, without signs."""
    return _SIGNS.sub("", simplify(head)).casefold()


@lru_cache(maxsize=4096)
def field_of(head: str) -> str:
    """The field that a head names, "" for none; hints in and around it do not matter."""
    first, _, _ = head.strip().partition("\n")
    for tried in (head, _BRACKETS.sub("", head), first, _BRACKETS.sub("", first)):
        shape = form(tried)
        field = _KNOWN.get(shape) or _KNOWN.get(_HINTS.sub("", shape))
        if field:
            return field
    return ""


_KNOWN = {form(name): field for field, names in FIELD_COLUMNS.items() for name in names}
# Rare heads that mean another column when the usual one stands beside them.
_WEAK = frozenset(
    {
        "description",
        "名称",
        "name",
        "label",
        "主题",
        "标准问",
        "标准问题",
        "标准问句",
        "标准问法",
        "keyword",
    }
)


def likely_field(head: str) -> str:
    """The field that a head names, or that its words make likely; "" for none."""
    return field_of(head) or worked_out(head, field_of)


def guess_mapping(header: Sequence[str]) -> tuple[str, ...]:
    """A field for every column, "" for one that means nothing here.

    Each field once, but lists, whose columns are joined, and the reply: 回复2 is another wording of
    回复1, and of several that could be the reply every one is named, so that somebody chooses.
    Listed heads come first, then rare ones, then what heads' words make likely.
    """
    mapping = [""] * len(header)
    taken: set[str] = set()
    for turn in range(3):
        found: dict[int, str] = {}
        for number, head in enumerate(header):
            if mapping[number]:
                continue
            field = _field_in(head, turn)
            if field == "reply" and is_later(head) and _same_kind(head, header[:number]):
                field = "variants"
            if field and (field not in taken or field in JOINED or (field == "reply" and turn < 2)):
                found[number] = field
                # Of its turn the first counts; every reply of a turn is named.
                if field != "reply":
                    taken.add(field)
        for number, field in found.items():
            mapping[number] = field
        taken.update(found.values())
    return tuple(mapping)


def _field_in(head: str, turn: int) -> str:
    """The field of a head in a turn: listed, listed but rare, worked out."""
    if turn == 2:
        return "" if field_of(head) else worked_out(head, field_of)
    return field_of(head) if (form(head) in _WEAK) is (turn == 1) else ""


def _same_kind(head: str, before: Sequence[str]) -> bool:
    shape = form(unnumbered(head))
    return any(form(unnumbered(other)) == shape for other in before)
