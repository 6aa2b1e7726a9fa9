"""Whatever the checker and the ranking say has an English form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.base.config import shipped
from server.compliance.findings import CATEGORIES
from server.compliance.rule_files import load_rules
from server.desk import english


def test_every_category_has_its_words() -> None:
    assert set(english.CATEGORIES) == set(CATEGORIES)


def test_every_clause_is_said_without_a_chinese_sign() -> None:
    rules = load_rules(shipped("scripts_library") / "rules")
    shown = [clause.shown for clause in rules.clauses.values()]
    assert len(shown) > 20
    assert [one for one in shown if not english.clause(one).isascii()] == []
    assert english.clause("广告法 第二十八条") == "Advertising Law Art. 28"
    assert english.clause("快手 2.3") == "Kuaishou 2.3"


@pytest.mark.parametrize("module", ["server/suggest.py", "server/desk/procedure.py"])
def test_every_reason_that_is_written_is_known(module: str) -> None:
    text = (Path(__file__).parents[2] / module).read_text(encoding="utf-8")
    phrases = re.findall(r'(?:return|why =|else) f?"([^"]*[\u4e00-\u9fff][^"]*)"', text)
    assert phrases
    for phrase in phrases:
        said = english.reason(re.sub(r"\{[^}]*\}", "7", phrase))
        assert not re.search(r"[\u4e00-\u9fff]", said), phrase
