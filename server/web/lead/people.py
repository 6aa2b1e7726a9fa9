"""Accounts, roles and pairing codes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, request

from server.accounts.rights import covers, may_manage
from server.base.errors import EntryError
from server.library import Shop
from server.store import ROLES as ALL_ROLES
from server.store import Account
from server.web import entries
from server.web.lead.common import Console, page, say, show


def add(lead: Blueprint, console: Console) -> None:
    """The routes of accounts and pairing."""

    @lead.get("/<shop>/people")
    @page(console)
    def people(shop: Shop) -> Any:
        return _page(console)

    @lead.post("/<shop>/people")
    @page(console, again=lambda console, shop: _page(console))
    def people_change(shop: Shop) -> Any:
        deed = request.form.get("do", "")
        if deed == "code":
            return _page(console, code=_code(console, shop))
        if g.account.role != "admin":
            abort(403)
        if deed == "add":
            return _page(console, token=_added(console))
        if deed not in ("disable", "enable", "revoke", "change"):
            abort(400)
        _changed(console, deed, _target(console))
        say("people_saved")
        return _page(console)


def _code(console: Console, shop: Shop) -> Any:
    """A pairing code for the shop of the address, or one more for the account that is named."""
    role, name = request.form.get("role", "agent"), request.form.get("name", "").strip()
    if role not in ALL_ROLES or not may_manage(g.account, role, shop.id):
        abort(403)
    known = console.parts.accounts.by_name(name) if name else None
    if known is not None and not may_manage(g.account, known.role, known.shop):
        abort(403)
    return console.parts.auth.new_code(role, shop.id, name, g.account)


def _added(console: Console) -> str:
    """A new account's token."""
    name, role, shop = request.form.get("name", ""), *_wanted(console)
    account, token = console.parts.auth.issue(name, role, shop, "console")
    _note(console, "add", account)
    say("people_saved")
    return token


def _target(console: Console) -> Account:
    """The account of the form; 403 for one that is not the signed-in person's to manage."""
    number = entries.number("account")
    found = next((row for row in console.parts.accounts.all() if row["id"] == number), None)
    if found is None:
        abort(404)
    if not may_manage(g.account, found["role"], found["shop"]):
        abort(403)
    return Account(found["id"], found["name"], found["role"], found["shop"])


def _changed(console: Console, deed: str, target: Account) -> None:
    auth = console.parts.auth
    if target.id == g.account.id and deed in ("disable", "change"):
        raise EntryError(
            "nobody closes or changes their own account; ask another admin", "own_account"
        )
    if deed == "disable":
        auth.disable(target.id)
    elif deed == "enable":
        console.parts.accounts.set_disabled(target.id, False)
    elif deed == "revoke":
        auth.revoke(target.id)
    else:
        role, shop = _wanted(console)
        auth.change(target.id, role, shop)
        target = Account(target.id, target.name, role, shop)
    _note(console, deed, target)


def _wanted(console: Console) -> tuple[str, str]:
    """Role and shop of the form; 403 for what is above the signed-in person. Raises UsageError."""
    role, shop = request.form.get("role", "agent"), request.form.get("shop", "")
    if shop and shop not in console.curator.library.shops:
        raise EntryError(
            f"no shop {shop!r}; expected one of the list, or none for all shops",
            "choice", "shop", found=shop,
        )  # fmt: skip
    if not may_manage(g.account, role, shop):
        abort(403)
    return role, shop


def _note(console: Console, deed: str, account: Account) -> None:
    """Who did what to whom, for the audit trail."""
    details = {"account": account.name, "role": account.role, "shop": account.shop}
    console.parts.quality.audit.append("account", g.account.name, deed, details)


def _page(console: Console, *, token: str = "", code: Any = None) -> str:
    accounts = [
        row
        for row in (console.parts.accounts.all() if g.account.role == "admin" else ())
        if covers(g.account, row["shop"])
    ]
    return show(
        "people.html", "settings", accounts=accounts, roles=ALL_ROLES, token=token, code=code
    )
