"""The live wall: who waits, what is risky now, whose adapter is broken, who is connected."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, jsonify

from server.base.times import utc_text
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
