"""Which column means what: this program's own, and those of other consoles' quick phrases.

Consoles export group, shortcut and text under slightly different heads; these are the common
ones. Anything else is mapped by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

SHORTCUT = "shortcut"

# Field to its column head in exports; the first is written, all are understood.
FIELD_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("编号", "id", "话术编号", "话术id", "脚本编号", "script_id"),
        "title": ("标题", "title", "名称", "话术标题", "话术名称", "主题", "短语标题", "标准问"),
        "category": (
            "分类", "category", "类别", "分组", "分组名称", "分组名", "短语分组", "快捷短语分组",
            "快捷回复分组", "一级分组", "话术分组", "话术分类", "团队分组", "组别", "group",
        ),
        "stage": ("阶段", "stage", "环节", "售前售后"),
        "questions": (
            "问法", "questions", "question", "问题", "常见问法", "相似问", "相似问法", "买家问题",
            "用户问题", "顾客问题",
        ),
        "tests": ("测试问法", "tests", "测试问题", "验收问法"),
        "reply": (
            "回复", "reply", "话术", "话术内容", "回复内容", "回复话术", "快捷短语", "短语",
            "短语内容", "快捷短语内容", "快捷语", "快捷回复", "快捷回复内容", "内容", "答案",
            "回答", "答复", "文本", "文本内容", "text", "content", "answer",
        ),
        "variants": ("其他说法", "variants", "备选回复", "同义回复"),
        "parts": ("分条发送", "parts", "分段", "分条"),
        "steps": ("处理步骤", "steps", "步骤", "sop"),
        "follow_ups": ("后续话术", "follow_ups", "接着问"),
        "tags": ("标签", "tags", "关键词", "keywords", "tag"),
        "products": ("适用商品", "products", "商品", "产品", "商品名称"),
        "audience": ("适用人群", "audience", "人群"),
        "platforms": ("适用平台", "platforms", "平台"),
        "valid_from": ("生效日期", "valid_from", "生效时间", "开始日期", "开始时间"),
        "valid_until": ("失效日期", "valid_until", "失效时间", "结束日期", "结束时间", "有效期至"),
        "images": ("图片", "images", "图片地址"),
        "owner": ("负责人", "owner", "维护人", "责任人"),
        "reviewed": ("复核日期", "reviewed", "审核日期", "复核时间"),
        SHORTCUT: (
            "快捷编码", SHORTCUT, "快捷键", "快捷码", "快捷短语编码", "短语编码", "快捷词", "简码",
            "指令", "code",
        ),
    }
)  # fmt: skip
_SIGNS = re.compile(r"[\s_\-:：*（）()【】\[\]\ufeff]+")


def _form(name: str) -> str:
    return _SIGNS.sub("", name).casefold()


_KNOWN = {_form(name): field for field, names in FIELD_COLUMNS.items() for name in names}


def guess_mapping(header: Sequence[str]) -> tuple[str, ...]:
    """A field for every column, "" for one that means nothing here; each field at most once."""
    taken: set[str] = set()
    mapping = []
    for name in header:
        field = _KNOWN.get(_form(name), "")
        mapping.append("" if field in taken else field)
        taken.add(field)
    return tuple(mapping)
