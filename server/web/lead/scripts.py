"""The list: filter, search by words, pinyin and meaning, sort by use, edit many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from server.base.errors import EntryError
from server.curation.fields import script_from
from server.curation.health import GRAVE, KINDS, Health, Kind
from server.library import STAGES, Script, Shop
from server.library.save import script_fields
from server.library.search import find
from server.suggest import Query, suggest
from server.web import entries
from server.web.lead.common import Console, page, say, show
from server.web.lead.forms import bulk_changes

Args = MultiDict[str, str]
PAGE_SIZE = 100
SORTS = ("file", "use", "title", "until", "reviewed")
STATES = ("live", *KINDS)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list's address asks for."""

    query: str = ""
    category: str = ""
    stage: str = ""
    tag: str = ""
    state: str = ""
    platform: str = ""
    sort: str = "file"
    page: int = 1


def filters(args: Args) -> Filters:
    """The filters of an address."""
    names = ("category", "stage", "tag", "platform")
    given = {name: args.get(name, "").strip() for name in names}
    sort, state = args.get("sort", "file"), args.get("state", "")
    return Filters(
        query=args.get("q", "").strip(),
        sort=sort if sort in SORTS else "file",
        state=state if state in STATES else "",
        page=max(1, entries.number("page", 1, values=args)),
        **given,
    )


def add(lead: Blueprint, console: Console) -> None:
    """The list's routes."""

    @lead.get("/<shop>/scripts")
    @page(console)
    def scripts(shop: Shop) -> Any:
        return _list(console, shop, request.args)

    @lead.post("/<shop>/scripts/bulk")
    @page(console, again=lambda _, shop: _list(console, shop, _sent_from()))
    def bulk(shop: Shop) -> Any:
        own_list = url_for("lead.scripts", shop=shop.id)
        target = entries.local_path(request.form.get("back", ""), own_list)
        back = redirect(target)
        ids = [i for i in request.form.getlist("ids") if i in shop.by_id]
        if "found" in request.form:
            found = _filtered(shop, filters(_sent_from()), console.health_of(shop))
            ids = [script.id for script in found]
        removes = request.form.get("do") == "remove"
        changes = {} if removes else bulk_changes(request.form)
        if not ids or not (changes or removes):
            say("bulk_nothing", "medium")
            return back
        console.must_publish(shop)
        why = request.form.get("why", "").strip()
        if removes and not why:
            raise EntryError("removing many scripts needs a reason", "remove_reason", "why")
        new = {i: None if removes else _changed(shop.by_id[i], changes) for i in ids}
        console.curator.publish(
            shop.id,
            new,
            who=g.account.name,
            why=why,
            expected={i: shop.by_id[i].version for i in ids},
            batch=("removed", "") if removes else ("bulk", "、".join(changes)),
        )
        say("bulk_removed" if removes else "bulk_done", n=len(new))
        return back


def _list(console: Console, shop: Shop, args: Args) -> Any:
    """The list as an address asks for it."""
    chosen = filters(args)
    uses = {r["script_id"]: r["uses"] for r in console.parts.traffic.script_use(shop.id)}
    health = console.health_of(shop)
    found = _filtered(shop, chosen, health)
    found = _sorted(found, chosen.sort, uses)
    near = _by_meaning(console, shop, chosen, found)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(chosen.page, pages)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return show(
        "_rows.html" if args.get("part") else "scripts.html",
        "scripts",
        filters=chosen,
        found=len(found),
        scripts=shown,
        near=near,
        uses=uses,
        pages=pages,
        number=number,
        health=health,
        grave=GRAVE,
        categories=_counts(script.category for script in shop.scripts),
        tags=_counts(tag for script in shop.scripts for tag in script.tags)[:200],
        stages=[stage for stage in STAGES if stage],
        sorts=SORTS,
        states=STATES,
    )


def _sent_from() -> Args:
    """What the list's address asked for that a form was sent from."""
    return MultiDict(parse_qsl(urlsplit(request.form.get("back", "")).query))


def _changed(script: Script, changes: Any) -> Script:
    fields = script_fields(script)
    for name, value in changes.items():
        if name == "tags":
            fields["tags"] = list(dict.fromkeys([*script.tags, *value]))
        else:
            fields[name] = value
    return script_from(fields, script.shop)


def _counts(names: Any) -> list[tuple[str, int]]:
    return [(name, n) for name, n in Counter(names).most_common() if name]


def _filtered(shop: Shop, chosen: Filters, health: Health) -> list[Script]:
    now = shop.local_now()
    marked = set(health.scripts.get(cast(Kind, chosen.state), ()))

    def fits(script: Script) -> bool:
        return (
            (not chosen.category or script.category == chosen.category)
            and (not chosen.stage or script.stage == chosen.stage)
            and (not chosen.tag or chosen.tag in script.tags)
            and (not chosen.platform or _on(script, chosen, health))
            and (not chosen.state or script.id in marked or _is_live(script, chosen, now))
        )

    kept = [script for script in shop.scripts if fits(script)]
    return find(kept, chosen.query) if chosen.query else kept


def _is_live(script: Script, chosen: Filters, now: datetime) -> bool:
    return chosen.state == "live" and script.is_live(now)


def _on(script: Script, chosen: Filters, health: Health) -> bool:
    """Whether a mark of the chosen kind is about the chosen platform."""
    marks = health.of(script.id)
    return any(m.kind == chosen.state and chosen.platform in m.platforms for m in marks)


def _sorted(scripts: list[Script], sort: str, uses: dict[str, int]) -> list[Script]:
    keys: dict[str, Any] = {
        "use": lambda s: (-uses.get(s.id, 0), s.id),
        "title": lambda s: (s.category, s.title, s.id),
        "until": lambda s: (str(s.valid_until or "9999"), s.id),
        "reviewed": lambda s: (s.reviewed or "0000", s.id),
    }
    return sorted(scripts, key=keys[sort]) if sort in keys else scripts


def _by_meaning(
    console: Console, shop: Shop, chosen: Filters, found: Sequence[Script]
) -> list[Script]:
    """Scripts that mean what was searched for, beyond those that hold the words."""
    if not chosen.query or chosen.page > 1:
        return []
    known = {script.id for script in found}
    served = console.served(shop.id)
    ranking = suggest(Query(chosen.query), served.index, top_k=8, terms=served.terms())
    ids = [candidate.script.id for candidate in ranking.candidates]
    return [shop.by_id[i] for i in ids if i not in known and i in shop.by_id][:5]
