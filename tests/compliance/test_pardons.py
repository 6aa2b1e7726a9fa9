"""What a shop's QA called a false alarm: silent there, unchanged elsewhere, never a rule of law."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from server.compliance.assembly import judge_for, rules_of
from server.compliance.checker import Checker
from server.compliance.pardons import Pardons
from server.indexing.models import load_encoder

SHIPPED = Path(__file__).parents[2] / "scripts_library"
OWN = "shop-a"


class _ByLength:
    """Vectors by the number of signs: texts of the same length are alike."""

    def vectors(self, texts):
        return np.array([[1.0, 0.0] if len(text) % 2 else [0.0, 1.0] for text in texts])


@pytest.mark.parametrize(("part", "covered"), [("甲乙丙", True), ("丁戊己", True), ("甲乙", False)])
def test_what_is_like_a_pardoned_text_is_covered(part, covered):
    pardons = Pardons({"rudeness": ("甲乙丙",)})
    assert pardons.cover(part, "rudeness", _ByLength()) is covered


def test_another_category_is_not_covered():
    assert not Pardons({"rudeness": ("甲乙丙",)}).cover("甲乙丙", "privacy", _ByLength())


@pytest.fixture
def library(tmp_path):
    shutil.copytree(SHIPPED / "rules", tmp_path / "rules")
    (tmp_path / OWN).mkdir()
    return tmp_path


@pytest.fixture(scope="module")
def judge():
    return judge_for(load_encoder())


# A day of one shop: what its agents say again and again, with what the judge makes of it alone.
SAID = (
    "页面做那么长，总归是有人写过的",
    "页面做那么长呢，总归有人写过",
    "着急也没用，您就慢慢等着",
)
GRAVE = ("亲，加我微信 shop_abc123，我把实拍图发您", "你是不是有病啊，都说了今天发")


def _alone(checker, texts):
    """How many of `texts` the judge alone speaks of."""
    found = [finding for text in texts for finding in checker.check(text)]
    return sum(finding.rule.startswith("judge.") for finding in found)


def test_a_verdict_changes_the_judgement_of_that_shop_alone(library, judge):
    before = _alone(Checker(rules_of(library, OWN), judge), SAID)
    assert before >= 2
    own = library / OWN / "rules.yaml"
    own.write_text(
        f"examples: {{judge.passive_service: {{near_miss: ['{SAID[0]}']}}}}", encoding="utf-8"
    )
    pardoned = Checker(rules_of(library, OWN), judge)
    assert _alone(pardoned, SAID) < before
    assert _alone(pardoned, SAID[:1]) == 0
    assert _alone(Checker(rules_of(library), judge), SAID) == before
    own.unlink()
    assert _alone(Checker(rules_of(library, OWN), judge), SAID) == before


def test_a_verdict_never_hides_what_a_rule_finds(library, judge):
    (library / OWN / "rules.yaml").write_text(
        "examples:\n"
        f"  contact.wechat: {{near_miss: ['{GRAVE[0]}']}}\n"
        f"  rude.insult: {{near_miss: ['{GRAVE[1]}']}}\n",
        encoding="utf-8",
    )
    checker = Checker(rules_of(library, OWN), judge)
    found = [{(f.category, f.severity) for f in checker.check(text)} for text in GRAVE]
    assert ("contact_diversion", "high") in found[0]
    assert ("rudeness", "high") in found[1]


def test_a_misshapen_example_keeps_no_shop_from_serving(library):
    (library / OWN / "rules.yaml").write_text(
        "examples: {judge.rudeness: {near_miss: }}", encoding="utf-8"
    )
    assert rules_of(library, OWN).pardoned == {}
