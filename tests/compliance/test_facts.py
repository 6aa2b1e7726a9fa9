"""Promises against the shop's facts: yes is silent, no is high, nothing on file is medium."""

from pathlib import Path

import pytest

from server.compliance.checker import Checker
from server.compliance.rule_files import load_rules
from server.library import Fact, Shop

CHECKER = Checker(load_rules(Path(__file__).parents[2] / "scripts_library" / "rules"))


def severity(text, **facts):
    named = {name: Fact(name, value) for name, value in facts.items()}
    found = CHECKER.check(text, shop=Shop("s", facts=named))
    return {f.severity for f in found if f.category == "false_promise"}


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("全国包邮，您直接拍", {"包邮": "是"}, set()),
        ("全国包邮，您直接拍", {"包邮": "全国包邮"}, set()),
        ("全国包邮，您直接拍", {"包邮": "否"}, {"high"}),
        ("全国包邮，您直接拍", {"包邮": "不支持"}, {"high"}),
        ("全国包邮，您直接拍", {}, {"medium"}),
        ("全国包邮，您直接拍", {"运费险": "有"}, {"medium"}),
        ("终身质保，坏了随时换新", {"质保": "12个月"}, {"high"}),
        ("质保一年，凭订单就行", {"质保期": "一年"}, set()),
        ("质保三年，凭订单就行", {"质保期": "一年"}, {"high"}),
        ("质保一年，凭订单就行", {"质保期": "2年"}, set()),
        ("质保一年，凭订单就行", {}, {"medium"}),
        ("假一赔十，您放心", {"假一赔十": "是"}, set()),
        ("假一赔十，您放心", {"假一赔十": "无"}, {"high"}),
        ("假一赔十，您放心", {"正品保障": "假一赔十"}, set()),
        ("假一赔十，您放心", {}, {"medium"}),
        ("您一付款，今天就给您发走", {"发货时效": "48小时"}, {"high"}),
        ("您一付款，今天就给您发走", {"发货时效": "当天"}, set()),
        ("您一付款，今天就给您发走", {}, {"medium"}),
        ("有运费险的，随便退", {"运费险": "有"}, set()),
        ("有运费险的，随便退", {"运费险": "没有"}, {"high"}),
        ("一般48小时内发货，以物流为准", {}, set()),
        ("全国包邮，您直接拍", {"包邮": "除新疆西藏外包邮"}, {"high"}),
        ("全国包邮，您直接拍", {"包邮": "满99元包邮"}, {"medium"}),
        ("全国包邮，您直接拍", {"free_shipping": "true"}, set()),
        ("终身质保，坏了随时换新", {"warranty_months": "12"}, {"high"}),
        ("有运费险的，随便退", {"has_freight_insurance": "false"}, {"high"}),
    ],
)
def test_promise_against_fact(text, facts, expected):
    assert severity(text, **facts) == expected


def test_expired_fact_denies():
    from server.library import parse_moment

    old = Fact("包邮", "是", valid_until=parse_moment("2020-01-01"))
    found = CHECKER.check("全国包邮，您直接拍", shop=Shop("s", facts={"包邮": old}))
    assert [f.severity for f in found] == ["high"]


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("头层牛皮的，放心穿", {"材质": "PU"}, ["high"]),
        ("头层牛皮的，放心穿", {"材质": "头层牛皮"}, []),
        ("头层牛皮的，放心穿", {}, []),
        ("面料是PU，不是真皮", {"材质": "PU"}, []),
        ("德国原装进口的", {"产地": "浙江"}, ["high"]),
        ("可以下水游泳戴", {"防水等级": "IP54 生活防泼溅"}, ["high"]),
        ("保质期两年，放心囤", {"保质期": "12个月"}, ["high"]),
        ("保质期12个月", {"保质期": "12个月"}, []),
    ],
)
def test_product_against_fact(text, facts, expected):
    named = {name: Fact(name, value) for name, value in facts.items()}
    found = CHECKER.check(text, shop=Shop("s", facts=named))
    assert [f.severity for f in found if f.category == "product_fact_mismatch"] == expected


def test_product_claims_are_silent_without_a_shop():
    assert CHECKER.check("头层牛皮的，放心穿") == []
