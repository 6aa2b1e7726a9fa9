"""The list: filter, search by words, pinyin and meaning, sort by use, edit many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.curation.fields import script_from
from server.library import STAGES, Script, Shop
from server.library.save import script_fields
from server.library.search import find
from server.suggest import Query, suggest
from server.web import entries
from server.web.lead.common import Console, page, say, show
from server.web.lead.forms import bulk_changes

PAGE_SIZE = 100
SORTS = ("file", "use", "title", "until", "reviewed")
STATES = ("live", "expired", "soon", "later", "no_tests")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list's address asks for."""

    query: str = ""
    category: str = ""
    stage: str = ""
    tag: str = ""
    state: str = ""
    sort: str = "file"
    page: int = 1


def filters() -> Filters:
    """The filters of this request."""
    given = {name: request.args.get(name, "").strip() for name in ("category", "stage", "tag")}
    sort, state = request.args.get("sort", "file"), request.args.get("state", "")
    return Filters(
        query=request.args.get("q", "").strip(),
        sort=sort if sort in SORTS else "file",
        state=state if state in STATES else "",
        page=max(1, entries.number("page", 1)),
        **given,
    )


def add(lead: Blueprint, console: Console) -> None:
    """The list's routes."""

    @lead.get("/<shop>/scripts")
    @page(console)
    def scripts(shop: Shop) -> Any:
        chosen = filters()
        uses = {r["script_id"]: r["uses"] for r in console.parts.traffic.script_use(shop.id)}
        found = _filtered(shop, chosen)
        found = _sorted(found, chosen.sort, uses)
        near = _by_meaning(console, shop, chosen, found)
        pages = max(1, -(-len(found) // PAGE_SIZE))
        number = min(chosen.page, pages)
        shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return show(
            "_rows.html" if request.args.get("part") else "scripts.html",
            "scripts",
            filters=chosen,
            found=len(found),
            scripts=shown,
            near=near,
            uses=uses,
            pages=pages,
            number=number,
            now=shop.local_now(),
            soon=shop.local_now() + timedelta(days=7),
            categories=_counts(script.category for script in shop.scripts),
            tags=_counts(tag for script in shop.scripts for tag in script.tags)[:200],
            stages=[stage for stage in STAGES if stage],
            sorts=SORTS,
            states=STATES,
        )

    @lead.post("/<shop>/scripts/bulk")
    @page(console)
    def bulk(shop: Shop) -> Any:
        ids = [i for i in request.form.getlist("ids") if i in shop.by_id]
        changes = bulk_changes(request.form)
        own_list = url_for("lead.scripts", shop=shop.id)
        back = redirect(entries.local_path(request.form.get("back", ""), own_list))
        if not ids or not changes:
            say("bulk_nothing", "medium")
            return back
        console.must_publish(shop)
        new = {i: _changed(shop.by_id[i], changes) for i in ids}
        console.curator.publish(
            shop.id,
            new,
            who=g.account.name,
            why=request.form.get("why", ""),
            expected={i: shop.by_id[i].version for i in ids},
            batch=("bulk", "、".join(changes)),
        )
        say("bulk_done", n=len(new))
        return back


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


def _filtered(shop: Shop, chosen: Filters) -> list[Script]:
    now = shop.local_now()
    soon = now + timedelta(days=7)

    def fits(script: Script) -> bool:
        until = script.valid_until
        return (
            (not chosen.category or script.category == chosen.category)
            and (not chosen.stage or script.stage == chosen.stage)
            and (not chosen.tag or chosen.tag in script.tags)
            and (
                {
                    "": True,
                    "live": script.is_live(now),
                    "expired": until is not None and until.last < now,
                    "soon": until is not None and now <= until.last < soon,
                    "later": script.valid_from is not None and script.valid_from.first > now,
                    "no_tests": not script.tests,
                }[chosen.state]
            )
        )

    kept = [script for script in shop.scripts if fits(script)]
    return find(kept, chosen.query) if chosen.query else kept


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
