"""The figures of an evaluation for people: a table, and a plot as an SVG file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
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


def plot(found: Mapping[str, Any], path: Path) -> None:
    """Writes hit@k per kind to `path` and reliability beside it (`…-reliability.svg`)."""
    import pygal

    style = pygal.style.Style(
        background="white",
        plot_background="white",
        colors=("#0f766e", "#5eaaa2", "#b9dcd8", "#94a3b8"),
        font_family="Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif",
    )
    # pygal would otherwise load its tooltip script from the network.
    options = {"style": style, "js": (), "explicit_size": True}
    groups = {"全部": found, **found["by_kind"]}
    named = {name: figures for name, figures in groups.items() if figures["answerable"]}
    bars = pygal.HorizontalBar(title="命中率", x_labels=list(named), range=(0, 1), **options)
    for cutoff in ("hit@5", "hit@3", "hit@1"):
        bars.add(cutoff, [figures[cutoff] for figures in named.values()])
    bars.render_to_file(str(path))
    curve = pygal.XY(title="可信度与实际命中", range=(0, 1), xrange=(0, 1), **options)
    curve.add("理想", [(0, 0), (1, 1)], show_dots=False)
    bins = found["calibration"]["bins"]
    curve.add("实际", [(row["confidence"], row["right"]) for row in bins])
    curve.render_to_file(str(path.with_name(f"{path.stem}-reliability.svg")))
