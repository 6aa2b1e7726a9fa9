"""A shop's own settings: name, platforms, timers, threshold, review, adapters, rules; new shops."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from server.base.errors import EntryError
from server.base.platforms import PLATFORMS
from server.base.yaml_files import dump_yaml, write_text
from server.catalog.site_adapters import NO_PAGES, open_platforms
from server.curation.curator import text_version
from server.curation.use import would_show
from server.library import SHOP_FILE, Shop, shop_file
from server.library.fields import VALID_ID
from server.library.save import dump_scripts, read_text
from server.ranking.fusion import load_fusion
from server.web import entries
from server.web.lead.common import Console, page, say, show
from server.web.lead.gaps import since

_LIMITS = (0.2, 0.4, 0.6, 0.8)
_TIMERS = ("greeting_s", "answer_s", "platform_s")
_LONGEST_ID = 64
_WORD_ENDS = re.compile(r"[:：=＝]")
_BETWEEN = re.compile(r"[、，,;；]")


def add(lead: Blueprint, console: Console) -> None:
    """The settings' routes."""

    @lead.get("/<shop>/settings")
    @page(console)
    def settings(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.post("/<shop>/settings")
    @page(console, again=_page)
    def settings_save(shop: Shop) -> Any:
        console.must_publish(shop)
        console.curator.change_shop(
            shop.id,
            _from_form(shop),
            {},
            who=g.account.name,
            why=request.form.get("why", ""),
            expected=request.form.get("base", ""),
        )
        say("settings_saved")
        return redirect(url_for("lead.settings", shop=shop.id))

    @lead.post("/<shop>/shops")
    @page(console, again=_page)
    def shop_add(shop: Shop) -> Any:
        if g.account.shop:
            abort(403)
        new, name = request.form.get("id", "").strip(), request.form.get("name", "").strip()
        root = console.parts.catalog.root
        if not VALID_ID.fullmatch(new) or len(new) > _LONGEST_ID or new == "rules":
            raise EntryError(
                f"shop id is {new!r}; expected ascii letters, digits and '-'",
                "id_form",
                "id",
                found=new,
            )
        if (root / new).exists():
            raise EntryError(
                f"there is already a folder {new!r}; choose another id", "id_used", "id", found=new
            )
        write_text(root / new / SHOP_FILE, dump_yaml({"name": name or new}))
        write_text(root / new / "scripts.yaml", dump_scripts([]))
        console.parts.catalog.reload()
        console.curator.note(g.account.name, new, {"shop": "added"})
        say("shop_added", name=name or new)
        return redirect(url_for("lead.settings", shop=new))


def _page(console: Console, shop: Shop) -> str:
    folder = console.parts.catalog.root / shop.id
    return show(
        "settings.html",
        "settings",
        base=text_version(read_text(shop_file(folder))),
        timers=_TIMERS,
        all_platforms=PLATFORMS,
        pages=shop.platforms or tuple(PLATFORMS),
        open_pages=open_platforms(shop),
        **_thresholds(console, shop),
    )


def _thresholds(console: Console, shop: Shop) -> dict[str, Any]:
    """The threshold that holds, and what others would have shown in the last 30 days."""
    built = console.served(shop.id).index.built
    usual = round(load_fusion(built.model, built.dimension).threshold, 2)
    now = usual if shop.threshold is None else shop.threshold
    limits = sorted({*_LIMITS, usual, now})
    held = console.usage.confidences(shop.id, since(30))
    return {"usual": usual, "limit_now": now, "would": would_show(held, limits) if held else []}


def _pages(shop: Shop, chosen: list[str]) -> str:
    """The setting `adapters`: nothing when every page is open."""
    if set(chosen) >= set(shop.platforms or PLATFORMS):
        return ""
    return "、".join(chosen) or NO_PAGES


def _synonyms(text: str) -> dict[str, list[str]]:
    """`四件套：床品套装、四件儿`, a line a word of the shop."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        word, _, others = (
            part.strip() for part in _WORD_ENDS.sub(":", line, count=1).partition(":")
        )
        said = [other.strip() for other in _BETWEEN.split(others) if other.strip()]
        if line.strip() and not (word and said):
            raise EntryError(
                f"{line!r} is no line of synonyms; expected 四件套：床品套装、四件儿",
                "synonyms", "synonyms", found=line,
            )  # fmt: skip
        if word:
            found[word] = [*found.get(word, []), *said]
    return found


def _from_form(shop: Shop) -> dict[str, Any]:
    form = request.form
    seconds = {name: entries.number(name, most=86_400) for name in _TIMERS}
    timers = {name: str(value) for name, value in seconds.items() if value}
    entries.share("threshold")
    threshold = form.get("threshold", "").strip()
    chosen = {
        "threshold": threshold,
        "review": "off" if form.get("review") == "off" else "",
        "publishers": form.get("publishers", "").strip(),
        "adapters": _pages(shop, form.getlist("adapters")),
    }
    if "pages_shown" not in form:
        del chosen["adapters"]
    settings = {k: v for k, v in (dict(shop.settings) | chosen).items() if v}
    changed = {"synonyms": _synonyms(form["synonyms"]) or None} if "synonyms" in form else {}
    return changed | {
        "name": form.get("name", "").strip() or None,
        "platforms": form.getlist("platforms") or None,
        "timers": {k: v for k, v in timers.items() if v} or None,
        "settings": settings or None,
    }
