"""One conversation with its clocks, origins and warnings; search over all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for

from server.base.errors import BangdaError, EntryError
from server.base.times import moment
from server.compliance.findings import CATEGORIES
from server.metrics.waits import Said, waits, whole_seconds
from server.shoppers import Who, standing_of
from server.store.quality.lookups import Sent, Talk, Wanted
from server.store.quality.scores import Card
from server.text.differ import Piece, text_pieces
from server.web import entries
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import REVIEWERS, Console
from server.web.texts import t

_PAGE = 50


@dataclass(frozen=True)
class Line:
    """A turn as the page shows it."""

    row: Any
    gap_s: int | None
    wait_s: int | None
    late: bool
    suggestions: list[Any]
    warnings: list[Any]
    pieces: list[tuple[str, str]]
    origin: Sent | None
    changes: Sequence[Piece]
    inserted: Any
    drafts: list[Any]


def lines_of(talk: Talk, late_s: int) -> list[Line]:
    """The turns with clocks between them, what was suggested, warned and changed."""
    waited = {
        wait.key: wait.seconds
        for wait in waits(
            Said(m["id"], m["sender"], moment(m["sent_at"]), m["agent"]) for m in talk.messages
        )
    }
    found: list[Line] = []
    before = None
    for message in talk.messages:
        at = moment(message["sent_at"])
        warnings = talk.warnings.get(message["id"], [])
        origin = talk.origins.get(message["id"])
        wait_s = waited.get(message["id"])
        replies = message["sender"] == "agent"
        since = before["sent_at"] if before else ""
        found.append(
            Line(
                row=message,
                gap_s=whole_seconds(at - moment(since)) if since else None,
                wait_s=wait_s,
                late=not replies and (wait_s is None or wait_s > late_s),
                suggestions=talk.suggestions.get(message["id"], []),
                warnings=warnings,
                pieces=marked(message["text"], warnings),
                origin=origin,
                changes=text_pieces(origin.approved, message["text"]) if origin else (),
                inserted=_inserted(talk, since, message) if replies else None,
                drafts=_drafts(talk, since, message) if replies else [],
            )
        )
        before = message
    return found


def _inserted(talk: Talk, since: str, message: Any) -> Any:
    events = (e for e in talk.events if e["event"] in ("inserted", "copied"))
    return next((e for e in events if since <= e["at"] <= message["sent_at"]), None)


def _drafts(talk: Talk, since: str, message: Any) -> list[Any]:
    """What was warned of while this reply was written."""
    return [w for w in talk.drafts if since <= w["created_at"] <= message["sent_at"]]


def marked(text: str, warnings: list[Any]) -> list[tuple[str, str]]:
    """The text in pieces of (severity or '', text), the gravest warning first where two meet."""
    order = {"high": 0, "medium": 1, "low": 2}
    levels = [""] * len(text)
    for warning in sorted(warnings, key=lambda w: -order.get(w["severity"], 3)):
        for place in range(max(0, warning["start"]), min(len(text), warning["end"])):
            levels[place] = warning["severity"]
    pieces: list[tuple[str, str]] = []
    for level, sign in zip(levels, text, strict=True):
        if pieces and pieces[-1][0] == level:
            pieces[-1] = (level, pieces[-1][1] + sign)
        else:
            pieces.append((level, sign))
    return pieces


def found_pieces(text: str, query: str) -> list[tuple[bool, str]]:
    """The text in pieces of (is a word of the query, text)."""
    words = "|".join(re.escape(word) for word in query.split())
    pieces = re.split(f"({words})", text, flags=re.IGNORECASE) if words else [text]
    return [(place % 2 == 1, piece) for place, piece in enumerate(pieces) if piece]


def _shopper(console: Console, talk: Talk) -> dict[str, Any]:
    """What the page says of the shopper: as things stand now, not as they stood then."""
    row, parts = talk.conversation, console.parts
    who = Who(row["shop"], row["platform"], row["shopper_id"])
    shop = parts.catalog.snapshot.library.shops.get(row["shop"])
    bought = parts.people.bought(who)
    levels, groups = (shop.levels, shop.groups) if shop else ((), ())
    today = date.fromisoformat(console.today(row["shop"]))
    return {
        "card": standing_of(bought, levels, groups, today),
        "bought": bought,
        "shopper_notes": parts.notes.of(who),
        "promised": parts.people.promises(who),
        "requested": parts.people.requests(who),
        "asked": parts.people.last_asked(who, row["first_at"]),
    }


def add_conversations(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.app_template_global("talk_lines")
    def talk_lines(talk: Talk) -> list[Line]:
        shops = console.parts.catalog.snapshot.library.shops
        shop = shops.get(talk.conversation["shop"])
        return lines_of(talk, shop.timers.platform_s if shop else 180)

    @qa.get("/qa/conversation/<int:number>")
    @require(*REVIEWERS)
    def conversation(number: int) -> Any:
        talk = console.quality.lookups.talk(number, entries.number("before"))
        if talk is None:
            abort(404, t("qa.deleted"))
        shop = talk.conversation["shop"]
        console.may_see(shop)
        console.note("conversation", shop, number)
        form, lines = console.quality.settings.form(shop)
        rules = console.parts.catalog.snapshot.shops.get(shop)
        return console.page(
            "conversation.html",
            "search",
            shop=shop,
            talk=talk,
            focus=entries.number("focus"),
            items=console.quality.reviews.of_conversation(number),
            seen_by=console.quality.access.of_conversation(number),
            cards=console.quality.scores.of_conversation(number),
            form=form,
            lines=lines,
            rules=rules.checker.ruleset.rules if rules else (),
            categories=CATEGORIES,
            **_shopper(console, talk),
        )

    @qa.post("/qa/conversation/<int:number>/score")
    @require(*REVIEWERS)
    def score(number: int) -> Any:
        talk = console.quality.lookups.talk(number)
        if talk is None:
            abort(404, t("qa.deleted"))
        row = talk.conversation
        console.may_see(row["shop"])
        form, lines = console.quality.settings.form(row["shop"])
        zone = console.zone(row["shop"])
        try:
            marks = {
                line.id: entries.whole(line.name, request.form.get(f"mark_{line.id}", ""))
                for line in lines
                if not line.fatal
            }
            card = Card(
                shop=row["shop"],
                conversation=number,
                agent=request.form.get("agent") or row["agent"],
                day=moment(talk.messages[-1]["sent_at"]).astimezone(zone).date().isoformat(),
                marks=marks,
                fatal=frozenset(request.form.getlist("fatal")),
                note=request.form.get("note", ""),
            )
            points = console.quality.scores.save(card, form, lines, g.account.name)
            flash(t("qa.scored", n=points), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.conversation", number=number))

    @qa.post("/qa/message/<int:number>/miss")
    @require(*REVIEWERS)
    def miss(number: int) -> Any:
        row = console.quality.lookups.conversation_of_message(number)
        if row is None:
            abort(404, t("qa.deleted"))
        console.may_see(row["shop"])
        rule, _, category = request.form.get("rule", "").partition("|")
        try:
            if not rule:
                raise EntryError("no rule was chosen", "choose_rule", "rule")
            item = console.quality.findings.report_miss(
                number, rule, category, g.account.name, request.form.get("note", "")
            )
            flash(t("qa.miss_reported"), "done")
            console.make_example(item)
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.conversation", number=row["id"], focus=number))

    @qa.get("/qa/search")
    @require(*REVIEWERS)
    def search() -> Any:
        console.refresh()
        shop, arguments = console.shop(), request.args
        names = ("text", "platform", "agent", "shopper", "rule")
        fields = {name: arguments.get(name, "").strip() for name in names}
        first, last = arguments.get("from", ""), arguments.get("to", "")
        since, until = console.bounds()
        wanted = Wanted(shop=shop, since=since, until=until, **fields)
        before = entries.number("before")
        hits = console.quality.lookups.search(wanted, _PAGE, before)
        if any(fields.values()):
            told_fields = " ".join(f"{name}={value}" for name, value in fields.items() if value)
            console.note("search", shop, None, told_fields)
        return console.page(
            "search.html",
            "search",
            hits=hits,
            found_pieces=found_pieces,
            fields=fields,
            first=first,
            last=last,
            names=console.quality.lookups.names(shop),
            more=hits[-1]["position"] if len(hits) == _PAGE else 0,
            arguments={k: v for k, v in arguments.items() if v and k != "before"},
        )
