"""What a reminder is worth, worked out by hand from past orders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.work.worth import Alike, Chances, Past, alike_of

TWO_HOURS = timedelta(hours=2)


def late(
    n: int, paid: int, *, reminded: bool, fen: int = 5000, returning: bool = False
) -> list[Past]:
    """Orders of which `paid` were paid after 30 hours; reminded ones were so after three."""
    age = 180.0 if reminded else None
    return [Past(fen, returning, age, 1800.0 if place < paid else None) for place in range(n)]


def test_too_little_is_known_without_thirty_of_both() -> None:
    past = late(30, 15, reminded=True) + late(29, 3, reminded=False)
    assert not Chances(past, TWO_HOURS).known
    assert Chances(past, TWO_HOURS).worth(5000, 180, returning=False) is None
    assert Chances(past + late(1, 0, reminded=False), TWO_HOURS).known


def test_the_chance_is_what_reminders_add() -> None:
    chances = Chances(late(100, 40, reminded=True) + late(100, 10, reminded=False), TWO_HOURS)
    worth = chances.worth(10_000 - 1, 180, returning=False)
    assert worth is not None
    assert worth.chance == pytest.approx(0.30)  # all are alike: 40 % against 10 %
    assert worth.fen == pytest.approx(9_999 * 0.30)
    assert (worth.reminded, worth.reminded_paid, worth.alone, worth.alone_paid) == (
        100,
        40,
        100,
        10,
    )


def test_few_orders_alike_lean_on_the_wider_group() -> None:
    past = late(98, 39, reminded=True) + late(80, 10, reminded=False)
    past += late(1, 1, reminded=True, returning=True) + late(1, 0, reminded=True)
    past += late(20, 0, reminded=False, returning=True)
    worth = Chances(past, TWO_HOURS).worth(5000, 180, returning=True)
    assert worth is not None
    # Of all 100, and of all of that age, 40 % were paid against 10 %. Of returning ones 1 of 1
    # against 0 of 20: a group of 20/21 with 20 of the wider one behind it; and once more by size.
    both = 20 / 21
    once = (both * 1 + 20 * 0.30) / (both + 20)
    assert worth.chance == pytest.approx((both * 1 + 20 * once) / (both + 20))
    assert (worth.reminded, worth.reminded_paid, worth.alone) == (1, 1, 20)


def test_one_lucky_reminder_of_an_age_without_others_moves_nothing() -> None:
    past = late(100, 40, reminded=True) + late(100, 10, reminded=False)
    old = [Past(5000, False, 2000.0, 2100.0)]
    chances = Chances(past + old, TWO_HOURS)
    lucky, usual = (chances.worth(5000, age, returning=False) for age in (2000, 180))
    assert lucky is not None and usual is not None
    assert lucky.chance < usual.chance + 0.11


def test_a_dear_order_that_reminders_do_not_move_stands_behind_a_cheap_one() -> None:
    past = (
        late(200, 100, reminded=True, fen=5000) + late(200, 20, reminded=False, fen=5000)
        + late(200, 40, reminded=True, fen=40_000) + late(200, 40, reminded=False, fen=40_000)
    )  # fmt: skip
    chances = Chances(past, TWO_HOURS)
    cheap, dear = (chances.worth(fen, 180, returning=False) for fen in (5000, 40_000))
    assert cheap is not None and dear is not None
    assert cheap.fen > dear.fen


def test_a_reminder_that_does_harm_is_worth_nothing() -> None:
    past = late(50, 0, reminded=True) + late(50, 25, reminded=False)
    worth = Chances(past, TWO_HOURS).worth(5000, 180, returning=False)
    assert worth is not None and worth.fen == 0


def test_who_paid_before_the_reminder_was_not_moved_by_it() -> None:
    early = [Past(5000, False, 180.0, 170.0)] * 40
    assert Chances(early, TWO_HOURS).reminders == 0


def test_an_order_that_was_left_alone_counts_at_every_age_that_it_reached_unpaid() -> None:
    # Paid after 30 hours: unpaid at two, six and twenty-four; nobody is reminded before two.
    chances = Chances(late(40, 40, reminded=False) + late(40, 0, reminded=True), TWO_HOURS)
    alone = [chances.worth(5000, age, returning=False) for age in (60, 180, 600, 2000)]
    assert [one.alone for one in alone if one] == [0, 40, 40, 40]


@pytest.mark.parametrize(
    ("fen", "age", "alike"),
    [
        (9_999, 119, Alike(0, False, 0)),
        (10_000, 120, Alike(1, False, 1)),
        (29_999, 1439, Alike(2, False, 1)),
        (30_000, 1440, Alike(3, False, 2)),
    ],
)
def test_bands(fen: int, age: float, alike: Alike) -> None:
    assert alike_of(fen, age, returning=False) == alike
