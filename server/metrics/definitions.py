"""What each figure means, in words: shown on the page, printed in reports and docs/figures.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server.metrics.reply_rate import formulas

_FILE = Path(__file__).with_name("definitions.json")


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure's name and meaning."""

    id: str
    name: str
    meaning: str


@cache
def definitions(language: str) -> tuple[Definition, ...]:
    """All definitions in a language (`zh` or `en`), in reading order."""
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(Definition(row["id"], *row[language]) for row in rows)


def markdown() -> str:
    """docs/figures.md."""
    parts = [
        "# 数据口径 / What the figures mean",
        "",
        "<!-- Written from server/metrics/definitions.json and formulas.json; a test compares. -->",
        "",
    ]
    for zh, en in zip(definitions("zh"), definitions("en"), strict=True):
        parts += [f"## {zh.name} / {en.name}", "", zh.meaning, "", en.meaning, ""]
    parts += ["## 回复率公式 / Formulas", "", *_table(), ""]
    return "\n".join(parts)


def _table() -> list[str]:
    lines = [
        "| 平台 | 名称 | 按 | 周期 | 时段 | 时限 | 目标 | 来源 | 依据 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    units = {"shopper": "买家", "session": "会话", "message": "消息"}
    periods = {"month": "自然月", "day": "日"}
    for formula in formulas():
        target = f"≥ {formula.target_percent} %" if formula.target_percent else "–"
        lines.append(
            f"| {formula.platform or '其他'} | {formula.name} | {units[formula.unit]} "
            f"| {periods[formula.period]} | {formula.from_hour}:00–{formula.until_hour}:00 "
            f"| {formula.within_s} s | {target} | {formula.source} {formula.clause} "
            f"{formula.since} | {formula.standing} |"
        )
    return lines


if __name__ == "__main__":
    docs = Path(__file__).parents[2] / "docs" / "figures.md"
    docs.write_text(markdown(), encoding="utf-8")
