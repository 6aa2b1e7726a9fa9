"""What every page of the console needs: the objects, the shop of the address, forms to scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

from flask import abort, flash, g, render_template, request

from server.accounts.rights import covers
from server.base.errors import BangdaError, EntryError, UsageError
from server.base.variables import PAGE_VARIABLES
from server.catalog.served import Served
from server.curation.curator import Curator
from server.curation.gap_book import GapBook
from server.curation.golden import Gate, Question, most_of, questions_of, try_change
from server.curation.golden_prerank import GoldenPrerank
from server.curation.goods import ProductDesk
from server.curation.health import Health
from server.curation.health_book import HealthBook
from server.curation.image_desk import ImageDesk
from server.library import Script, Shop
from server.library.image_shelf import images_in
from server.parts import Parts
from server.store.curation import History, Inbox, Usage
from server.store.quality.orders import Orders
from server.web.access import require
from server.web.clock import Clock
from server.web.lead.jobs import Job, Jobs, Progress
from server.web.lead.made import Made
from server.web.said import said
from server.web.texts import t

ROLES = ("lead", "admin")
TABS = (
    "scripts",
    "health",
    "trial",
    "review",
    "gaps",
    "use",
    "facts",
    "products",
    "shoppers",
    "exchange",
    "history",
    "settings",
)
# What a preview puts where the chat page would know better.
SAMPLE_PAGE: Mapping[str, str] = {
    "昵称": "小鹿",
    "订单号": "2026112100001",
    "快递单号": "YT0000000000001",
    "快递公司": "圆通",
    "商品名": "示例商品",
    "商品链接": "https://example.com/item/1",
    "规格": "米白 M",
    "金额": "89.00",
    "收货地址": "示例省示例市示例路1号",
    "客服名": "小晴",
}


@dataclass(frozen=True)
class Console:
    """The console's objects; built once."""

    parts: Parts
    curator: Curator
    history: History
    inbox: Inbox
    usage: Usage
    jobs: Jobs
    health: HealthBook
    gaps: GapBook
    goods: ProductDesk
    orders: Orders
    images: ImageDesk
    prerank: GoldenPrerank = field(default_factory=GoldenPrerank)
    made: Made = field(default_factory=Made)

    def served(self, shop: str) -> Served:
        """What answers agents now."""
        return self.parts.catalog.snapshot.shop(shop)

    def health_of(self, shop: Shop) -> Health:
        """What is to be mended in the shop's scripts."""
        return self.health.of(shop, self.served(shop.id))

    def saved_questions(self, shop: str) -> list[Question]:
        """The golden questions kept in the console."""
        golden = self.inbox.golden(shop)
        return [Question(kept.message, kept.expected, kept.turns, kept.id) for kept in golden]

    def warm(self, shop: Shop) -> None:
        """Ranks the golden questions while a lead is still typing; once a version of the shop."""
        served = self.served(shop.id)
        self.prerank.warm(
            shop.id,
            self.parts.catalog.remembering(served.index),
            lambda: questions_of(served.shop.scripts, self.saved_questions(shop.id)),
            served.terms(),
        )

    def gate(self, shop: Shop, changes: Mapping[str, Script | None]) -> Gate:
        """What the golden questions say of a change, as far as a lead waits for it."""
        return self.trial(shop, changes)()

    def finish_gate(self, shop: Shop, title: str, whole: Callable[[], Gate]) -> None:
        """Tries in the background what `gate` left: `whole` was made before the change was."""

        def work(progress: Progress) -> Gate:
            progress(title, 0, 0)
            return whole()

        self.jobs.start("gate", shop.id, g.account.name, work)

    def trial(
        self, shop: Shop, changes: Mapping[str, Script | None], *, whole: bool = False
    ) -> Callable[[], Gate]:
        """The gate against what is served now, whenever it is called."""
        served, catalog = self.served(shop.id), self.parts.catalog
        stands, saved = self.prerank.stands(shop.id, served.index), self.saved_questions(shop.id)
        return lambda: try_change(
            catalog.remembering(served.index),
            changes,
            saved,
            catalog.trial_index,
            served.terms(),
            stands,
            None if whole else most_of(served.index),
        )

    def regressions(self, shop: str) -> list[Job]:
        """Gates that ended in the background, found something worse, and were not looked at."""
        done = self.jobs.done("gate", shop)
        return [job for job in done if not job.seen and job.result.worse]

    def must_publish(self, shop: Shop) -> None:
        """Raises EntryError unless the signed-in person publishes in this shop."""
        if not self.may_publish(shop):
            raise EntryError(
                "this shop lets only its publishers change this; save a draft", "publishers"
            )

    def may_publish(self, shop: Shop) -> bool:
        """Whether the signed-in person publishes; `publishers` in the settings names who does."""
        named = shop.settings.get("publishers", "").replace("、", ",").replace("，", ",")
        names = {name.strip() for name in named.split(",") if name.strip()}
        if shop.settings.get("review") == "off" or not names:
            return True
        return g.account.role == "admin" or g.account.name in names


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was refused, and which of its fields is meant ("" for none)."""

    field: str
    told: str

    def typed(self, name: str, otherwise: object = "") -> object:
        """What the form holds in a field; `otherwise` when it has no such field."""
        return request.form.get(name, otherwise)

    def chosen(self, name: str, value: str) -> bool:
        """Whether a box, or an entry of a list, was ticked."""
        return value in request.form.getlist(name)


View = Callable[..., Any]
Again = Callable[[Console, Shop], Any]


def allowed_shops(console: Console) -> list[Shop]:
    """The shops that the signed-in person may see; an account of one shop sees that one."""
    shops = console.curator.library.shops.values()
    return [shop for shop in shops if covers(g.account, shop.id)]


def page(console: Console, again: Again | None = None) -> Callable[[View], View]:
    """Wraps a view whose address names a shop: checks role and shop, hands in the Shop.

    What a view refuses is told on the page that `again` shows, beside the field that is meant and
    with all that was typed (the template asks `refused`); without it, on a page of its own.
    """

    def wrap(view: View) -> View:
        @require(*ROLES)
        @wraps(view)
        def checked(shop: str, **values: Any) -> Any:
            found = {one.id: one for one in allowed_shops(console)}.get(shop)
            if found is None:
                abort(404, t("lead.no_shop"))
            g.shop, g.console = found, console
            try:
                return view(found, **values)
            except BangdaError as error:
                status = 400 if isinstance(error, UsageError) else 409
                field = getattr(error, "field", "")
                g.refused = Refused(field, said(error, beside=bool(field)))
                if again is not None:
                    shown = again(console, found)
                    if field and isinstance(shown, str) and f'id="wrong-{field}"' not in shown:
                        # The page has no such field to stand beside: it is told on top.
                        g.refused = Refused("", said(error))
                        shown = again(console, found)
                    return shown, status
                return render_template("problem.html", status=status, detail=said(error)), status

        return checked

    return wrap


def show(template: str, tab: str, **values: Any) -> str:
    """A page of the console, with the shop, its tabs and what the frame shows."""
    console: Console = g.console
    return render_template(
        f"lead/{template}",
        tab=tab,
        tabs=TABS,
        shop=g.shop,
        shops=allowed_shops(console),
        waiting=console.inbox.open_count(g.shop.id),
        behind=console.curator.behind,
        embedding=console.parts.catalog.embedding,
        trouble=console.parts.catalog.trouble,
        jobs=console.jobs.running(g.shop.id),
        regressions=console.regressions(g.shop.id),
        refused=g.get("refused"),
        clock=Clock(g.shop.zone),
        image_files=partial(images_in, console.parts.catalog.root / g.shop.id),
        **values,
    )


def say(key: str, kind: str = "", **values: object) -> None:
    """A line at the top of the next page; `kind` high or medium colours it."""
    flash(t(f"lead.{key}", **values), kind or "done")


def variables_of(shop: Shop) -> dict[str, str]:
    """Every variable that can be filled now, with the value that a preview shows."""
    page = {name: SAMPLE_PAGE.get(name, name) for name in PAGE_VARIABLES}
    return page | shop.facts_at(shop.local_now())


def script_or_404(shop: Shop, script_id: str) -> Script:
    """The script of the address."""
    script = shop.by_id.get(script_id)
    if script is None:
        abort(404, t("lead.no_script", id=script_id))
    return script
