"""The collector is held back while a tree is made, and only then."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from server.base.collecting import uncollected


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_it_collects_again_after_the_outermost_and_after_an_error() -> None:
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="torn"), uncollected():
        raise ValueError("torn")
    assert gc.isenabled()


def test_a_process_without_a_collector_stays_without() -> None:
    gc.disable()
    with uncollected():
        assert not gc.isenabled()
    assert not gc.isenabled()
