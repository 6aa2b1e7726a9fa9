"""How like an approved example a violating line is that its own family does not stand for."""

import numpy as np
import pytest

from server.fit.compliance_data import Line
from server.fit.judge import JUDGED, Prepared
from server.fit.judge_files import LIKENESS_LOST, examples_of, likeness_floors


def _prepared(vectors):
    rows = len(vectors)
    return Prepared(
        owner=np.arange(rows),
        vectors=np.array(vectors, dtype=np.float32),
        side=np.zeros((rows, 1), dtype=np.float32),
        grams=tuple(np.zeros(0, dtype=np.int64) for _ in range(rows)),
        targets=np.zeros(rows, dtype=np.int64),
        learned=np.ones(rows, dtype=bool),
        answers=np.ones((rows, len(JUDGED) + 1), dtype=bool),
        proven=np.zeros((rows, len(JUDGED)), dtype=bool),
        mean=np.zeros(2, dtype=np.float32),
        scale=1.0,
    )


def _line(text, family, label="violating"):
    return Line(text, "rudeness", label, "plain", "outgoing", f"rudeness/{family}")


LINES = [_line("甲", "a"), _line("乙", "a"), _line("丙", "b"), _line("丁", "c", "near_miss")]
DATA = _prepared([[1, 0], [1, 0], [0.6, 0.8], [0, 1]])


def test_lines_are_held_against_examples_of_other_families():
    """甲 and 乙 are the same, but of one family: what counts is 0.6, the cosine to 丙."""
    floors = likeness_floors(LINES, DATA)
    assert floors == {kind: pytest.approx(0.6, abs=1e-3) for kind in LIKENESS_LOST}


def test_one_violating_line_a_family_is_an_example():
    examples = examples_of(LINES, DATA)
    assert examples.texts == ("甲", "丙")
    (like,) = examples.nearest(np.array([0, 1], dtype=np.float32), "rudeness")
    assert like.text == "丙"
    assert like.likeness == pytest.approx(0.8, abs=0.01)
