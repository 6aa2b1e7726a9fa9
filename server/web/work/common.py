"""What every tab of `/work` needs: whose work, in which shop, and the frame around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import abort, flash, g, render_template

from server.base.times import moment, utc_text
from server.library import Script, Shop
from server.store.work.stores import WorkStore
from server.web.clock import Clock
from server.web.qa.console import Console, percent, platform_name, seconds, yuan
from server.web.texts import t

ROLES = ("agent", "lead", "admin")
LEADS = ("lead", "admin")
# Endpoint below `work`, who sees the tab; its name is the text `work.tab_…`.
TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("promises", ROLES),
    ("unpaid", ROLES),
    ("follow_ups", ROLES),
    ("requests", ROLES),
    ("reviews", ROLES),
    ("shift", ROLES),
    ("day", ROLES),
)


@dataclass(frozen=True)
class Room(Console):
    """The server's parts seen from the pages of work; one shop at a time."""

    @property
    def work(self) -> WorkStore:
        """What the tabs read and write."""
        return self.parts.work

    @property
    def leads(self) -> bool:
        """Whether the signed-in person sees everybody's work."""
        return g.account.role in LEADS

    @property
    def own(self) -> str:
        """Whose work is listed: an agent's own, '' (everybody's) for a lead."""
        return "" if self.leads else str(g.account.name)

    def views(self, lists: tuple[str, ...]) -> tuple[str, ...]:
        """The lists of a tab, and for a lead its figures."""
        return (*lists, "figures") if self.leads else lists

    def chosen(self) -> Shop:
        """The shop that is looked at; 404 when there is none to look at."""
        found = self.parts.catalog.snapshot.library.shops.get(self.one_shop())
        if found is None:
            abort(404, t("lead.no_shop"))
        return found

    def mine(self, row: Any, agent: str) -> None:
        """404 for nothing, 403 for another shop's or, to an agent, a colleague's."""
        if row is None:
            abort(404, t("work.gone"))
        self.may_see(row["shop"])
        if not self.leads and agent != g.account.name:
            abort(403, t("work.not_yours"))

    def allowed(self, shop: Shop, platform: str) -> list[Script]:
        """The shop's scripts that may be said on a platform now."""
        terms = self.parts.catalog.snapshot.shop(shop.id).terms()
        return [script for script in shop.scripts if terms.allow(script, platform)]

    def show(self, template: str, tab: str, shop: Shop, **values: Any) -> str:
        """A tab with its frame; the look at shoppers' names is noted."""
        self.note(f"work {tab}", shop.id)
        now = utc_text(datetime.now(UTC))
        frame = {
            "tab": tab,
            "tabs": [name for name, roles in TABS if g.account.role in roles],
            "shop": shop.id,
            "shops": self.shops(),
            "sample": self.sample_shown(shop.id),
            "platform_name": platform_name,
            "clock": Clock(shop.zone),
            "due": lambda text: due_text(text, shop),
            "percent": percent,
            "yuan": yuan,
            "seconds": seconds,
            "now": now,
            "leads": self.leads,
        }
        return render_template(f"work/{template}", **(frame | values))


def due_text(text: str, shop: Shop) -> str:
    """When something is due on the shop's clock; midnight ends the day before: `11-30 24:00`."""
    here = moment(text).astimezone(shop.zone)
    if here.time() != time():
        return here.strftime("%m-%d %H:%M")
    return f"{here - timedelta(days=1):%m-%d} 24:00"


def say(key: str, kind: str = "done", **values: object) -> None:
    """A line at the top of the next page."""
    flash(t(f"work.{key}", **values), kind)
