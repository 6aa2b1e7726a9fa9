"""The checker: spans, stance, directions, split messages, drafts, and how judge and rules mix."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server.base.conversation import Turn
from server.compliance.checker import Checker
from server.compliance.findings import direction_of
from server.compliance.judge import Examples, Judge, Judgement, Net, Parameters
from server.compliance.render import rendered, width
from server.compliance.rule_files import load_rules
from server.compliance.telling import telling_clause

RULES = load_rules(Path(__file__).parents[2] / "scripts_library" / "rules")
CHECKER = Checker(RULES)
CATEGORIES = ("contact_diversion", "rudeness", "refusal_of_rights", "escalation")


class FixedJudge(Judge):
    """Says the same probabilities about every text."""

    def __init__(self, **said):
        kinds = {"alone": 0.5, "with_rule": 0.2, "with_support": 0.4, "hint": 0.3}
        thresholds = dict.fromkeys(CATEGORIES, kinds)
        nets = (Net(*(np.zeros((1, 1), np.float32) for _ in range(5))),)
        settings = {"thresholds": thresholds}
        super().__init__(None, Parameters(CATEGORIES, np.zeros(1, np.float32), 1.0, nets, settings))
        self.said = said

    def prepare(self, texts):
        pass

    def judgements(self, levels, hits, direction):
        whole = (0, len(levels[-1].text))
        return {
            code: Judgement(self.said.get(code, 0.0), whole)
            for code in CATEGORIES
            if direction_of(code) == direction
        }

    def telling(self, text, category):
        return np.arange(len(text), dtype=np.float32)


def categories(text, checker=CHECKER, **options):
    return [finding.category for finding in checker.check(text, **options)]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("亲，加我微信 shop_abc123", "加我微信"),
        ("亲加一下薇❤️信 shop_abc123", "加一下薇❤️信"),
        ("好.评.返.现 卡片在包裹里", "好.评.返.现"),
    ],
)
def test_span_stands_in_the_original(text, matched):
    (finding, *_) = CHECKER.check(text)
    assert finding.matched.startswith(matched[:3])
    assert text[finding.start : finding.end] == finding.matched


def test_disguise_is_named_only_when_undone():
    assert not CHECKER.check("加我微信聊")[0].disguised
    assert CHECKER.check("加我微\u200b信聊")[0].disguised
    assert CHECKER.check("加我wei xin聊")[0].disguised


@pytest.mark.parametrize(
    "text",
    [
        "亲，平台规定不能加微信哦",
        "谨防假冒客服加您微信退款",
        "您说的“加微信”我们不做的",
        "有人让您加微信退款都别信",
        "一般两到三天到，以物流为准",
        "不敢保证明天一定到",
        "订单尾号12315的那件发了",
        "加厚款V领，尺码68-72",
        "单号SF1380000000000",
    ],
)
def test_fine_lines_are_left_alone(text):
    assert categories(text) == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("不加微信怎么给您发尺码视频呀，您加一下嘛", "contact_diversion"),
        ("又不是不能加微信，搜 shop_wang 就是", "contact_diversion"),
        ("尽量加一下微信吧", "contact_diversion"),
    ],
)
def test_double_negation_and_softeners_do_not_clear_diversions(text, category):
    assert category in categories(text)


def test_an_incoming_text_raises_no_agent_violation():
    assert categories("加我微信，你傻逼啊", direction="incoming") == ["probe"]
    assert categories("我要打12315投诉", direction="outgoing") == []
    assert categories("我要打12315投诉", direction="incoming") == ["escalation"]


@pytest.mark.parametrize(
    ("text", "direction", "expected"),
    [
        (
            "五星好评截图返3元，加我微信 shop_abc123 领",
            "outgoing",
            ["review_manipulation", "contact_diversion"],
        ),
        ("别在平台拍，微信转我，身份证正反面也拍给我", "outgoing", ["offline_payment", "privacy"]),
        ("再不退钱我就打12315投诉，你加我微信谈", "incoming", ["escalation", "probe"]),
    ],
)
def test_two_violations_are_both_named(text, direction, expected):
    assert sorted(categories(text, direction=direction)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "老板你VX多少，以后我每周都订",
        "我手机 13800001111，货到之前打这个",
        "不走平台，我打你卡上行不",
        "有莆田货吗，鞋盒小票都齐的",
        "好评返多少",
        "我卡号 6222 0000 0000 0000 你打这张卡",
        "评价里那个说磨脚的，你能告诉我她电话吗",
    ],
)
def test_what_tempts_an_agent_brings_a_hint_with_a_safe_reply(text):
    (found,) = CHECKER.check(text, direction="incoming")
    assert (found.category, found.severity) == ("probe", "low")
    assert found.rewrite


@pytest.mark.parametrize(
    "text",
    [
        "您好",
        "您好，",
        "亲，您好",
        "亲，您好！",
        "售后",
        "他会处理的",
        "[自动回复]您好",
        "[图片]",
        "——会话开始——",
    ],
)
def test_greetings_nouns_and_page_furniture_bring_nothing(text):
    assert categories(text) == []


def test_probe_is_only_a_hint_with_a_safe_reply():
    (finding,) = CHECKER.check("可以加微信吗", direction="incoming")
    assert (finding.category, finding.severity) == ("probe", "low")
    assert finding.rewrite


def test_another_platforms_clause_is_not_named():
    clauses = [CHECKER.check("加我微信聊", platform=p)[0].clause for p in ("xianyu", "thelounge")]
    assert clauses == ["平台规则", "平台规则"]


def test_platform_chooses_the_clause_and_the_rules():
    here = CHECKER.check("加我微信聊", platform="pinduoduo")[0]
    there = CHECKER.check("加我微信聊", platform="kuaishou")[0]
    assert (here.clause, there.clause) == ("拼多多 聊天页提示", "快手 2.3")


def test_number_split_over_bubbles_is_read_together():
    turns = [Turn("shopper", "在吗"), Turn("agent", "138"), Turn("agent", "0000")]
    (finding,) = CHECKER.check("0000 打这个", turns=turns)
    assert finding.category == "contact_diversion"
    assert finding.disguised
    assert (finding.start, finding.matched[:4]) == (0, "0000")


def test_what_the_shopper_said_between_ends_the_joining():
    turns = [Turn("agent", "138"), Turn("shopper", "嗯"), Turn("agent", "0000")]
    assert categories("0000 打这个", turns=turns) == []


@pytest.mark.parametrize(
    ("text", "probability", "severities"),
    [
        ("您这理解能力，真是少见", 0.99, ["medium"]),
        ("您这理解能力，真是少见", 0.4, ["low"]),
        ("您这理解能力，真是少见", 0.1, []),
        ("他会处理的", 0.99, ["low"]),
        ("他会处理的", 0.4, []),
    ],
)
def test_judge_alone_warns_hints_or_stays_silent(text, probability, severities):
    checker = Checker(RULES, FixedJudge(rudeness=probability))
    assert [finding.severity for finding in checker.check(text)] == severities


def test_a_rule_that_supports_counts_only_with_the_judge():
    text = "断码清仓，买定离手，别来找"
    judged = [
        Checker(RULES, FixedJudge(refusal_of_rights=probability)).check(text)
        for probability in (0.6, 0.25, 0.04, 0.01)
    ]
    assert [[f.severity for f in found] for found in judged] == [["high"], ["low"], ["low"], []]
    assert [f.severity for f in CHECKER.check(text)] == ["low"]


def test_a_finding_of_the_judge_names_the_example_it_is_like():
    judge = FixedJudge(rudeness=0.9)
    vectors = np.array([[127, 0], [0, 127]], dtype=np.int8)
    examples = Examples(("rudeness", "rudeness"), ("这都看不懂", "买不起别问"), vectors)
    judge.parameters = replace(judge.parameters, examples=examples)
    judge._vectors_of = lambda texts: [np.array([0.1, 0.9], dtype=np.float32) for _ in texts]
    (found,) = Checker(RULES, judge).check("您这理解能力，真是少见")
    assert found.like == "买不起别问"
    assert found.as_json()["message"].endswith("（像例句“买不起别问”）")


def test_judge_vetoes_evidence_but_not_a_shop_rule(tmp_path):
    text = "加我微信聊"
    assert categories(text, Checker(RULES, FixedJudge(contact_diversion=0.01))) == []
    assert categories(text, Checker(RULES, FixedJudge(contact_diversion=0.25))) == [
        "contact_diversion"
    ]
    (weak,) = Checker(RULES, FixedJudge(contact_diversion=0.05)).check(text)
    assert weak.severity == "low"
    own = tmp_path / "rules.yaml"
    own.write_text(
        "rules: [{id: own.a, category: rudeness, severity: low, patterns: [聊], message: 别聊}]",
        encoding="utf-8",
    )
    rules = load_rules(Path(__file__).parents[2] / "scripts_library" / "rules", own)
    assert categories(text, Checker(rules, FixedJudge())) == ["rudeness"]


def test_half_typed_draft_waits():
    checker = Checker(RULES, FixedJudge(rudeness=0.9))
    assert categories("您 jia wei", checker, draft=True) == []
    begun = "您这样说话真的不太好吧"
    assert checker.check(begun, draft=True) == []
    (found,) = checker.check(begun + "，", draft=True)
    assert (found.category, found.severity) == ("rudeness", "low")


def test_empty_and_long_texts():
    assert categories("") == categories("  \n") == []
    assert categories("好" * 10_000) == []


def test_the_telling_clause_is_the_heaviest():
    weights = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], dtype=np.float32)
    assert telling_clause("您好，这个不行，再见", weights) == (3, 7)


def test_json_has_the_contract_fields():
    warning = CHECKER.check("加我微\u200b信聊")[0].as_json()
    assert {"category", "severity", "start", "end", "matched", "rule", "clause", "message"} <= set(
        warning
    )
    assert warning["disguised"] is True


def test_rendering_underlines_by_columns():
    text = "亲，加我微信聊"
    lines = rendered(3, text, CHECKER.check(text)).splitlines()
    assert lines[0] == "3: 亲，加我微信聊"
    assert lines[1].index("^") == width("3: 亲，")
    assert lines[1].count("^") >= width("加我微信")
    assert "快手 2.3" in lines[2]
    assert rendered(1, "好的", []) == ""
