"""A text being typed: what may still become harmless is not warned of."""

from pathlib import Path

import pytest

from server.compliance.assembly import checker_of
from server.compliance.checker import Checker
from server.compliance.drafts import finished, finished_part, half_typed
from server.compliance.judge import Judge
from server.compliance.matching import levels_of
from server.indexing.models import load_encoder

ROOT = Path(__file__).parents[2]
_REPLIES = 500


@pytest.fixture(scope="module")
def checker():
    return checker_of(ROOT / "scripts_library", load_encoder())


@pytest.mark.parametrize(
    ("text", "end"), [("您好，加微", 3), ("加微信", 0), ("好的。", 3), ("好？行，x", 4)]
)
def test_only_what_a_break_closes_is_finished(text, end):
    assert finished(text) == end


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("亲，在的。，有", "亲，在的。"),
        ("亲，在的", "亲，"),
        ("在", ""),
        ("。。。", "。"),
        ("", ""),
    ],
)
def test_several_breaks_end_a_clause_once(text, part):
    assert finished_part(text) == part


@pytest.mark.parametrize(
    ("text", "half"), [("您 jia wei", True), ("您", True), ("加微信", False), ("abc 1", False)]
)
def test_letters_of_an_input_method_are_half_a_word(text, half):
    assert half_typed(text) is half


@pytest.mark.parametrize(
    "text",
    [
        "加微信",
        "亲，加微信",
        "您的单号是",
        "订单号 13800000000",
        "地址：",
        "我们不做好评返现，给好评",
    ],
)
def test_what_may_become_harmless_is_no_warning(checker, text):
    assert [f for f in checker.check(text, draft=True) if f.severity != "low"] == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("亲，加我微信 shop_abc123，我把实拍图发您", "contact_diversion"),
        ("您别在平台拍，直接转我支付宝，便宜二十", "offline_payment"),
        ("亲爱的{昵称}，今天发货", "unfilled_variable"),
        ("{订单号}已发出", "unfilled_variable"),
        ("亲加我微信 shop_abc123呀", "contact_diversion"),
    ],
)
def test_what_is_said_is_warned_of_while_the_rest_is_typed(checker, text, category):
    found = {finding.category: finding.severity for finding in checker.check(text, draft=True)}
    assert found.get(category) == "high"


def test_ordinary_replies_typed_sign_by_sign_raise_no_alarm(checker):
    """No high at any prefix, and no medium that the whole line does not have."""
    raised = []
    for reply in _replies():
        whole = {f.category for f in checker.check(reply) if f.severity != "low"}
        for end in range(2, len(reply) + 1):
            # What the judge says of a draft by itself is a hint at most: see test_checker.
            if not checker.hits(levels_of(reply[:end]), "outgoing"):
                continue
            for finding in checker.check(reply[:end], draft=True):
                unforeseen = finding.severity == "medium" and finding.category not in whole
                if finding.severity == "high" or unforeseen:
                    raised.append((reply[:end], finding.rule, finding.severity))
    assert raised == []


def _replies():
    """Held-out replies that nothing was fitted on, long ones first: they have the most prefixes."""
    lines = [
        line
        for path in sorted((ROOT / "knowledge" / "compliance").glob("ordinary_agent_*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return sorted(lines, key=len, reverse=True)[:_REPLIES]


def test_an_open_quotation_is_nobodys_words_yet(checker):
    begun, ended = "亲，有买家收到过“好评返现三元", "亲，有买家收到过“好评返现三元”的骗局短信，别信"
    assert not [f for f in checker.check(begun, draft=True) if f.severity != "low"]
    assert not [f for f in checker.check(ended) if f.severity != "low"]


class _Counting:
    """Counts what is embedded."""

    def __init__(self):
        self._encoder = load_encoder()
        self.embedded = []

    def encode_query(self, sentences):
        self.embedded += sentences
        return self._encoder.encode_query(sentences)


def test_a_reply_that_is_typed_on_embeds_nothing_until_a_clause_ends(checker):
    encoder = _Counting()
    counted = Checker(checker.ruleset, Judge(encoder))
    reply, added = "亲，这款是纯棉的，机洗手洗都可以。", "，给您拍个近照"
    counted.check(reply)
    encoder.embedded.clear()
    for letter in range(1, len(added) + 1):
        assert counted.check(reply + added[:letter], draft=True) == []
    assert encoder.embedded == []
    counted.check(reply + added + "。", draft=True)
    assert len(encoder.embedded) == 1


def test_what_a_rule_finds_behind_the_last_break_is_judged_at_once(checker):
    found = checker.check("亲，你加我微信wx_demo01聊吧", draft=True)
    assert [finding.category for finding in found] == ["contact_diversion"]
