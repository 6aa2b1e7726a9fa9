"""Hit rates and reliability as one SVG file.

Drawn here: pygal hooks into every later import of the process (and Python warns of it), plotly
brings five megabytes of script, for two panels of bars and dots.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

_SHADES = (("hit@5", "#b9dcd8"), ("hit@3", "#5eaaa2"), ("hit@1", "#0f766e"))
_INK, _FAINT = "#1e293b", "#cbd5e1"
_LEFT, _TOP, _BAR, _WIDTH, _SQUARE, _GAP = 150, 56, 26, 360, 300, 110


def plot(found: Mapping[str, Any], path: Path) -> None:
    """Writes hit@k for all and per kind, and how often a confidence of so much was right."""
    groups = {"全部": found, **found["by_kind"]}
    named = {name: figures for name, figures in groups.items() if figures["answerable"]}
    height = _TOP + max(len(named) * _BAR, _SQUARE) + 60
    width = _LEFT + _WIDTH + _GAP + _SQUARE + 40
    parts = [*_bars(named), *_reliability(found["calibration"]["bins"])]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n',
        encoding="utf-8",
    )


def _bars(named: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    yield _text(_LEFT, 24, "命中率：首条、前三、前五", size=15)
    bottom = _TOP + len(named) * _BAR
    for tenth in range(0, 11, 2):
        x = _LEFT + _WIDTH * tenth / 10
        yield _line(x, _TOP - 6, x, bottom)
        yield _text(x, bottom + 18, f"{tenth / 10:.1f}", anchor="middle")
    for row, (name, figures) in enumerate(named.items()):
        y = _TOP + row * _BAR
        yield _text(_LEFT - 8, y + 14, f"{name} ({figures['answerable']})", anchor="end")
        for cutoff, shade in _SHADES:
            length = _WIDTH * float(figures[cutoff])
            yield f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="18" fill="{shade}"/>'
        first = float(figures["hit@1"])
        yield _text(_LEFT + _WIDTH * first - 4, y + 13, f"{first:.2f}", anchor="end", ink="white")


def _reliability(bins: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    left, bottom = _LEFT + _WIDTH + _GAP, _TOP + _SQUARE
    yield _text(left, 24, "可信度与实际：点越大消息越多", size=15)
    yield _line(left, bottom, left + _SQUARE, _TOP)
    yield _line(left, bottom, left + _SQUARE, bottom)
    yield _line(left, bottom, left, _TOP)
    for tenth in range(0, 11, 2):
        share = _SQUARE * tenth / 10
        yield _text(left + share, bottom + 18, f"{tenth / 10:.1f}", anchor="middle")
        yield _text(left - 8, bottom - share + 4, f"{tenth / 10:.1f}", anchor="end")
    yield _text(left + _SQUARE / 2, bottom + 38, "可信度", anchor="middle")
    for row in bins:
        x, y = left + _SQUARE * row["confidence"], bottom - _SQUARE * row["right"]
        radius = 2 + min(row["n"], 400) ** 0.5 / 2
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#0f766e" opacity="0.8"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{_FAINT}"/>'


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", ink: str = _INK, size: int = 13
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}" '
        f'font-size="{size}">{escape(text)}</text>'
    )
