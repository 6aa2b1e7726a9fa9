"""The checker's own safe wordings are safe: none trips a rule or the judge."""

from pathlib import Path

import pytest

from server.compliance.assembly import checker_of
from server.compliance.rule_files import load_rules
from server.indexing.models import load_encoder

ROOT = Path(__file__).parents[2] / "scripts_library"
RULES = load_rules(ROOT / "rules")
REWRITES = sorted({rule.rewrite for rule in (*RULES.rules, *RULES.judged.values()) if rule.rewrite})


@pytest.fixture(scope="module")
def checker():
    made = checker_of(ROOT, load_encoder())
    made.prepare(REWRITES)
    return made


@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_rewrite_brings_no_warning(checker, rewrite):
    findings = checker.check(rewrite)
    assert [(f.rule, f.severity) for f in findings if f.severity != "low"] == []


def test_nearly_every_rule_has_a_rewrite():
    without = {rule.category for rule in RULES.rules if not rule.rewrite}
    assert without <= {"illegal_content", "unfilled_variable"}
