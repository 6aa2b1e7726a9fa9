"""Every package that is asked for has a bound, and what is installed and tried is within it."""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"].values()
ASKED = [
    Requirement(text)
    for text in [
        *PROJECT["project"]["dependencies"],
        *(text for extra in EXTRAS for text in extra),
    ]
]
BUILDS = [Requirement(text) for text in PROJECT["build-system"]["requires"]]
# Without the program's own extras, which name other extras.
FOREIGN = [one for one in ASKED if one.name != PROJECT["project"]["name"]]


@pytest.mark.parametrize("asked", [*FOREIGN, *BUILDS], ids=lambda one: one.name)
def test_a_package_is_asked_for_with_a_bound(asked: Requirement) -> None:
    bounds = [part for part in asked.specifier if part.operator in ("<", "==")]
    assert bounds, f"{asked} takes any version; expected an upper bound that was tried"


@pytest.mark.parametrize("asked", FOREIGN, ids=lambda one: one.name)
def test_what_is_tried_here_is_within_the_bounds(asked: Requirement) -> None:
    if asked.marker is None or asked.marker.evaluate():
        tried = Version(version(asked.name))
        assert asked.specifier.contains(tried, prereleases=True), f"{asked}, tried {tried}"
