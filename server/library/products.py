"""`Product`, `SizeChart`: the goods that scripts speak of, as leads write them in products.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from server.library.facts import Fact

# What a size chart may measure, and how much of the first unit one of each is.
_LENGTH: Mapping[str, float] = MappingProxyType(
    {"cm": 1.0, "厘米": 1.0, "mm": 0.1, "毫米": 0.1, "m": 100.0, "米": 100.0}
)
_WEIGHT: Mapping[str, float] = MappingProxyType({"kg": 1.0, "公斤": 1.0, "斤": 0.5})
_AGE: Mapping[str, float] = MappingProxyType({"岁": 1.0, "个月": 1 / 12, "月": 1 / 12})
MEASURES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "身高": _LENGTH,
        "体重": _WEIGHT,
        "胸围": _LENGTH,
        "腰围": _LENGTH,
        "臀围": _LENGTH,
        "脚长": _LENGTH,
        "年龄": _AGE,
    }
)
ATTRIBUTE_PREFIX = "商品."
SIZE_VARIABLE = "推荐尺码"
MISSING_MEASURES_VARIABLE = "尺码所需"
COMPANION_VARIABLE = "搭配商品"


@dataclass(frozen=True, slots=True)
class SizeRow:
    """One size with its range a measure, in the chart's units; both ends are inclusive."""

    size: str
    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class SizeChart:
    """A product's sizes, rows in the file's order; `measures` maps each measure to its unit."""

    measures: Mapping[str, str]
    rows: tuple[SizeRow, ...]
    note: str = ""

    def in_units(self, measure: str, value: float) -> float:
        """A value in cm, kg or years in the chart's own unit."""
        return value / MEASURES[measure][self.measures[measure]]


@dataclass(frozen=True, slots=True)
class Product:
    """One product; `links` are parts of an address that name it, `goes_with` holds ids."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    attributes: Mapping[str, Fact] = field(default_factory=dict)
    size_chart: SizeChart | None = None
    goes_with: tuple[str, ...] = ()
    pushed: bool = False
    images: tuple[str, ...] = ()
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it: id, name, aliases."""
        return (self.id, self.name, *self.aliases)

    def values_at(self, local_now: datetime) -> dict[str, str]:
        """The attributes that hold at this time, by the variable that stands for each."""
        return {
            ATTRIBUTE_PREFIX + name: fact.value
            for name, fact in self.attributes.items()
            if fact.value and fact.holds(local_now)
        }


def product_variables(products: Iterable[Product]) -> frozenset[str]:
    """The variables that some product of a shop can fill."""
    listed = tuple(products)
    names = {ATTRIBUTE_PREFIX + name for product in listed for name in product.attributes}
    if any(product.size_chart for product in listed):
        names |= {SIZE_VARIABLE, MISSING_MEASURES_VARIABLE}
    if any(product.goes_with for product in listed):
        names |= {COMPANION_VARIABLE}
    return frozenset(names)
