"""What was used is learned as used: variants, steps, parts, several replies, filled holes."""

from __future__ import annotations

import pytest

from server.desk.outcome import acceptances_of, compare
from server.desk.sessions import Offer
from server.protocol.frames import Event
from server.store.rows import Outcome

MESSAGE = "坏了怎么办"
FIX = Offer(
    "s1",
    "after.broken",
    "非常抱歉，您拍张照片发来，我马上登记。",
    MESSAGE,
    (
        "不好意思，麻烦拍照发我，马上给您处理。",
        "请先拍外包装。",
        "再拍破损处。",
        "订单{订单号}已登记，{天数}天内退款。",
    ),
)
SHIP = Offer("s2", "ship.when", "今天16:00前付款今天发。", "多久发货")
OWN = Offer("", "", "我在的哦，您慢慢看", "")


def made(sent: str, *inserted: Offer, named: str = "s1") -> tuple[Outcome, dict[str, str]]:
    """The row's outcome, and what is learned of each script."""
    event = Event(event="sent", text=sent, suggestion_id=named, script_id="after.broken")
    found = compare(event, FIX if named else None, inserted)
    return found.outcome, {a.script_id: a.kind for a in acceptances_of(found)}


USED = [
    ("the reply", FIX.text),
    ("a variant", FIX.wordings[0]),
    ("a part or step", FIX.wordings[1]),
    ("a hole filled by hand", "订单 E20261130-7 已登记，3天内退款。"),
    ("with the page's own blanks", "非常抱歉，\n您拍张照片发来， 我马上登记。 "),
    ("two parts on top of each other", "请先拍外包装。\n再拍破损处。"),
]


@pytest.mark.parametrize(("what", "sent"), USED, ids=[what for what, _ in USED])
def test_what_was_offered_word_for_word_is_accepted(what: str, sent: str) -> None:
    pieces = [Offer("s1", "after.broken", one, MESSAGE) for one in sent.strip().split("\n") if one]
    exactly = pieces if what.startswith("two") else []
    assert made(sent, *exactly) == ("as_is", {"after.broken": "accepted"}), what


def test_a_pile_is_compared_with_all_that_was_put_in() -> None:
    put_in = (Offer("s1", "after.broken", FIX.text, MESSAGE), SHIP, OWN)
    whole = "\n".join(one.text for one in put_in)
    assert made(whole, *put_in) == (
        "as_is",
        {"after.broken": "accepted", "ship.when": "accepted"},
    )
    edited = made(f"{whole}\n今天我值班，随时叫我就好", *put_in)
    assert edited == ("edited", {"after.broken": "edited", "ship.when": "edited"})


def test_one_of_a_pile_is_no_rejection_of_the_rest() -> None:
    assert made(SHIP.text, FIX, SHIP) == ("as_is", {"ship.when": "accepted"})


@pytest.mark.parametrize(
    ("sent", "outcome", "kind"),
    [
        ("非常抱歉，您拍张照片发来，我马上给您登记哈。", "edited", "edited"),
        ("您好，这款是纯棉的，可以机洗，也有大一号的。", "other", "rejected"),
    ],
)
def test_changed_and_other_words_are_told_apart(sent: str, outcome: str, kind: str) -> None:
    assert made(sent) == (outcome, {"after.broken": kind})


def test_words_of_ones_own_teach_nothing() -> None:
    assert made(OWN.text, OWN, named="") == ("other", {})
