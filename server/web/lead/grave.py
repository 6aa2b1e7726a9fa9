"""Grave findings: a script that has one is published with a typed reason, which QA sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g

from server.base.errors import EntryError
from server.base.platforms import PLATFORMS
from server.compliance.findings import Finding
from server.curation.health import platforms_of
from server.library import Script, Shop
from server.web.lead.common import Console

AUDIT_KIND = "grave"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Grave:
    """A grave finding that a script would bring in, with the names of the platforms it is for."""

    script: Script
    finding: Finding
    platforms: tuple[str, ...]


def graves_of(console: Console, shop: Shop, scripts: Iterable[Script]) -> list[Grave]:
    """The grave findings of scripts that are to be published, without those that serve already."""
    clearance = console.served(shop.id).clearance
    found: list[Grave] = []
    for script in scripts:
        now = shop.by_id.get(script.id)
        held: dict[tuple[str, str], tuple[Finding, list[str]]] = {}
        for platform in platforms_of(script, shop):
            known = (
                {(one.rule, one.matched) for one in clearance.findings(now, platform)}
                if now
                else ()
            )
            for one in clearance.findings(script, platform):
                if one.severity == "high" and (one.rule, one.matched) not in known:
                    held.setdefault((one.rule, one.matched), (one, []))[1].append(platform)
        found += [
            Grave(script, one, tuple(PLATFORMS.get(code, code) for code in on))
            for one, on in held.values()
        ]
    return found


def must_have_reason(graves: Iterable[Grave], reason: str) -> None:
    """Raises EntryError when grave findings would be published without a word."""
    names = list(dict.fromkeys(grave.script.name for grave in graves))
    if names and not reason.strip():
        raise EntryError(
            f"{len(names)} scripts break a platform's rule; say why they are published",
            "grave_reason", "why", n=len(names), names="、".join(names[:_NAMED]),
        )  # fmt: skip


def note_graves(console: Console, shop: Shop, graves: Iterable[Grave], reason: str) -> None:
    """Writes to the audit trail what was published in spite of which finding, and why."""
    found: dict[str, list[str]] = {}
    for grave in graves:
        found.setdefault(grave.script.id, []).append(grave.finding.rule)
    if found:
        details = {"shop": shop.id, "scripts": found, "why": reason}
        console.parts.quality.audit.append(AUDIT_KIND, g.account.name, shop.id, details)
