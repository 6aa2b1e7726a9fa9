"""The figures of an evaluation as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_COLUMNS = ("n", "answerable", "hit@1", "hit@3", "hit@5", "mrr@10")
_HEADS = ("条数", "可答", "首条命中", "前三命中", "前五命中", "MRR@10")
_LABEL_WIDTH = 22


def table(found: Mapping[str, Any]) -> str:
    """Hit rates for all messages and per kind, then what was shown, as lines of text."""
    rows = [("全部", found), *found["by_kind"].items()]
    if "with_history" in found:
        rows.append(("学习历史后", found["with_history"]))
    lines = [_row("", _HEADS), *(_row(name, _cells(figures)) for name, figures in rows), ""]
    shown, latency = found["shown"], found["latency_ms"]
    lines += [
        f"无答案识别 AUROC {_figure(found['no_answer_auroc'])}，"
        f"校准误差 {_figure(found['calibration']['ece'])}",
        f"可答消息里展示了正确话术 {_percent(shown['in_scope_shown'])}，"
        f"不可答消息里仍有展示 {_percent(shown['out_of_scope_shown'])}",
        f"耗时 p50 {_figure(latency['p50'])} ms，p95 {_figure(latency['p95'])} ms；"
        f"{found['scripts']} 条话术，模型 {found['model']}",
    ]
    return "\n".join(lines)


def _cells(figures: Mapping[str, Any]) -> list[str]:
    return [str(figures[c]) if c in _COLUMNS[:2] else _figure(figures[c]) for c in _COLUMNS]


def _row(name: str, cells: Sequence[str]) -> str:
    return _pad(name, -_LABEL_WIDTH) + "".join(_pad(cell, 10) for cell in cells)


def _pad(text: str, width: int) -> str:
    """Padded by what a terminal shows, where a Chinese character takes two places."""
    space = " " * max(0, abs(width) - sum(2 if ord(ch) > 0x2E7F else 1 for ch in text))
    return text + space if width < 0 else space + text


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
