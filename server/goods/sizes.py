"""Which size of a product's own chart fits what was said, and what is still to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.goods.measures import Said
from server.library import SizeChart, SizeRow

_UNITS = {"体重": "kg", "年龄": "岁"}
_GIRTHS = ("胸围", "腰围", "臀围")
_OR = "或"


@dataclass(frozen=True, slots=True)
class Advice:
    """What the chart says for one person.

    `sizes` is empty when it says nothing, and holds two in a border case; `missing` are measures
    that the chart needs and nobody named. `rows` are the chart's rows of these sizes, in words.
    `leans` says in a border case which of the two the person's build speaks for: −1 the smaller, 1
    the larger, 0 neither.
    """

    person: str
    sizes: tuple[str, ...]
    missing: tuple[str, ...]
    rows: tuple[str, ...]
    measured: str
    note: str
    says: str
    leans: int = 0

    @property
    def text(self) -> str:
        """The size as a reply holds it; a border case carries what the chart says about fit."""
        if len(self.sizes) < 2:
            return "".join(self.sizes)
        both = _OR.join(self.sizes)
        return f"{both}（{self.note}）" if self.note else both


def advise(chart: SizeChart, said: Said) -> Advice:
    """The advice for one person; nothing is guessed beyond the chart."""
    known = {name: said.values[name] for name in chart.measures if name in said.values}
    missing = _missing(chart, known)
    sizes: tuple[SizeRow, ...] = () if missing else _fitting(chart, known)
    measured = _measured(known)
    rows = tuple(_row_text(chart, row) for row in sizes)
    note = chart.note.rstrip("。.；;! ！")
    return Advice(
        person=said.person,
        sizes=tuple(row.size for row in sizes),
        missing=missing,
        rows=rows,
        measured=measured,
        note=note,
        says=_says(said, measured, missing, rows, note),
        leans=said.build if len(sizes) > 1 else 0,
    )


def _measured(values: Mapping[str, float]) -> str:
    return "、".join(f"{name}{value:g}{_UNITS.get(name, 'cm')}" for name, value in values.items())


def _missing(chart: SizeChart, known: dict[str, float]) -> tuple[str, ...]:
    """Measures of the chart that are not known. Height and weight stand in for girths."""
    wanted = list(chart.measures)
    if {"身高", "体重"} <= known.keys():
        wanted = [name for name in wanted if name not in _GIRTHS]
    return tuple(name for name in wanted if name not in known)


def _fitting(chart: SizeChart, known: dict[str, float]) -> tuple[SizeRow, ...]:
    """One row, two neighbours in a border case, or none when the chart does not reach."""
    places = [_places(chart, name, value) for name, value in known.items()]
    if not places or not all(places):
        return ()
    common = set.intersection(*map(set, places))
    chosen = sorted(common or set().union(*places))
    # Measures that name rows far apart, or more than two of them, leave the choice to people.
    if chosen[-1] - chosen[0] > 1:
        return ()
    return tuple(chart.rows[place] for place in chosen)


def _places(chart: SizeChart, name: str, value: float) -> list[int]:
    """The rows whose range holds the value, both ends inclusive, else the two around it."""
    said = round(chart.in_units(name, value), 4)
    spans = [row.ranges.get(name) for row in chart.rows]
    inside = [
        place for place, span in enumerate(spans) if span is None or span[0] <= said <= span[1]
    ]
    if any(spans[place] is not None for place in inside):
        return inside
    below = [place for place, span in enumerate(spans) if span and span[1] < said]
    above = [place for place, span in enumerate(spans) if span and span[0] > said]
    return [*inside, below[-1], above[0]] if below and above else []


def _row_text(chart: SizeChart, row: SizeRow) -> str:
    spans = [
        f"{name}{low:g}–{high:g}{chart.measures[name]}" for name, (low, high) in row.ranges.items()
    ]
    return f"{row.size}：{'，'.join(spans)}"


def _says(said: Said, measured: str, missing: Sequence[str], rows: Sequence[str], note: str) -> str:
    """One line for the agent: what was read, the row, the border case."""
    unasked = f"说了{_measured(said.values)}，这款的表不看" if said.values else "还没有说尺寸"
    lead = f"{said.person} {measured or unasked}".strip()
    if missing:
        return f"{lead}；还缺{'、'.join(missing)}"
    if not rows:
        return f"{lead}；尺码表里没有单独合适的一行" + (f"。{note}" if note else "")
    if len(rows) == 1:
        return f"{lead}；{rows[0]}" + (f"。{note}" if note else "")
    leaning = {-1: "；本人偏瘦或喜欢修身，可先看小的", 1: "；本人偏胖或喜欢宽松，可先看大的"}
    border = f"{lead}；在两个尺码之间：{'；'.join(rows)}{leaning.get(said.build, '')}"
    return border + (f"。{note}" if note else "")
