"""What a person says about a file: which sheets, where the heads are, which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.exchange.by_platform import platform_in, with_platforms
from server.exchange.columns import FIELD_COLUMNS, guess_mapping
from server.exchange.grids import Grid
from server.exchange.problems import FileError
from server.exchange.tables import Part, Sheet, sheet_of


@dataclass(frozen=True, slots=True)
class Choices:
    """Sheets by their place in the file; what is not said is guessed.

    `columns` maps a field to the head of its column, for every sheet that has one of that name.
    """

    sheets: frozenset[int] | None = None
    heads: Mapping[int, int] = field(default_factory=dict)
    mappings: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet_as: str = "category"
    hidden_rows: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """One sheet of a file as it is offered: `used` says whether it will be imported."""

    place: int
    grid: Grid
    part: Part
    used: bool

    @property
    def sheet(self) -> Sheet:
        """The sheet below its heads."""
        return self.part.sheet


def offer(grids: Sequence[Grid], choices: Choices, name: str = "") -> list[Offered]:
    """Every sheet, as chosen or guessed. Raises FileError for a row or column that is not there.

    Without a choice all visible sheets are used that hold replies; when none does, the first one.
    """
    offered = []
    for place, grid in enumerate(grids):
        if not grid.rows:
            continue
        sheet = sheet_of(grid, choices.heads.get(place))
        if sheet is None:
            raise FileError("no_head_row", name=name, row=choices.heads[place])
        part = Part(sheet, _mapping(place, sheet, choices))
        used = place in choices.sheets if choices.sheets is not None else _worth(part)
        offered.append(Offered(place, grid, part, used))
    _check_columns(offered, choices, name)
    if choices.sheets is None and not any(one.used for one in offered):
        first = next((one for one in offered if not one.grid.hidden), offered[0])
        offered = [Offered(o.place, o.grid, o.part, o is first) for o in offered]
    return offered


def _worth(part: Part) -> bool:
    return "reply" in part.mapping and not part.sheet.hidden and bool(part.sheet.rows)


def _mapping(place: int, sheet: Sheet, choices: Choices) -> tuple[str, ...]:
    chosen = choices.mappings.get(place)
    if chosen is not None and len(chosen) == len(sheet.header):
        return tuple(name if name in FIELD_COLUMNS else "" for name in chosen)
    guessed = with_platforms(sheet.header, guess_mapping(sheet.header))
    mapping = list(_without_empty(sheet, guessed))
    for name, head in choices.columns.items():
        if head in sheet.header:
            mapping = ["" if field == name else field for field in mapping]
            mapping[sheet.header.index(head)] = name
    return tuple(mapping)


def _without_empty(sheet: Sheet, mapping: Sequence[str]) -> Sequence[str]:
    """Of several columns that could be the reply, those that hold something else than the first."""
    rivals = [n for n, name in enumerate(mapping) if name == "reply"]
    if len(rivals) < 2 or any(platform_in(sheet.header[n]) for n in rivals):
        return mapping
    held = {n: [row.cells[n] for row in sheet.rows] for n in rivals}
    filled = [n for n in rivals if any(held[n])] or rivals[:1]
    apart = [n for n in filled if n == filled[0] or held[n] != held[filled[0]]]
    return tuple("" if n in rivals and n not in apart else name for n, name in enumerate(mapping))


def _check_columns(offered: Sequence[Offered], choices: Choices, name: str) -> None:
    for wanted, head in choices.columns.items():
        if wanted not in FIELD_COLUMNS:
            raise FileError("no_field", field=wanted, fields=", ".join(FIELD_COLUMNS))
        if not any(head in one.sheet.header for one in offered):
            heads = dict.fromkeys(h for one in offered for h in one.sheet.header if h)
            raise FileError("no_column", name=name, head=head, heads="、".join(heads))
