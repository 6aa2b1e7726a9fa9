"""Tokens, pairing codes, tickets, and who may knock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.accounts.extension_id import EXTENSION_ORIGIN
from server.accounts.gate import Gate
from server.accounts.tokens import Auth
from server.accounts.tries import MOST, WITHIN_S, Tries
from server.base.errors import AuthError, TooManyTriesError, UsageError
from server.store import Accounts, Database


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def auth(where: Path | str, tmp_path: Path, clock: Clock) -> Iterator[Auth]:
    database = Database(where, tmp_path)
    yield Auth(Accounts(database), clock)
    database.close()


def test_a_code_pairs_once(auth: Auth) -> None:
    code = auth.open_code()
    account, token, spent = auth.pair(code.shown.lower(), "小王")
    assert (account.name, account.role, spent) == ("小王", "agent", code)
    assert auth.grant(token).account == account
    with pytest.raises(AuthError, match="配对码"):
        auth.pair(code.code, "小李")
    assert auth.open_code().code != code.code


def test_a_code_runs_out(auth: Auth, clock: Clock) -> None:
    code = auth.open_code()
    clock.now += 3601
    with pytest.raises(AuthError):
        auth.pair(code.code, "小王")


def test_guessing_leaves_the_codes_of_others_alone(auth: Auth) -> None:
    code = auth.open_code()
    for _ in range(50):
        with pytest.raises(AuthError):
            auth.pair("22222222", "小王")
    assert auth.pair(code.code, "小王")[0].name == "小王"


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "王" * 41])
def test_a_name_that_is_not_usable_burns_no_code(auth: Auth, name: str) -> None:
    code = auth.open_code()
    with pytest.raises(UsageError, match="not usable"):
        auth.pair(code.code, name)
    assert auth.pair(code.code, "小王")[0].name == "小王"


@pytest.mark.parametrize("role", ["agent", "lead", "qa", "admin"])
def test_an_unnamed_code_gives_nobody_elses_account(auth: Auth, role: str) -> None:
    known, _ = auth.issue("老王", role, "shop-b")
    code = auth.open_code()
    with pytest.raises(AuthError, match="老王"):
        auth.pair(code.code, "老王")
    auth.disable(known.id)
    with pytest.raises(AuthError, match="老王"):
        auth.pair(code.code, "老王")


def test_a_code_made_for_an_account_adds_a_token_to_it(auth: Auth) -> None:
    lead, _ = auth.issue("主管", "lead", "shop-a")
    first, token, _ = auth.pair(auth.open_code("shop-a").code, "小王")
    second, other, _ = auth.pair(auth.new_code(name="小王", issuer=lead).code, "")
    assert first == second
    assert token != other
    assert auth.grant(token).account == auth.grant(other).account


def test_a_code_is_void_once_its_account_changed(auth: Auth) -> None:
    lead, _ = auth.issue("主管", "lead", "shop-a")
    account, _ = auth.issue("小王", "agent", "shop-a")
    code = auth.new_code(name="小王", issuer=lead)
    auth.change(account.id, "admin", "")
    with pytest.raises(AuthError, match="changed"):
        auth.pair(code.code, "")


def test_a_ticket_opens_one_socket_within_a_minute(auth: Auth, clock: Clock) -> None:
    account, token = auth.issue("小王", "agent", "")
    ticket = auth.ticket(auth.grant(token))
    assert auth.grant(ticket).account == account
    with pytest.raises(AuthError):
        auth.grant(ticket)
    late = auth.ticket(auth.grant(token))
    clock.now += 61
    with pytest.raises(AuthError):
        auth.grant(late)


def test_revoking_ends_tokens_pages_and_tickets(auth: Auth) -> None:
    account, token = auth.issue("小王", "agent", "")
    secret, ticket = auth.open_page(account), auth.ticket(auth.grant(token))
    opened = auth.grant(auth.ticket(auth.grant(token)))
    told: list[int] = []
    auth.on_end(told.append)
    auth.revoke(account.id)
    assert auth.page(secret) is None
    assert auth.current(opened.token_hash) is None
    for held in (token, ticket):
        with pytest.raises(AuthError):
            auth.grant(held)
    assert told == [account.id]


def test_signing_out_ends_the_page_and_nothing_else(auth: Auth) -> None:
    account, token = auth.issue("小王", "agent", "")
    here, there = auth.open_page(account), auth.open_page(account)
    page = auth.page(here)
    assert page is not None
    ticket = auth.ticket(page)
    auth.end_page(here)
    assert auth.page(here) is None
    with pytest.raises(AuthError):
        auth.grant(ticket)
    assert auth.page(there) is not None
    assert auth.grant(token).account == account


def test_the_secret_of_a_page_is_no_token(auth: Auth) -> None:
    account, _ = auth.issue("小王", "agent", "")
    with pytest.raises(AuthError):
        auth.grant(auth.open_page(account))


def test_disabled_accounts_are_refused(auth: Auth) -> None:
    account, token = auth.issue("小王", "agent", "")
    auth.disable(account.id)
    with pytest.raises(AuthError):
        auth.grant(token)
    auth.accounts.set_disabled(account.id, False)
    assert auth.grant(token).account == account


def test_tries_are_counted_by_address(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    tries = Tries(clock)
    for _ in range(MOST):
        tries.check("127.0.0.1")
        tries.failed("127.0.0.1", "pairing")
    with pytest.raises(TooManyTriesError, match="等一分钟"):
        tries.check("127.0.0.1")
    tries.check("127.0.0.2")
    clock.now += WITHIN_S + 1
    tries.check("127.0.0.1")
    assert caplog.text.count("pairing failed from 127.0.0.1") == MOST


@pytest.mark.parametrize(("name", "role"), [("", "agent"), ("a\nb", "agent"), ("小王", "boss")])
def test_unusable_names_and_roles_are_said(auth: Auth, name: str, role: str) -> None:
    with pytest.raises(UsageError):
        auth.issue(name, role, "")


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8765", True),
        ("localhost:8765", True),
        ("[::1]:8765", True),
        ("127.0.0.1", True),
        ("127.0.0.1:9999", False),
        ("rebound.example:8765", False),
        ("", False),
    ],
)
def test_hosts(host: str, allowed: bool) -> None:
    assert Gate.around("127.0.0.1", 8765).host_allowed(host) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        (EXTENSION_ORIGIN, True),
        ("http://127.0.0.1:8765", True),
        ("http://127.0.0.1", False),
        ("http://127.0.0.1:8766", False),
        (EXTENSION_ORIGIN + "x", False),
        ("null", False),
        ("https://evil.example", False),
    ],
)
def test_origins(origin: str | None, allowed: bool) -> None:
    assert Gate.around("127.0.0.1", 8765).origin_allowed(origin) is allowed


def test_another_bind_address_counts_as_own_name() -> None:
    assert Gate.around("192.168.1.5", 80).host_allowed("192.168.1.5")
    assert not Gate.around("0.0.0.0", 80).host_allowed("0.0.0.0:80")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://bangda.example", True),
        ("https://other.example:8443", True),
        ("http://bangda.example", False),
        ("https://bangda.example.evil", False),
        ("https://127.0.0.1", False),
        ("https://localhost", False),
    ],
)
def test_a_proxy_in_front_is_opened_by_its_own_name(origin: str, allowed: bool) -> None:
    gate = Gate.around("10.0.0.11", 8765, ("bangda.example", "other.example:8443"))
    assert gate.origin_allowed(origin) is allowed
    assert gate.host_allowed("bangda.example")
