"""What stands beside a script being written: sentences in the reader's language, no codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.lint.rules import RULES
from server.parts import parts_of
from server.web.texts import LANGUAGES, catalogue
from tests.conftest import COURIER, SHIP
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
CODE = re.compile(r"\b[LN]\d{3}\b")
DRAFT = {
    "id": "new.one",
    "reply": "您好 {昵秤}，" + "长" * 600,
    "questions": "几点发\n几点发。",
    "tests": "几点发",
    "follow_ups": "nothing.such",
    "valid_from": "2026-12-02",
    "valid_until": "2026-12-01",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("checks")
    write_shop(folder / "library", "shop-a", [SHIP, COURIER], {"platforms": ["douyin"]})
    made = create_app(Config(folder / "library", folder / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


def beside(app: Flask, language: str) -> str:
    client: FlaskClient = app.test_client()
    account, _ = parts_of(app).auth.issue(f"lead-{language}", "lead", "")
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = parts_of(app).auth.open_page(account)
    answer = client.post(f"/lead/shop-a/check?lang={language}", data=DRAFT, base_url=BASE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            (
                "变量「昵秤」哪里都取不到值",
                "后续话术「nothing.such」不存在",
                "问法「几点发」写了两遍",
                "测试问法「几点发」同时也是一条问法",
                "聊天框最多放 500 个",
                "（2026-12-02–2026-12-01）",
                "没有选阶段：选售前、售中或售后",
            ),
        ),
        (
            "en",
            (
                "Nothing can fill the variable “昵秤”",
                "The follow-up “nothing.such” does not exist",
                "The question “几点发” stands here twice",
                "The test “几点发” is also a question",
                "a chat box takes 500",
                "(2026-12-02–2026-12-01)",
                "No stage chosen",
            ),
        ),
    ],
)
def test_a_draft_is_told_in_sentences(app: Flask, language: str, told: tuple[str, ...]) -> None:
    page = beside(app, language)
    assert [words for words in told if words not in page] == []
    assert CODE.search(page) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_a_script_has_its_sentence(language: str) -> None:
    # These look at facts, products and levels, never at a script; L104 stands as a rival instead.
    others = {f"L{number}" for number in (104, *range(109, 115), 116, 117, 118, 120)}
    texts = catalogue(language)
    missing = [code for code in RULES if code not in others and f"lead.{code}" not in texts]
    assert missing == []
