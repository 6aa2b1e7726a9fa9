"""Rule files: the shipped ones hold their own examples, broken ones are refused whole."""

from pathlib import Path

import pytest

from server.base.errors import LibraryError
from server.base.platforms import PLATFORMS
from server.compliance.matching import Matcher, levels_of
from server.compliance.rule_files import load_rules

SHIPPED = Path(__file__).parents[2] / "scripts_library" / "rules"
RULES = load_rules(SHIPPED)
MATCHER = Matcher(RULES)

GOOD = """
clauses:
  c1: {source: 甲, number: "1"}
words:
  水果: [苹果, 梨]
rules:
  - id: fruit.talk
    category: rudeness
    severity: medium
    clause: c1
    patterns: ['烂{水果}']
    message: 别说烂水果
    examples: {violating: [你个烂苹果], near_miss: [苹果很甜]}
"""


def rule_ids(text):
    hits = [hit for side in ("outgoing", "incoming") for hit in MATCHER.hits(levels_of(text), side)]
    return {hit.rule.id for hit in hits}


@pytest.mark.parametrize(
    ("rule_id", "text"),
    [(rule.id, text) for rule in RULES.rules for text in rule.violating],
)
def test_shipped_rule_finds_its_violations(rule_id, text):
    assert rule_id in rule_ids(text)


@pytest.mark.parametrize(
    ("rule_id", "text"),
    [(rule.id, text) for rule in RULES.rules for text in rule.near_miss],
)
def test_shipped_rule_spares_its_near_misses(rule_id, text):
    assert rule_id not in rule_ids(text)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_shipped_rules_are_complete(rule):
    assert rule.violating
    assert rule.near_miss
    assert rule.clause in RULES.clauses
    assert rule.version >= 1
    assert set(rule.clause_by_platform) <= set(PLATFORMS)


def test_kuaishou_clauses_are_there_in_full():
    for number in range(3, 11):
        clause = RULES.clauses[f"ks-2.{number}"]
        assert clause.quote
        assert clause.since == "2021-09-01"


def written(tmp_path, text, own=None):
    folder = tmp_path / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    shop_file = tmp_path / "rules.yaml"
    if own is not None:
        shop_file.write_text(own, encoding="utf-8")
    return load_rules(folder, shop_file)


def test_good_file_loads(tmp_path):
    (rule,) = written(tmp_path, GOOD).rules
    assert rule.id == "fruit.talk"
    assert rule.direction == "outgoing"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("category: rudeness", "category: nonsense"), "R003"),
        (("severity: medium", "severity: awful"), "R006"),
        (("烂{水果}", "烂(水果"), "R004"),
        (("烂{水果}", "烂{蔬菜}"), "R004"),
        (("烂{水果}", "(?:烂)*"), "R004"),
        (("烂{水果}", "(烂+)+$\\1"), "R004"),
        (("烂{水果}", "(?:(?:烂{1,500}){1,500}){1,500}"), "R004"),
        (("clause: c1", "clause: c2"), "R005"),
        (("near_miss: [苹果很甜]", "near_miss: [你个烂苹果]"), "R008"),
        (("message: 别说烂水果", "messages: 别说"), "R001"),
        (("near_miss: [苹果很甜]", "near_miss: []"), "R009"),
        (("violating: [你个烂苹果]", "violating: [苹果很甜啊]"), "R011"),
        (("near_miss: [苹果很甜]", "near_miss: [真是个烂苹果]"), "R012"),
        (("severity: medium", "severity: medium\n    platforms: [mars]"), "R006"),
        (("rules:", "rules: [}"), "R001"),
    ],
)
def test_bad_file_is_refused_with_its_code(tmp_path, change, code):
    with pytest.raises(LibraryError) as caught:
        written(tmp_path, GOOD.replace(*change))
    assert code in {problem.code for problem in caught.value.problems}


def test_platforms_are_known_by_their_names(tmp_path):
    text = GOOD.replace("severity: medium", "severity: medium\n    platforms: [拼多多, PDD, 抖店]")
    (rule,) = written(tmp_path, text).rules
    assert set(rule.platforms) == {"pinduoduo", "douyin"}


def test_every_finding_is_listed_at_once(tmp_path):
    bad = GOOD.replace("category: rudeness", "category: x").replace("clause: c1", "clause: y")
    with pytest.raises(LibraryError) as caught:
        written(tmp_path, bad)
    assert {"R003", "R005"} <= {problem.code for problem in caught.value.problems}
    assert all(problem.line > 0 for problem in caught.value.problems)


def test_same_id_twice_is_refused(tmp_path):
    twice = GOOD + GOOD.split("rules:\n")[1]
    with pytest.raises(LibraryError, match="R007"):
        written(tmp_path, twice)


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(LibraryError, match="R001"):
        load_rules(tmp_path)


def test_shop_switches_off_softens_and_adds(tmp_path):
    own = """
off: [fruit.talk]
rules:
  - {id: own.word, category: rudeness, severity: low, patterns: [破烂货], message: 别这么说}
"""
    rules = written(tmp_path, GOOD, own)
    assert [rule.id for rule in rules.rules] == ["own.word"]
    assert rules.rules[0].strength == "decides"
    softer = written(tmp_path, GOOD, "severity: {fruit.talk: low}")
    assert softer.rules[0].severity == "low"


@pytest.mark.parametrize(
    "own", ["off: [unknown.rule]", "off: [fruit.talk]\nseverity: {fruit.talk: low}"]
)
def test_contradictory_shop_file_is_refused(tmp_path, own):
    with pytest.raises(LibraryError, match="R010"):
        written(tmp_path, GOOD, own)
