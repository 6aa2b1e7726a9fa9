"""`Script`, `Shop`, `Library`: what leads write, as frozen values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from server.base.errors import Problem, UsageError
from server.library.addressed import addressed
from server.library.facts import Fact, within
from server.library.fields import SCRIPT_FIELDS, Moment
from server.library.products import Product
from server.library.tiers import Tier

DEFAULT_TIMEZONE = "Asia/Shanghai"
_BEGINNING = 24


def name_of(title: str, questions: Sequence[str], reply: str) -> str:
    """The name of a script by what it says; its id is for files and addresses."""
    return title or next(iter(questions), "") or reply[:_BEGINNING]


@dataclass(frozen=True, slots=True)
class Script:
    """One approved reply (话术). Empty texts and tuples stand for what the file leaves out."""

    id: str
    reply: str
    title: str = ""
    category: str = ""
    stage: str = ""
    questions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    images: tuple[str, ...] = ()
    owner: str = ""
    reviewed: str = ""
    shop: str = field(default="", compare=False)
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    _version: str = field(default="", init=False, repr=False, compare=False)

    @property
    def version(self) -> str:
        """Twelve hex digits that change when anything but the file position does."""
        if not self._version:
            parts = [f"{name}={getattr(self, name)!s}" for name in SCRIPT_FIELDS]
            made = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]
            object.__setattr__(self, "_version", made)  # a frozen value may remember its own hash
        return self._version

    @property
    def name(self) -> str:
        """What people know it by: its title, else its first question, else how its reply starts."""
        return name_of(self.title, self.questions, self.reply)

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every approved wording that may go out: reply, variants, parts, steps."""
        return (self.reply, *self.variants, *self.parts, *self.steps)

    def is_live(self, local_now: datetime) -> bool:
        """Whether the script may be suggested at this time (naive, in the shop's time zone)."""
        return within(self.valid_from, self.valid_until, local_now)


@dataclass(frozen=True, slots=True)
class Timers:
    """Seconds until a wait counts as late: greeting, answer (house rules), platform (clause)."""

    greeting_s: int = 15
    answer_s: int = 20
    platform_s: int = 180


@dataclass(frozen=True)
class Shop:
    """One shop with its scripts in file order.

    `synonyms`: a word of the shop → what shoppers say instead. `variables`: a variable as another
    tool writes it → the name that stands for it here, `-` to leave it as it is. `levels` stand
    lowest first.
    """

    id: str
    name: str = ""
    platforms: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    timers: Timers = Timers()
    settings: Mapping[str, str] = field(default_factory=dict)
    scripts: tuple[Script, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    products: tuple[Product, ...] = ()
    levels: tuple[Tier, ...] = ()
    groups: tuple[Tier, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Script]:
        """Scripts by id."""
        return MappingProxyType({script.id: script for script in self.scripts})

    @cached_property
    def speaks_to(self) -> frozenset[str]:
        """Every audience that a script or a variant names; empty where all are for everybody."""
        named = {name for script in self.scripts for name in script.audience}
        variants = (text for script in self.scripts for text in script.variants)
        return frozenset(named.union(*(addressed(text, self.tier_names)[0] for text in variants)))

    @cached_property
    def tier_names(self) -> frozenset[str]:
        """The names of levels and groups."""
        return frozenset(tier.name for tier in (*self.levels, *self.groups))

    @cached_property
    def version(self) -> str:
        """Twelve hex digits over facts, settings, products, levels, groups and every script."""
        digest = hashlib.sha256()
        for fact in self.facts.values():
            digest.update(f"{fact.name}={fact.value}|{fact.valid_from}|{fact.valid_until}".encode())
        digest.update(f"{self.name}|{self.platforms}|{self.timers}|{dict(self.settings)}".encode())
        digest.update(f"{dict(self.synonyms)}".encode() if self.synonyms else b"")
        digest.update(f"{dict(self.variables)}".encode() if self.variables else b"")
        digest.update(repr(self.products).encode() if self.products else b"")
        for tier in (*self.levels, *self.groups):
            digest.update(f"{tier.name}={tier.conditions}".encode())
        for script in self.scripts:
            digest.update(script.version.encode())
        return digest.hexdigest()[:12]

    @property
    def threshold(self) -> float | None:
        """The confidence from which a script is shown here; None for the fitted one."""
        text = self.settings.get("threshold", "")
        return float(text) if text else None

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.settings.get("timezone", DEFAULT_TIMEZONE))

    def local_now(self, now: datetime | None = None) -> datetime:
        """`now` (aware; default: the clock) as naive time in the shop's time zone."""
        return (now or datetime.now(UTC)).astimezone(self.zone).replace(tzinfo=None)

    def facts_at(self, local_now: datetime) -> dict[str, str]:
        """The facts that hold at this time, name to value."""
        return {name: fact.value for name, fact in self.facts.items() if fact.holds(local_now)}


@dataclass(frozen=True)
class Library:
    """All shops of a library folder, and the remarks that do not stop it from being served."""

    root: Path
    shops: Mapping[str, Shop]
    remarks: tuple[Problem, ...] = ()

    @cached_property
    def version(self) -> str:
        """Twelve hex digits over all shops."""
        text = "|".join(f"{shop.id}={shop.version}" for shop in self.shops.values())
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def shop(self, shop_id: str) -> Shop:
        """The shop. Raises UsageError naming the shops there are."""
        if shop_id not in self.shops:
            known = ", ".join(self.shops) or "none"
            raise UsageError(f"unknown shop {shop_id!r}; expected one of: {known}; use --shop NAME")
        return self.shops[shop_id]
