"""Requests that no browser of ours makes, answered by a refusal and never by a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.app import create_app
from server.base.config import Config
from server.parts import parts_of
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    write_shop(tmp_path / "library", "shop-a", [{"id": "a", "title": "几点发货", "reply": "今天"}])
    made = create_app(Config(tmp_path / "library", tmp_path / "data"), CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.mark.parametrize(
    "host", ["a" * 300, "a..b", "a b", "127.0.0.1:8765:1", "[::1", "é.example"]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/qa", "/nothing"])
def test_a_host_that_is_no_name_is_refused(app: Flask, host: str, path: str) -> None:
    answer = app.test_client().get(path, base_url=BASE, headers={"Host": host})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("path", ["/signin", "/signout", "/api/v1/pair", "/api/v1/check"])
def test_a_body_that_is_too_large_is_refused_and_no_failure(app: Flask, path: str) -> None:
    token = parts_of(app).auth.issue("小王", "agent", "shop-a")[1]
    answer = app.test_client().post(
        path,
        base_url=BASE,
        data={"draft": "x" * 3_000_000},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code in (302, 401, 413)
