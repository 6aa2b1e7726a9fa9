"""Who only takes note of an answer gets the closing script or nothing."""

from __future__ import annotations

import pytest

from server.base.conversation import Turn
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import Query, suggest

REFUND = Script("refund", "退款一到三个工作日原路退回", title="退款多久到账")
YES = Script("refund-yes", "好的，已经为您申请退款", title="同意安排退款")
SHIP = Script("ship", "今天16点前付款当天发出", title="什么时候发货")
THANKS = Script(
    "thanks", "不客气，有需要随时叫我", title="结束语", questions=("好的谢谢", "知道了")
)
TALK = (
    Turn("shopper", "退款什么时候到"),
    Turn("agent", "退款已经同意了，一到三个工作日原路退回，请问还有什么可以帮您的吗？"),
)


def index_of(*scripts: Script) -> ScriptsIndex:
    return build_index(scripts, VectorCache(None, load_encoder()))


@pytest.fixture(scope="module")
def closing() -> ScriptsIndex:
    return index_of(REFUND, SHIP, THANKS)


@pytest.fixture(scope="module")
def without() -> ScriptsIndex:
    return index_of(REFUND, SHIP, YES)


def shown(index: ScriptsIndex, text: str, *turns: Turn) -> list[str]:
    ranking = suggest(Query(text, turns), index)
    return [candidate.script.id for candidate in ranking.candidates[: ranking.shown]]


@pytest.mark.parametrize("note", ["好的", "好的谢谢", "嗯嗯", "知道了", "收到 谢谢"])
def test_no_refund_script_after_an_answer(
    closing: ScriptsIndex, without: ScriptsIndex, note: str
) -> None:
    assert shown(closing, note, *TALK) in ([], ["thanks"])
    assert shown(without, note, *TALK) == []


def test_the_closing_script_is_shown_for_its_own_words(closing: ScriptsIndex) -> None:
    assert shown(closing, "好的谢谢", *TALK) == ["thanks"]


def test_a_question_after_the_answer_still_finds_it(closing: ScriptsIndex) -> None:
    assert shown(closing, "那退款要几天", *TALK)[0] == "refund"
