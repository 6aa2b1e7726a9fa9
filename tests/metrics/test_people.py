"""Agreement, intervals, samples, adoption, money: worked out by hand."""

from decimal import Decimal

import pytest

from server.base.errors import UsageError
from server.metrics.adoption import adoption
from server.metrics.agreement import cohen_kappa, mean_of, wilson
from server.metrics.money import AgentResult, money_at_risk, satisfaction
from server.metrics.sampling import chosen, draw, draw_strata, size_of
from server.metrics.scoring import DEFAULT_FORM, total
from server.metrics.wording_diff import kept_chars


def test_kappa_by_hand() -> None:
    """20 both yes, 5 yes/no, 10 no/yes, 15 both no: observed 0.7, expected 0.5, kappa 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = cohen_kappa(pairs)
    assert (found.n, found.observed) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_of_nothing_and_of_one_verdict_only() -> None:
    assert cohen_kappa([]).kappa is None
    assert cohen_kappa([("y", "y")] * 3).kappa is None
    assert cohen_kappa([("y", "n"), ("n", "y")]).kappa == pytest.approx(-1.0)


def test_mean_and_interval_by_hand() -> None:
    """80, 90, 100: mean 90, s = 10, t(2) = 4.303, half = 4.303 · 10 / √3 = 24.84."""
    found = mean_of([80, 90, 100])
    assert (found.n, found.mean) == (3, 90)
    assert found.low == pytest.approx(90 - 24.84, abs=0.01)
    assert found.high == pytest.approx(90 + 24.84, abs=0.01)
    assert not found.enough
    assert mean_of([80]).low is None
    assert mean_of([]).mean is None


def test_wilson_by_hand() -> None:
    """8 of 10: 0.490 to 0.943 (Wilson 1927)."""
    low, high = wilson(8, 10) or (0, 0)
    assert low == pytest.approx(0.4902, abs=1e-3)
    assert high == pytest.approx(0.9433, abs=1e-3)
    assert wilson(0, 0) is None


def test_the_same_seed_draws_the_same_and_order_of_ids_does_not_matter() -> None:
    first = draw(range(1000), 50, "2026-11")
    assert first == draw(reversed(range(1000)), 50, "2026-11")
    assert len(set(first)) == 50
    assert first != draw(range(1000), 50, "2026-12")
    assert set(draw(range(1000), 20, "2026-11")) < set(first)


def test_strata_say_their_rate() -> None:
    pairs = [(n, "甲") for n in range(100)] + [(n, "乙") for n in range(100, 103)]
    one, two = draw_strata(pairs, 5, "s")
    assert (one.name, one.population, len(one.drawn), one.rate) == ("乙", 3, 3, 1.0)
    assert (two.name, two.population, len(two.drawn), two.rate) == ("甲", 100, 5, 0.05)


def test_size_of_a_rate_is_rounded_up() -> None:
    assert [size_of(30, 5), size_of(100, 10), size_of(7, 100), size_of(0, 5)] == [2, 10, 7, 0]
    assert size_of(1000, 0.1) == 1


def test_chosen_takes_about_its_share() -> None:
    taken = sum(chosen("blind", item, 20) for item in range(5000))
    assert 900 < taken < 1100
    assert all(chosen("x", item, 100) for item in range(50))
    assert not any(chosen("x", item, 0) for item in range(50))


def test_adoption_by_hand() -> None:
    counts = {
        "shopper_messages": 100, "shown": 60, "inserted": 30, "sent": 50, "sent_as_is": 20,
        "sent_edited": 5, "chars_sent": 1000, "chars_script": 420, "heeded": 3, "unheeded": 1,
    }  # fmt: skip
    found = adoption(counts)
    assert found.coverage == 0.6
    assert found.inserted_share == 0.5
    assert found.adopted_share == 0.5
    assert found.edited_share == 0.2
    assert found.text_share == 0.42
    assert found.heeded_share == 0.75
    assert adoption({}).coverage is None


def test_kept_characters() -> None:
    assert kept_chars("你好", "你好呀") == 2


@pytest.mark.parametrize(
    ("open_days", "shoppers", "turnover", "standing", "yuan"),
    [
        (61, 1501, "60000", "applies", "300.00"),
        (61, 1501, "20000000", "applies", "50000"),
        (60, 5000, "60000", "exempt", "0"),
        (100, 1500, "60000", "exempt", "0"),
        (100, 1501, "50000", "exempt", "0"),
        (100, 1501, None, "unknown", "0"),
        (None, 1501, "60000", "unknown", "300.00"),
        (100, 1501, "50000.01", "applies", "250.00"),
    ],
)
def test_money_at_risk_by_the_clause(
    open_days: int | None, shoppers: int, turnover: str | None, standing: str, yuan: str
) -> None:
    found = money_at_risk(open_days, shoppers, Decimal(turnover) if turnover else None)
    assert (found.standing, found.yuan) == (standing, Decimal(yuan))


def test_agent_result_is_the_product() -> None:
    """200 asked, 50 of them paid 4,000 yuan: 200 × 25 % × 80 = 4,000."""
    found = AgentResult(200, 50, Decimal(4000))
    assert (found.close_rate, found.per_payer) == (0.25, Decimal("80.00"))
    assert 200 * Decimal("0.25") * found.per_payer == found.result
    assert AgentResult(0, 0, Decimal(0)).close_rate is None


def test_satisfaction_by_the_clause() -> None:
    assert satisfaction(80, 15, 5) == 0.8
    assert satisfaction(0, 0, 0) is None


def test_a_fatal_item_makes_the_card_zero() -> None:
    marks = {"speed": 20, "language": 18, "attitude": 20, "expertise": 15, "guidance": 10}
    assert total(DEFAULT_FORM, marks, frozenset()) == 83
    assert total(DEFAULT_FORM, marks, frozenset({"abuse"})) == 0
    with pytest.raises(UsageError, match="快速回复"):
        total(DEFAULT_FORM, marks | {"speed": 21}, frozenset())
    with pytest.raises(UsageError, match="善于引导"):
        total(DEFAULT_FORM, {k: v for k, v in marks.items() if k != "guidance"}, frozenset())
