"""What a lead should mend, worked out by hand on a small shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from server.compliance.checker import Checker
from server.compliance.clearance import Clearance
from server.compliance.rules import Rule, RuleSet
from server.curation.health import KINDS, health, lasting_marks, near_marks, passing_marks
from server.curation.near import comparisons, near_pairs
from server.curation.replacing import Replacing, replaced
from server.indexing.vector_cache import VectorCache
from server.library import Fact, Script, Shop, parse_moment
from server.scripts_index import ScriptsIndex, build_index
from tests.support import CharacterEncoder

NOW = datetime(2026, 11, 30, 12, 0)
ANSWERED = {"questions": ("几点发货",), "tests": ("发货时间",)}


def script(script_id: str, reply: str = "好的", **fields: object) -> Script:
    values = ANSWERED | {"questions": (f"{script_id}怎么办",)} | fields
    return Script(script_id, reply, **values)  # type: ignore[arg-type]


def shop(*scripts: Script, **fields: object) -> Shop:
    return Shop("s", platforms=("kuaishou", "douyin"), scripts=scripts, **fields)  # type: ignore[arg-type]


def rules(*platforms: str) -> Checker:
    rule = Rule("x.word", "rudeness", "high", ("滚",), "不文明", platforms=platforms)
    return Checker(RuleSet((rule,), {}, {}, {}))


def indexed(scripts: tuple[Script, ...]) -> ScriptsIndex:
    return build_index(scripts, VectorCache(None, CharacterEncoder()))


def kinds_of(one: Shop, checker: Checker | None = None) -> dict[str, list[str]]:
    marks = lasting_marks(one, Clearance(checker or rules(), one))
    found = health(one, marks, passing_marks(one, NOW, {}, ()))
    return {script_id: [mark.kind for mark in held] for script_id, held in found.marks.items()}


def fact(**fields: str) -> dict[str, Fact]:
    moments = {name: parse_moment(text) for name, text in fields.items()}
    return {"时效": Fact("时效", "48小时", **moments)}


@pytest.mark.parametrize(
    ("made", "facts", "kinds"),
    [
        pytest.param(script("a"), {}, None, id="well"),
        pytest.param(script("a", "你滚"), {}, ["barred"], id="against a rule"),
        pytest.param(script("a", "{没有}"), {}, ["variable"], id="unknown variable"),
        pytest.param(script("a", "发{时效"), fact(), ["variable"], id="open brace"),
        pytest.param(script("a", "{时效}"), fact(valid_until="2026-11-29"), ["fact_ended"],
                     id="fact ended"),
        pytest.param(script("a", "{时效}"), fact(valid_from="2026-12-02"), ["fact_ended"],
                     id="fact to come"),
        pytest.param(script("a", "好", variants=("{时效}",)), fact(valid_until="2026-11-29"),
                     ["fact_ended"], id="fact in another wording"),
        pytest.param(script("a", "{时效}"), fact(valid_until="2026-12-02"), ["fact_ending"],
                     id="fact ends soon"),
        pytest.param(script("a", valid_until=parse_moment("2026-11-29")), {}, ["ended"],
                     id="ended"),
        pytest.param(script("a", valid_until=parse_moment("2026-12-01")), {}, ["ending"],
                     id="ends soon"),
        pytest.param(script("a", valid_from=parse_moment("2026-12-10")), {}, ["later"],
                     id="out of season"),
        pytest.param(script("a", reviewed="2026-01-01"), {}, ["stale"], id="stale"),
        pytest.param(script("a", questions=()), {}, ["no_questions"], id="no questions"),
        pytest.param(script("a", tests=()), {}, ["no_tests"], id="no tests"),
    ],
)  # fmt: skip
def test_marks_of_one_script(made: Script, facts: dict[str, Fact], kinds: list[str] | None) -> None:
    assert kinds_of(shop(made, facts=facts)) == ({"a": kinds} if kinds else {})


def test_a_rule_of_one_platform_marks_that_platform() -> None:
    one = shop(script("a", "滚"), script("b", "滚", platforms=("douyin",)))
    found = health(one, lasting_marks(one, Clearance(rules("kuaishou"), one)))
    assert found.platforms["barred"] == {"kuaishou": 1}
    assert found.scripts["barred"] == ("a",)


def test_a_conflict_names_the_other_on_both_sides() -> None:
    one = shop(script("a", "甲", **ANSWERED), script("b", "乙", **ANSWERED))
    marks = lasting_marks(one, Clearance(rules(), one))
    assert [(m.names, m.other) for m in marks["a"]] == [("几点发货", "b")]
    assert [(m.names, m.other) for m in marks["b"]] == [("几点发货", "a")]


def test_unused_is_said_of_a_shop_that_uses_its_scripts_and_of_no_young_one() -> None:
    one = shop(script("used"), script("old"), script("young"))

    def unused(uses: dict[str, int]) -> set[str]:
        return set(passing_marks(one, NOW, uses, {"young"}))

    assert unused({"used": 3}) == set()
    assert unused({"used": 80}) == {"old"}


def test_marks_stand_worst_first_and_are_counted_once_a_script() -> None:
    one = shop(script("a", "你滚，{没有}", tests=(), questions=()), script("b", "你滚"))
    assert kinds_of(one)["a"] == ["barred", "variable", "no_questions", "no_tests"]
    found = health(one, lasting_marks(one, Clearance(rules(), one)))
    assert {kind: found.count(kind) for kind in KINDS if found.count(kind)} == {
        "barred": 2, "variable": 1, "no_questions": 1, "no_tests": 1,
    }  # fmt: skip


def test_near_scripts_are_found_once_and_carried_to_the_next_version() -> None:
    scripts = (
        script("a", "答甲", questions=("羊毛衫能不能机洗呢",)),
        script("b", "答乙", questions=("羊毛衫能不能机洗吗",)),
        script("c", "答甲", questions=("开不开发票",)),
    )
    index = indexed(scripts)
    found = near_pairs(index)
    replies = [(pair.one, pair.other) for pair in found if pair.text == "答甲"]
    assert replies == [("a", "c")]
    compared = {(s.id, s.version) for s in scripts}
    assert comparisons(index, compared) == 0
    assert near_pairs(index, found, compared) == found
    changed = (replace(scripts[0], reply="答丙"), *scripts[1:])
    again = near_pairs(indexed(changed), found, compared)
    assert ("a", "c") not in [(pair.one, pair.other) for pair in again]
    marks = near_marks(found)
    assert [mark.other for mark in marks["c"]] == ["a"]


def test_nearly_the_same_question_is_near_and_the_same_one_is_not() -> None:
    long = "请问这件羊毛衫买回去以后可以直接放进洗衣机里面洗涤吗"
    scripts = (
        script("a", "答甲", questions=(long,)),
        script("b", "答乙", questions=(f"{long}呢",)),
        script("c", "答丙", questions=(long,)),
    )
    found = near_pairs(indexed(scripts))
    assert [(pair.one, pair.other) for pair in found] == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(
    ("wanted", "reply", "questions"),
    [
        (Replacing("顺丰", "中通", ("wordings",)), "发中通", ("发顺丰吗",)),
        (Replacing("顺丰", "中通", ("wordings", "questions")), "发中通", ("发中通吗",)),
        (Replacing("发顺丰吗", "", ("questions",)), "发顺丰", ()),
        (Replacing(".", "x", ("wordings",)), "发顺丰", ("发顺丰吗",)),
    ],
    ids=["replies", "questions too", "a question taken out", "no pattern"],
)
def test_replaced_where_it_was_asked_for(
    wanted: Replacing, reply: str, questions: tuple[str, ...]
) -> None:
    old = script("a", "发顺丰", questions=("发顺丰吗",))
    new = wanted.of(old)
    assert (new.reply, new.questions) == (reply, questions)


def test_only_what_changes_is_shown() -> None:
    scripts = [script("a", "用SF发"), script("b", "用中通")]
    found = replaced(scripts, Replacing("sf", "顺丰", ("wordings",)))
    assert [(old.id, new.reply) for old, new in found] == [("a", "用顺丰发")]
    assert replaced(scripts, Replacing("sf", "顺丰", ("wordings",), exact=True)) == []


def test_what_was_found_holds_on_while_rules_and_facts_do() -> None:
    asked: list[str] = []

    class Counting(Checker):
        def check(self, text: str, **about: object) -> list[object]:  # type: ignore[override]
            asked.append(text)
            return []

    checker = Counting(RuleSet((), {}, {}, {}))
    one = shop(script("a", "甲"), script("b", "乙"))
    first = Clearance(checker, one)
    for held in one.scripts:
        first.findings(held, "douyin")
    changed = replace(one, scripts=(one.scripts[0], replace(one.scripts[1], reply="丙")))
    second = Clearance(checker, changed, first)
    for held in changed.scripts:
        second.findings(held, "douyin")
    assert asked == ["甲", "乙", "丙"]
    third = Clearance(checker, replace(changed, facts=fact()), second)
    third.findings(changed.scripts[0], "douyin")
    assert asked[3:] == ["甲"]
