"""`Tier`: a level or group of shoppers, as shop.yaml defines it."""

from __future__ import annotations

from dataclasses import dataclass, field

BY_HAND = "手动"
_CONDITIONS = ("spend_fen", "orders", "within_days", "idle_days")


@dataclass(frozen=True, slots=True)
class Tier:
    """Who belongs to it by what they bought; one without conditions is given by hand alone.

    `spend_fen` and `orders` count from this much on, `within_days` means bought that lately,
    `idle_days` not bought for that long.
    """

    name: str
    spend_fen: int | None = None
    orders: int | None = None
    within_days: int | None = None
    idle_days: int | None = None
    line: int = field(default=0, compare=False)

    @property
    def by_hand(self) -> bool:
        """Whether no condition puts anybody in it."""
        return self.conditions == {}

    @property
    def conditions(self) -> dict[str, int]:
        """The conditions there are, by field."""
        named = {name: getattr(self, name) for name in _CONDITIONS}
        return {name: value for name, value in named.items() if value is not None}

    def as_written(self) -> str | dict[str, str]:
        """As shop.yaml holds it: spending in yuan, one by hand as a word."""
        if self.by_hand:
            return BY_HAND
        names = {"spend_fen": "spend"}
        return {
            names.get(name, name): _yuan(value) if name == "spend_fen" else str(value)
            for name, value in self.conditions.items()
        }


def _yuan(fen: int) -> str:
    return str(fen // 100) if fen % 100 == 0 else f"{fen / 100:.2f}"
