"""What every QA page needs: the shop that is looked at, days, counts in words, the access log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, g, render_template, request

from server.accounts.rights import covers
from server.base.platforms import PLATFORMS
from server.curation.rule_examples import keep_example
from server.desk.english import CATEGORIES
from server.library import SHOP_RULES_FILE
from server.metrics.clock import day_bounds, local
from server.parts import Parts
from server.store.quality.stores import Quality
from server.web import entries
from server.web.clock import Clock
from server.web.texts import language, t

REVIEWERS = ("qa", "lead", "admin")
LEADS = ("lead", "admin")
EVERYONE = ("agent", "qa", "lead", "admin")
# More new messages than this are left to the background, so that no page waits for them.
_AT_ONCE = 5000
_OTHER_PLATFORMS = {"demo": "演示"}


@dataclass(frozen=True)
class Console:
    """The server's parts seen from QA's pages."""

    parts: Parts

    @property
    def quality(self) -> Quality:
        """What QA reads and writes."""
        return self.parts.quality

    def refresh(self) -> bool:
        """Brings the figures up to date; False when there is too much new to wait for."""
        if self.quality.rollup.backlog() > _AT_ONCE:
            return False
        self.quality.rollup.refresh()
        return True

    def shops(self) -> list[tuple[str, str]]:
        """Id and name of every shop that the signed-in person may see."""
        library = self.parts.catalog.snapshot.library
        shops = library.shops.values()
        return [(s.id, s.name or s.id) for s in shops if covers(g.account, s.id)]

    def shop(self) -> str:
        """The shop that is looked at, '' for all; 403 for a foreign one, 404 for one unknown."""
        chosen = request.values.get("shop", "")
        if chosen:
            self.may_see(chosen)
            if chosen not in self.parts.catalog.snapshot.shops:
                abort(404, t("lead.no_shop"))
        return chosen or str(g.account.shop)

    def one_shop(self) -> str:
        """The shop that is looked at, the first one when none is chosen."""
        shops = self.shops()
        return self.shop() or (shops[0][0] if shops else "")

    def may_see(self, shop: str) -> None:
        """403 for a person who works for another shop."""
        if not covers(g.account, shop):
            abort(403, t("qa.foreign_shop"))

    def zone(self, shop: str = "") -> ZoneInfo:
        """The time zone of a shop, for all shops that of the first."""
        return self.quality.zone_of(shop or self.one_shop())

    def today(self, shop: str = "") -> str:
        """Today's date in the shop's time zone."""
        return local(datetime.now(UTC), self.zone(shop))[0]

    def span(self, days: int = 30) -> tuple[str, str]:
        """The days asked for (`from`, `to`), by default the last 30 up to today."""
        last = entries.day("to") or date.fromisoformat(self.today())
        first = entries.day("from") or last - timedelta(days=days - 1)
        return min(first, last).isoformat(), max(first, last).isoformat()

    def bounds(self) -> tuple[str, str]:
        """First and last UTC moment of the days asked for, '' where none is."""
        zone, first, last = self.zone(), entries.day("from"), entries.day("to")
        since = day_bounds(first.isoformat(), zone)[0] if first else ""
        return since, day_bounds(last.isoformat(), zone)[1] if last else ""

    def note(
        self, action: str, shop: str, conversation: int | None = None, details: str = ""
    ) -> None:
        """Writes to the access log who looked at what."""
        who, role = g.account.name, g.account.role
        self.quality.access.note(who, role, action, shop, conversation, details)

    def rule_words(self, rule: str, shop: str = "") -> str:
        """What a rule says, in the reader's language; a rule that is no more by its own name."""
        return self._rule_said(rule, shop, language() == "en") or rule

    def rule_in_chinese(self, rule: str, shop: str = "") -> str:
        """A rule's own sentence, for readers to whom its category would say the same of several."""
        return self._rule_said(rule, shop, False) if language() == "en" else ""

    def _rule_said(self, rule: str, shop: str, by_category: bool) -> str:
        served = self.parts.catalog.snapshot.shops
        for key in (shop, *served) if shop in served else served:
            ruleset = served[key].checker.ruleset
            for known in (*ruleset.rules, *ruleset.judged.values()):
                if known.id == rule:
                    return CATEGORIES[known.category] if by_category else known.message
        return ""

    def shop_name(self, shop: str) -> str:
        """A shop as people call it; the id of one that left the library."""
        return dict(self.shops()).get(shop, shop)

    def make_example(self, item: int) -> None:
        """Makes a judged item an example of its rule in the shop's rules file; tells what follows.

        Raises UsageError when the item is no example or the file cannot be changed.
        """
        example = self.quality.findings.example_of(item)
        file = f"{example.shop}/{SHOP_RULES_FILE}"
        catalog = self.parts.catalog
        fits = keep_example(catalog, example.shop, example.rule, example.kind, example.text)
        self.quality.findings.add_example(item, g.account.name, file)
        flash(t(f"qa.example_{example.kind}", file=file), "done")
        if not fits:
            flash(t(f"qa.contradicts_{example.kind}", rule=example.rule), "medium")

    def sample_shown(self, shop: str) -> bool:
        """Whether the shop (any of them for '') holds made-up traffic."""
        shops = [shop] if shop else [key for key, _ in self.shops()]
        return any(self.quality.settings.get(key, "sample_traffic") for key in shops)

    def page(self, template: str, tab: str, **values: Any) -> str:
        """A QA page with its frame."""
        shop = values.pop("shop", None)
        chosen = self.shop() if shop is None else shop
        frame = {
            "tab": tab,
            "shop": chosen,
            "shops": self.shops(),
            "sample": self.sample_shown(chosen),
            "platform_name": platform_name,
            "rule_words": self.rule_words,
            "rule_in_chinese": self.rule_in_chinese,
            "shop_name": self.shop_name,
            "clock": Clock(self.zone(chosen)),
            "percent": percent,
            "seconds": seconds,
            "yuan": yuan,
            "zipped": zipped,
        }
        return render_template(f"qa/{template}", **(frame | values))


def platform_name(code: str) -> str:
    """A platform's name as people say it."""
    return PLATFORMS.get(code) or _OTHER_PLATFORMS.get(code) or code or t("qa.no_platform")


def percent(value: float | None, digits: int = 1) -> str:
    """`83.4%`; a dash for nothing."""
    return "–" if value is None else f"{value * 100:.{digits}f}%"


def seconds(value: float | None) -> str:
    """`18 秒`, `3 分 05 秒`, `2 小时 10 分`; a dash for nothing."""
    if value is None:
        return "–"
    whole = round(value)
    if whole < 60:
        return t("qa.seconds", s=whole)
    if whole < 3600:
        return t("qa.minutes", m=whole // 60, s=f"{whole % 60:02d}")
    return t("qa.hours", h=whole // 3600, m=f"{whole % 3600 // 60:02d}")


def yuan(value: Decimal | float | None) -> str:
    """`1,234.50 元`; a dash for nothing."""
    return "–" if value is None else t("qa.yuan", n=f"{value:,.2f}")


def zipped(values: Iterable[str], name_of: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """Values with their names, for a choice."""
    return [(value, name_of(value)) for value in values]
