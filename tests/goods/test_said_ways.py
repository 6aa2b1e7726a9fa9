"""Measures as a second hand wrote them: dialect, mixed units, girths, shoes, children, two."""

from __future__ import annotations

import pytest

from server.goods import said_measures
from tests.goods.said_ways import WAYS


def told(text: str, *, by_person: bool) -> dict[str, float]:
    """What is read of a text, under `person:measure` or the measure alone."""
    return {
        f"{said.person}:{name}" if by_person else name: value
        for said in said_measures(text)
        for name, value in said.values.items()
    }


@pytest.mark.parametrize(
    ("text", "meant"), [(text, meant) for meant, texts in WAYS.items() for text in texts]
)
def test_what_is_meant_is_read_and_nothing_else(text: str, meant: str) -> None:
    expected = {
        name: pytest.approx(float(value), abs=0.06)
        for name, value in (one.rsplit("=", 1) for one in meant.split("，") if one)
    }
    assert told(text, by_person=":" in meant) == expected


@pytest.mark.parametrize("text", ["155-165能穿吗", "身高150到160的穿", "适合160~170吗"])
def test_a_range_is_nobody_s_height_and_weight(text: str) -> None:
    assert "体重" not in told(text, by_person=False)
