"""Masking by length: what no text may do is cost more than its length."""

from __future__ import annotations

import time
from itertools import pairwise
from statistics import median
from typing import Final

from server.bench.report import Report, Row
from server.text.masking import mask

# Signs of what one message may hold; the worst rows are what somebody repeats to be expensive.
LENGTHS: Final = (250, 1_000, 4_000)
_ROWS: Final = ("1 ", "路", "北京路", "微信", "a.", "收件人王", "135 140 ", "亲这款什么时候发货，")
_ROUNDS: Final = 5
# Four times as long may cost five times as much: the clock of a busy machine is no ruler.
_MOST: Final = 5.0


def masking() -> Report:
    """Processor time of masking each row at three lengths, against the length before."""
    rows: list[Row] = []
    met = True
    for unit in _ROWS:
        costs = [_cost_ms((unit * length)[:length]) for length in LENGTHS]
        rows.append(Row(f"{unit.strip()!r} repeated: {LENGTHS[0]} signs", costs[0], "ms"))
        for length, (before, after) in zip(LENGTHS[1:], pairwise(costs), strict=True):
            ratio = after / before
            met = met and ratio <= _MOST
            rows.append(Row(f"{unit.strip()!r} repeated: {length:,} signs", after, "ms", ratio))
    about = (
        f"Processor time. Each is four times as long as the one before; the bar is x{_MOST:.0f}."
    )
    return Report("masking", about, tuple(rows), met)


def _cost_ms(text: str) -> float:
    spent = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        mask(text)
        spent.append(time.process_time() - begun)
    return 1_000 * median(spent)
