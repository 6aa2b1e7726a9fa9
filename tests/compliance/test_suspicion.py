"""How loud the judge alone may be: two independent signs for a warning, never high."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from server.compliance.judge import Parameters
from server.compliance.suspicion import Suspicion, loudness

THRESHOLDS = {"rudeness": {"alone": 0.6, "hint": 0.2}}
PARAMETERS = Parameters(
    ("rudeness",),
    np.zeros(1, dtype=np.float32),
    1.0,
    (),
    {"thresholds": THRESHOLDS, "likeness": {"warning": 0.84, "hint": 0.8}},
)
SURE = Suspicion(
    "rudeness", 0.7, 0.7, likeliest=True, likeness=0.9, hidden=False, brief=False, draft=False
)


def _said(**changes):
    return loudness(replace(SURE, **changes), PARAMETERS)


def test_sure_and_like_an_example_is_a_warning():
    assert _said() == "medium"


@pytest.mark.parametrize(
    ("likeness", "said"), [(0.85, "medium"), (0.82, "low"), (0.5, None)], ids=str
)
def test_less_like_any_example_is_said_more_softly(likeness, said):
    assert _said(likeness=likeness) == said


def test_hidden_words_are_a_sign_without_likeness():
    assert _said(likeness=0.5, hidden=True) == "medium"
    assert _said(probability=0.3, any_probability=0.3, likeness=0.5, hidden=True) == "medium"


def test_a_doubt_between_two_categories_is_none_about_the_line():
    assert _said(probability=0.4, any_probability=0.97) == "medium"
    assert _said(probability=0.4, any_probability=0.6) == "low"
    assert _said(probability=0.4, any_probability=0.97, likeliest=False) == "low"


def test_few_signs_are_a_hint_at_most_unless_words_are_hidden():
    assert _said(brief=True) == "low"
    assert _said(brief=True, probability=0.4) is None
    assert _said(brief=True, hidden=True) == "medium"
    assert _said(brief=True, hidden=True, probability=0.4) == "low"


def test_what_is_still_typed_is_a_hint_at_most():
    every = product((0.3, 0.7, 1.0), (0.5, 0.82, 0.95), (False, True), (False, True))
    for probability, likeness, hidden, brief in every:
        said = _said(
            probability=probability,
            any_probability=1.0,
            likeness=likeness,
            hidden=hidden,
            brief=brief,
            draft=True,
        )
        assert said in ("low", None)


def test_below_the_hint_nothing_is_said():
    assert _said(probability=0.1, any_probability=1.0, hidden=True) is None


def test_a_judge_fitted_without_likeness_asks_for_none():
    older = replace(PARAMETERS, settings={"thresholds": THRESHOLDS})
    assert loudness(replace(SURE, likeness=0.1), older) == "medium"
