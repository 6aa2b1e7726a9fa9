"""Accounts, roles and pairing codes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, request

from server.base.errors import UsageError
from server.library import Shop
from server.store import ROLES as ALL_ROLES
from server.web.lead.common import Console, allowed_shops, page, say, show


def add(lead: Blueprint, console: Console) -> None:
    """The routes of accounts and pairing."""

    @lead.get("/<shop>/people")
    @page(console)
    def people(shop: Shop) -> Any:
        return _page(console)

    @lead.post("/<shop>/people")
    @page(console)
    def people_change(shop: Shop) -> Any:
        deed = request.form.get("do", "")
        if deed == "code":
            return _page(console, code=_code(console, shop))
        if g.account.role != "admin":
            abort(403)
        token = ""
        accounts = console.parts.accounts
        if deed == "add":
            name, role = request.form.get("name", ""), request.form.get("role", "agent")
            token = console.parts.auth.issue(name, role, _shop_chosen(console), "console")[1]
        else:
            number = request.form.get("account", 0, type=int)
            if number == g.account.id and deed in ("disable", "change"):
                raise UsageError("nobody closes or changes their own account; ask another admin")
            if deed == "disable":
                accounts.set_disabled(number, True)
            elif deed == "enable":
                accounts.set_disabled(number, False)
            elif deed == "revoke":
                accounts.revoke_tokens(number)
            elif deed == "change":
                accounts.change(number, request.form.get("role", "agent"), _shop_chosen(console))
        console.curator.note(g.account.name, f"account {deed}", {"shop": shop.id})
        say("people_saved")
        return _page(console, token=token)


def _code(console: Console, shop: Shop) -> Any:
    """A pairing code; only an admin makes codes for other roles than agents."""
    role = request.form.get("role", "agent")
    if role not in ALL_ROLES or (role != "agent" and g.account.role != "admin"):
        abort(403)
    return console.parts.auth.new_code(role, shop.id, request.form.get("name", "").strip())


def _shop_chosen(console: Console) -> str:
    chosen = request.form.get("shop", "")
    return chosen if chosen in {shop.id for shop in allowed_shops(console)} else ""


def _page(console: Console, *, token: str = "", code: Any = None) -> str:
    accounts = console.parts.accounts.all() if g.account.role == "admin" else []
    return show(
        "people.html", "settings", accounts=accounts, roles=ALL_ROLES, token=token, code=code
    )
