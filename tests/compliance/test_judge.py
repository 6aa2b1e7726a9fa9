"""The judge that ships: its file, its verdicts on clear lines, how thresholds are chosen."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.base.errors import ConfigError
from server.compliance.checker import Checker
from server.compliance.features import BUCKETS, buckets, windows_of
from server.compliance.findings import INCOMING
from server.compliance.judge import Judge, read_parameters
from server.compliance.matching import levels_of
from server.compliance.rule_files import load_rules
from server.compliance.windows import LONGEST, windows
from server.fit.compliance_data import Line
from server.fit.figures import unseen_figures
from server.fit.thresholds import ALONE_RANGE, choose
from server.indexing.models import load_encoder

RULES = load_rules(Path(__file__).parents[2] / "scripts_library" / "rules")


@pytest.fixture(scope="module")
def checker():
    return Checker(RULES, Judge(load_encoder()))


def test_parameters_fit_together():
    parameters = read_parameters()
    assert parameters.nets
    for net in parameters.nets:
        assert net.grams.shape[0] == BUCKETS
        assert net.out.shape[1] == len(parameters.categories) + 1
    for category in parameters.categories:
        rule, support, hint, alone = (
            parameters.threshold(category, kind)
            for kind in ("with_rule", "with_support", "hint", "alone")
        )
        assert min(rule, support, hint) > 0
        assert max(rule, support, hint) <= alone < 1


def test_every_judged_category_says_what_its_finding_looks_like():
    assert set(RULES.judged) == set(read_parameters().categories)


def test_another_format_is_refused(tmp_path):
    (tmp_path / "judge.json").write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(ConfigError, match="bangda fit judge"):
        read_parameters(tmp_path / "judge.npz")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("走平台要扣点的，咱们私下走，我直接给您发货", "offline_payment"),
        ("亲，这个是高仿的，跟专柜一模一样", "counterfeit_hint"),
        ("你是不是有病啊，都说了今天发", "rudeness"),
        ("不改评价我就天天给你打电话", "harassment"),
        ("五星好评带图，截图发我返3元", "review_manipulation"),
        ("喝一个疗程血糖就下来了，我爸都停药了", "medical_claim"),
        ("特价商品一经售出概不退换", "refusal_of_rights"),
        ("把验证码发我，我帮您操作退款", "privacy"),
        ("tui款原因选不想要了，别选zhi量问题", "fake_trade"),
    ],
)
def test_clear_violations_are_found(checker, text, category):
    assert category in {finding.category for finding in checker.check(text)}


@pytest.mark.parametrize(
    "text",
    [
        "在的亲，您说",
        "160、50公斤的话我建议M码",
        "差评不用删，鞋底开胶是我们的问题",
        "验证码千万别告诉任何人，包括我们",
        "拆开看看没关系的，不影响二次销售就能退",
        "尾款在订单里付，送货师傅不收钱",
    ],
)
def test_fine_lines_bring_no_warning(checker, text):
    assert [f for f in checker.check(text) if f.severity != "low"] == []


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("加我微信 damu_77，钱直接转过来，比这儿少三十", {"contact_diversion", "offline_payment"}),
        ("先点确认收货再给个五星，货到了红包补你", {"fake_trade", "review_manipulation"}),
    ],
)
def test_of_two_offences_both_are_named(checker, text, both):
    found = {finding.category for finding in checker.check(text) if finding.severity != "low"}
    assert both <= found
    for finding in checker.check(text):
        assert text[finding.start : finding.end] == finding.matched


EASED = {"不清楚。", "这是正品吗", "这么便宜是假的吧", "帮我查下我朋友的订单", "明天能到吗"}
"""Examples of rules that are everyday questions or words as well: the judge lets them pass."""


def test_the_judge_takes_no_example_of_a_rule_away(checker):
    missed = {
        text
        for rule in checker.ruleset.rules
        if rule.fact is None
        for text in rule.violating
        if rule.category not in {f.category for f in checker.check(text, direction=rule.direction)}
    }
    assert missed <= EASED


def test_spans_of_the_judge_stand_in_the_text(checker):
    text = "呵，您这理解能力🙂，读书的时候语文是体育老师教的吧"
    for finding in checker.check(text):
        assert text[finding.start : finding.end] == finding.matched != ""


def test_prepared_vectors_give_the_same_findings(checker):
    texts = ["加我微信聊", "您放心，明天一定到", "好的"]
    single = [checker.check(text) for text in texts]
    checker.prepare(texts)
    assert [checker.check(text) for text in texts] == single


LONG = (
    "您好，这款面料是锦纶，防泼水的，您身高165体重55公斤的话建议拍M码。"
    "喜欢宽松就拍L码，四点前付款的话当天能发出，一般两到三天到。{}有问题随时在这里找我。"
)


def test_a_violation_within_a_long_reply_is_found_where_it_stands(checker):
    sentence = "走平台要扣点的，咱们私下走，我直接给您发货。"
    text = LONG.format(sentence)
    found = [f for f in checker.check(text) if f.category == "offline_payment"]
    assert found
    assert all(text.index(sentence) <= f.start < f.end <= text.index("有问题") for f in found)
    assert [f for f in checker.check(LONG.format("")) if f.severity != "low"] == []


def test_a_draft_that_grows_embeds_only_its_last_window():
    asked = []

    class Counting:
        encoder = load_encoder()

        def encode_query(self, sentences):
            asked.extend(sentences)
            return self.encoder.encode_query(sentences)

    checker = Checker(RULES, Judge(Counting()))
    text = LONG.format("")
    checker.check(text)
    asked.clear()
    checker.check(text + "祝您愉快")
    assert len(asked) == 1
    assert len(asked[0]) <= LONGEST
    asked.clear()
    checker.check(text)
    assert asked == []


def test_invisible_signs_alone_are_no_finding(checker):
    assert checker.check("\u200b\u200d") == []


@given(st.text(alphabet="加微信好的，。！ab\n~ ", max_size=200))
def test_windows_cover_a_text_without_gaps_in_bounded_pieces(text):
    spans = windows(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(end - start <= 2 * LONGEST for start, end in spans)
    if len(text) <= LONGEST:
        assert len(spans) <= 1


@given(st.text(alphabet="加微信好的，。", min_size=LONGEST + 1, max_size=120), st.text(max_size=30))
def test_a_text_that_grows_keeps_the_windows_before_its_last(text, more):
    assert windows(text + more)[: len(windows(text)) - 1] == windows(text)[:-1]


def test_features_do_not_depend_on_order_or_process():
    assert buckets("加我微信").tolist() == sorted(set(buckets("加我微信").tolist()))
    assert buckets("甲")[0] == buckets("甲")[0]


def test_a_rule_counts_in_the_window_that_it_hit():
    text = LONG.format("走平台要扣点的，咱们私下走，我直接给您发货。")
    hits = Checker(RULES).hits(levels_of(text), "outgoing")
    read = windows_of(levels_of(text), hits, ("offline_payment", "privacy"))
    told = [window.text for window in read if window.side[0]]
    assert told
    assert told == [window.text for window in read if "私下走" in window.text]
    assert not any(window.side[1] for window in read)


def _line(index, label, category, style="plain", text=""):
    direction = "incoming" if category in INCOMING else "outgoing"
    return Line(text or f"这是够长的第{index}句话", category, label, style, direction, f"f{index}")


def test_few_signs_are_counted_as_they_are_served():
    lines = [_line(n, "violating", "rudeness") for n in range(10)]
    lines += [_line(n, "normal", "none", text="他会处理的") for n in range(10, 50)]
    scores = np.full((50, 1), 0.9, dtype=np.float32)
    fired = np.zeros((50, 1), dtype=bool)
    chosen = choose(lines, scores, fired, fired, ["rudeness"])
    figures = unseen_figures(lines, scores, fired, fired, ["rudeness"], chosen)
    assert figures["recall"]["plain"] == {"n": 10, "warned": 1.0, "hinted": 1.0}
    assert figures["flagged"]["normal"] == {"n": 40, "warned": 0.0, "hinted": 1.0}


def test_thresholds_buy_recall_within_the_budget():
    lines = [_line(n, "violating", "rudeness") for n in range(10)]
    lines += [_line(n, "near_miss", "rudeness") for n in range(10, 50)]
    lines += [_line(n, "normal", "none") for n in range(50, 90)]
    scores = np.full((90, 1), 0.05, dtype=np.float32)
    scores[:8, 0] = 0.8
    scores[8:10, 0] = 0.2
    scores[10:14, 0] = 0.3
    fired = np.zeros((90, 1), dtype=bool)
    chosen = choose(lines, scores, fired, fired, ["rudeness"])
    lowest, highest = ALONE_RANGE
    assert lowest <= chosen["rudeness"]["alone"] <= highest
    assert chosen["rudeness"]["hint"] <= chosen["rudeness"]["alone"]
    figures = unseen_figures(lines, scores, fired, fired, ["rudeness"], chosen)
    assert figures["recall"]["plain"] == {"n": 10, "warned": 0.8, "hinted": 1.0}
    assert figures["flagged"]["near_miss"]["warned"] == 0.0


def test_a_text_is_judged_once_and_anew_where_a_rule_hit_it():
    encoder = load_encoder()
    judge = Judge(encoder)
    levels = levels_of("加我微信发您实拍图")
    hits = Checker(RULES).hits(levels, "outgoing")
    assert hits
    first = judge.judgements(levels, hits, "outgoing")
    assert judge.judgements(levels, hits, "outgoing") is first
    assert judge.judgements(levels, [], "outgoing") is not first
    assert judge.judgements(levels, hits, "incoming").keys().isdisjoint(first)
