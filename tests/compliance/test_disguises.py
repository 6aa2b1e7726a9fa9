"""Hidden words are a sign of their own: with it a suspicion of the judge is a warning."""

from pathlib import Path

import pytest

from server.compliance.checker import Checker
from server.compliance.disguises import hides_words
from server.compliance.judge import Judge, Judgement, Like
from server.compliance.matching import levels_of
from server.compliance.rule_files import load_rules
from server.indexing.models import load_encoder

RULES = load_rules(Path(__file__).parents[2] / "scripts_library" / "rules")
HIDDEN = "这批di瓜特别好，放心囤"
OPEN = "这批地瓜特别好，放心囤"


@pytest.mark.parametrize(
    "text",
    [
        HIDDEN,
        "这 批 货 放心囤",
        "放.心囤",
        "放❤心囤",
        "来聊🐧",
        "🅥一下",
        "葆证金退您",
    ],
)
def test_words_written_for_people_and_not_for_filters(text):
    assert hides_words(text, levels_of(text))


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        "好的 谢谢 稍等",
        "尺码 M L XL 都有，腰围 68-72",
        "V领、T恤、U型枕、5cm厚、3kg一袋",
        "app里点一下，说明书是pdf的",
        "棉/麻混纺，黑/白两色",
        "感谢支持❤️",
        "https://item.jd.com/1000123.html 这款是您要的",
        "ＸＬ码有货",
    ],
)
def test_ordinary_ways_to_write_are_no_disguise(text):
    assert not hides_words(text, levels_of(text))


class _Suspicious(Judge):
    """Says of every text the same of one category, and that it is just like an example."""

    def __init__(self, probability):
        super().__init__(load_encoder())
        self._probability = probability

    def judgements(self, levels, hits, direction):
        whole = (0, len(levels[-1].text))
        return {"rudeness": Judgement(self._probability, whole)}

    def nearest_examples(self, part, category, count):
        return [Like("滚", 1.0)]


def _severities(text, kind, *, draft=False):
    probability = Judge(load_encoder()).parameters.threshold("rudeness", kind)
    checker = Checker(RULES, _Suspicious(probability))
    return [finding.severity for finding in checker.check(text, draft=draft)]


def test_a_suspicion_warns_only_when_words_are_hidden():
    assert _severities(OPEN, "hint") == ["low"]
    assert _severities(HIDDEN, "hint") == ["medium"]
    assert _severities(HIDDEN, "hint", draft=True) == ["low"]


def test_the_judge_alone_never_says_high():
    assert _severities(OPEN, "alone") == ["medium"]
    assert _severities(HIDDEN, "alone") == ["medium"]


def test_few_signs_need_more_than_likeness():
    assert _severities("地瓜好", "alone") == ["low"]
    assert _severities("地瓜好", "hint") == []
    assert _severities("地gua好", "alone") == ["medium"]
    assert _severities("地gua好", "hint") == ["low"]
