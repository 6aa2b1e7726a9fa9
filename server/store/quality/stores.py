"""Everything QA reads and writes, built once over one database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.store.database import Database
from server.store.quality.appeals import Appeals
from server.store.quality.audit import AccessLog, Audit
from server.store.quality.clock_watch import ClockWatch
from server.store.quality.figures import Figures
from server.store.quality.findings import Findings
from server.store.quality.imports import Imports
from server.store.quality.lookups import Lookups
from server.store.quality.privacy import Privacy
from server.store.quality.review import Reviews
from server.store.quality.rollup import Rollup
from server.store.quality.samples import Samples
from server.store.quality.scores import ScoreCards
from server.store.quality.second_thoughts import SecondThoughts
from server.store.quality.settings import Settings
from server.store.quality.wall import Wall


@dataclass(frozen=True, slots=True)
class Quality:
    """The parts, by what they are for."""

    audit: Audit
    access: AccessLog
    settings: Settings
    rollup: Rollup
    reviews: Reviews
    second_thoughts: SecondThoughts
    appeals: Appeals
    samples: Samples
    findings: Findings
    scores: ScoreCards
    lookups: Lookups
    figures: Figures
    imports: Imports
    privacy: Privacy
    clock: ClockWatch
    wall: Wall
    zone_of: Callable[[str], ZoneInfo]
    # Whether no other server does the background work just now.
    alone: Callable[[str], AbstractContextManager[bool]]


def open_quality(database: Database, zone_of: Callable[[str], ZoneInfo]) -> Quality:
    """The QA side of a database; `zone_of` gives a shop's time zone."""
    audit = Audit(database)
    return Quality(
        audit=audit,
        access=AccessLog(database),
        settings=Settings(database, audit),
        rollup=Rollup(database, zone_of),
        reviews=Reviews(database, audit),
        second_thoughts=SecondThoughts(database, audit),
        appeals=Appeals(database, audit),
        samples=Samples(database, audit),
        findings=Findings(database, audit),
        scores=ScoreCards(database, audit),
        lookups=Lookups(database),
        figures=Figures(database),
        imports=Imports(database, audit),
        privacy=Privacy(database, audit),
        clock=ClockWatch(database, audit),
        wall=Wall(database),
        zone_of=zone_of,
        alone=database.alone,
    )
