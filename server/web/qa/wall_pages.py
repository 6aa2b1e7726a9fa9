"""The live wall: who waits, what is risky now, whose adapter is broken, who is connected."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, jsonify

from server.base.times import moment, utc_text
from server.compliance.findings import CATEGORIES
from server.web.access import require
from server.web.qa.console import REVIEWERS, Console, platform_name


def add_wall(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/wall/")
    @qa.get("/wall", endpoint="wall_short")
    @require(*REVIEWERS)
    def wall() -> Any:
        return console.page("wall.html", "wall", now=state())

    @qa.get("/wall/now.json")
    @require(*REVIEWERS)
    def wall_now() -> Any:
        return jsonify(state())

    def unopened(known: list[dict[str, Any]], shop: str, now: datetime) -> list[dict[str, Any]]:
        """Who waits in the agents' lists and has no line here yet: nobody opened them."""
        here = {(w["shop"], w["conversation_id"]) for w in known}
        names = dict(console.shops())
        shops = console.parts.catalog.snapshot.library.shops
        found = []
        for one in console.parts.desk.waiting_room.waiting(shop):
            if (one.shop, one.conversation_id) in here or not one.since:
                continue
            timers = shops[one.shop].timers if one.shop in shops else None
            found.append(
                {
                    "conversation": 0,
                    "shop": one.shop,
                    "platform": platform_name(one.platform),
                    "agent": one.agent,
                    "shopper": one.shopper or one.conversation_id,
                    "text": "",
                    "since": one.since,
                    "wait_s": max(0, int((now - moment(one.since)).total_seconds())),
                    "conversation_id": one.conversation_id,
                    "shop_name": names.get(one.shop, one.shop),
                    "answer_s": timers.answer_s if timers else 20,
                    "platform_s": timers.platform_s if timers else 180,
                }
            )
        return found

    def state() -> dict[str, Any]:
        shop, now = console.shop(), datetime.now(UTC)
        live = console.quality.wall
        names = dict(console.shops())
        shops = console.parts.catalog.snapshot.library.shops
        waiting = []
        for found in live.waiting(shop, now):
            known = shops.get(found.shop)
            waiting.append(
                asdict(found)
                | {
                    "platform": platform_name(found.platform),
                    "shop_name": names.get(found.shop, found.shop),
                    "answer_s": known.timers.answer_s if known else 20,
                    "platform_s": known.timers.platform_s if known else 180,
                }
            )
        waiting += unopened(waiting, shop, now)
        waiting.sort(key=lambda one: -one["wait_s"])
        risks = live.risks(shop, now)
        for risk in risks:
            risk["category_name"] = CATEGORIES.get(str(risk["category"]), risk["category"])
            risk["platform"] = platform_name(str(risk["platform"]))
        seats = [client.seat for client in console.parts.clients]
        connected = Counter(
            (seat.account.name, seat.shop, seat.platform)
            for seat in seats
            if shop in ("", seat.shop)
        )
        return {
            "at": utc_text(now),
            "waiting": waiting,
            "risks": risks,
            "broken": [
                asdict(b) | {"platform": platform_name(b.platform)} for b in live.broken(shop, now)
            ],
            "agents": [
                {"name": name, "shop": names.get(key, key), "platform": platform_name(platform)}
                for name, key, platform in sorted(connected)
            ],
            "role": g.account.role,
        }
