"""What QA and work refuse is told for its field, and what was typed is not dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from server.app import create_app
from server.base.config import Config
from server.parts import parts_of
from tests.conftest import SHIP
from tests.support import CharacterEncoder, write_shop
from tests.web.test_no_500 import BASE, signed_in


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("told")
    write_shop(folder / "library", "shop-a", [SHIP], {"platforms": ["douyin"]})
    made = create_app(Config(folder / "library", folder / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.mark.parametrize(
    ("address", "form", "field"),
    [
        ("/qa/samples", {"shop": "shop-a", "method": "x", "size": "5"}, "method"),
        ("/qa/settings", {"shop": "shop-a", "opened_on": "2099-01-01"}, "opened_on"),
        ("/qa/settings", {"shop": "shop-a", "opened_on": "tomorrow"}, "opened_on"),
        ("/work/day", {"shop": "shop-a", "words": "字" * 9000}, "words"),
    ],
    ids=["sample", "a day ahead", "no day", "note of the day"],
)
def test_the_next_page_says_which_field_is_meant(
    app: Flask, address: str, form: dict[str, str], field: str
) -> None:
    client = signed_in(app, "admin")
    answer = client.post(address, data=form | {"draft": "d1"}, base_url=BASE)
    assert answer.status_code == 302
    # The browser keeps its draft of a refused form.
    assert "bangda_saved" not in answer.headers.get("Set-Cookie", "")
    page = client.get(answer.location, base_url=BASE).get_data(as_text=True)
    assert f'data-beside="{field}"' in page
