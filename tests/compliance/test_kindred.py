"""What a finding of the judge says to do: in the words of the kind that its examples are of."""

from pathlib import Path

import pytest

from server.compliance.kindred import Kindred
from server.compliance.matching import Matcher
from server.compliance.rule_files import load_rules

RULES = load_rules(Path(__file__).parents[2] / "scripts_library" / "rules")
KINDRED = Kindred(Matcher(RULES))
PROBE = RULES.judged["probe"]
CONTACTS = ["方便加个微信吗", "老板留个电话呗"]
FAKES = ["这个有没有高仿的", "你家有复刻版吗"]
UNREAD = "给弄个小票 要专柜的"


@pytest.mark.parametrize(
    "lines, kind",
    [
        (CONTACTS, "incoming.probe-contact"),
        (FAKES, "incoming.probe-fake"),
        ([UNREAD, *FAKES], "incoming.probe-fake"),
        ([FAKES[0], UNREAD, FAKES[1], *CONTACTS], "incoming.probe-fake"),
    ],
)
def test_two_likest_lines_of_one_kind_give_its_words(lines, kind):
    assert KINDRED.of_kind(PROBE, lines).id == kind


@pytest.mark.parametrize(
    "lines",
    [[], [UNREAD], FAKES[:1], [CONTACTS[0], *FAKES], [UNREAD, FAKES[0], CONTACTS[0]]],
)
def test_lines_that_do_not_agree_leave_the_general_words(lines):
    assert KINDRED.of_kind(PROBE, lines) is PROBE


def test_other_categories_keep_their_own_words():
    escalation = RULES.judged["escalation"]
    assert KINDRED.of_kind(escalation, ["今天不解决我就打12315"] * 2) is escalation
