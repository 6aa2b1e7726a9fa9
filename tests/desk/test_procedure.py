"""After step one of a procedure step two stands first; what usually follows likewise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Running, say
from tests.support import write_shop

SCRIPTS: list[dict[str, Any]] = [
    {
        "id": "after.power",
        "title": "不通电",
        "reply": "抱歉影响您用了，我陪您一步步看。",
        "steps": ["请换个插座直插试试。", "底座擦干放正再试。", "请拍一段{机型}通电的视频。"],
        "follow_ups": ["after.repair"],
    },
    {"id": "after.repair", "title": "登记保修", "reply": "给您登记保修，运费我们出。"},
    {"id": "ship.when", "title": "什么时候发货", "reply": "今天付款今天发。"},
    {"id": "invoice.how", "title": "怎么开发票", "reply": "订单里申请电子发票。"},
]


class Talk:
    """One conversation over a socket."""

    def __init__(self, running: Running) -> None:
        self._ws = running.connect()
        say(self._ws, type="hello", protocol=1, client="test/1", token=running.token())
        self._count = 0

    def ask(self, text: str, **fields: Any) -> dict[str, Any]:
        self._count += 1
        number = str(self._count)
        key = {"request_id": number, "message_id": f"m{number}"}
        return say(self._ws, type="message", conversation_id="c1", text=text, **key, **fields)

    def send(self, script_id: str, suggestion_id: str, text: str) -> None:
        for event in ("inserted", "sent"):
            self._count += 1
            say(
                self._ws, type="event", request_id=str(self._count), event=event, text=text,
                conversation_id="c1", suggestion_id=suggestion_id, script_id=script_id,
            )  # fmt: skip


@pytest.fixture
def talk(start: Callable[..., Running], tmp_path: Path) -> Talk:
    library = tmp_path / "library"
    write_shop(library, "shop-a", SCRIPTS)
    return Talk(start(library))


def _use(talk: Talk, answer: dict[str, Any], text: str = "") -> None:
    first = answer["suggestions"][0]
    talk.send(first["script_id"], first["suggestion_id"], text or first["text"])


def test_each_step_stands_first_once_the_one_before_was_sent(talk: Talk) -> None:
    answer = talk.ask("不通电")
    assert answer["suggestions"][0]["script_id"] == "after.power"
    _use(talk, answer, SCRIPTS[0]["steps"][0])
    answer = talk.ask("换了也没用")
    first = answer["suggestions"][0]
    assert (first["script_id"], first["text"], first["step"]) == (
        "after.power",
        "底座擦干放正再试。",
        2,
    )
    assert first["why"] == "接着第 1 步"
    assert answer["shown"] >= 1
    _use(talk, answer)
    first = talk.ask("还是不亮")["suggestions"][0]
    assert (first["text"], first["missing"]) == ("请拍一段{机型}通电的视频。", ["机型"])


def test_a_filled_last_step_hands_over_to_what_follows(talk: Talk) -> None:
    answer = talk.ask("不通电")
    _use(talk, answer, "请拍一段暖风机通电的视频。")
    assert talk.ask("发你了")["suggestions"][0]["script_id"] == "after.repair"


def test_another_script_ends_the_procedure(talk: Talk) -> None:
    _use(talk, talk.ask("不通电"), SCRIPTS[0]["steps"][0])
    answer = talk.ask("怎么开发票")
    other = next(s for s in answer["suggestions"] if s["script_id"] == "invoice.how")
    talk.send("invoice.how", other["suggestion_id"], other["text"])
    assert all(s["step"] == 0 for s in talk.ask("什么时候发货")["suggestions"])


def test_words_of_ones_own_in_between_end_nothing(talk: Talk) -> None:
    _use(talk, talk.ask("不通电"), SCRIPTS[0]["steps"][0])
    talk.send("", "", "您稍等，我记一下")
    assert talk.ask("换了也没用")["suggestions"][0]["step"] == 2


def test_reasons_and_warnings_come_in_english_where_that_is_asked(talk: Talk) -> None:
    answer = talk.ask("可以加微信吗，怎么开发票", language="en")
    texts = [s["why"] for s in answer["suggestions"]]
    texts += [warning[key] for warning in answer["warnings"] for key in ("message", "clause")]
    assert answer["warnings"]
    for text in texts:
        # What the shop itself wrote is quoted as it is.
        assert re.sub(r"“.*”|keywords .*", "", text).isascii(), text
