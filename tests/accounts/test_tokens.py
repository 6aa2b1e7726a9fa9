"""Tokens, pairing codes, tickets, and who may knock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.accounts.extension_id import EXTENSION_ORIGIN
from server.accounts.gate import Gate
from server.accounts.tokens import Auth
from server.base.errors import AuthError, UsageError
from server.store import Accounts, Database


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def auth(tmp_path: Path, clock: Clock) -> Iterator[Auth]:
    database = Database(tmp_path / "bangda.db")
    yield Auth(Accounts(database), clock)
    database.close()


def test_a_code_pairs_once(auth: Auth) -> None:
    code = auth.open_code()
    account, token = auth.pair(code.shown.lower(), "小王")
    assert (account.name, account.role) == ("小王", "agent")
    assert auth.account(token) == account
    with pytest.raises(AuthError, match="配对码"):
        auth.pair(code.code, "小李")
    assert auth.open_code().code != code.code


def test_a_code_runs_out(auth: Auth, clock: Clock) -> None:
    code = auth.open_code()
    clock.now += 3601
    with pytest.raises(AuthError):
        auth.pair(code.code, "小王")


def test_guessing_ends_the_code(auth: Auth) -> None:
    code = auth.open_code()
    for _ in range(10):
        with pytest.raises(AuthError):
            auth.pair("22222222", "小王")
    with pytest.raises(AuthError):
        auth.pair(code.code, "小王")


def test_a_code_gives_no_role_that_it_was_not_made_for(auth: Auth) -> None:
    auth.issue("主管", "lead", "")
    with pytest.raises(AuthError, match="another role"):
        auth.pair(auth.open_code().code, "主管")


def test_pairing_again_adds_a_token_to_the_same_account(auth: Auth) -> None:
    first, token = auth.pair(auth.open_code().code, "小王")
    second, other = auth.pair(auth.open_code().code, "小王")
    assert first == second
    assert token != other
    assert auth.account(token) == auth.account(other)


def test_a_ticket_opens_one_socket_within_a_minute(auth: Auth, clock: Clock) -> None:
    account, _ = auth.issue("小王", "agent", "")
    ticket = auth.ticket(account)
    assert auth.account(ticket) == account
    with pytest.raises(AuthError):
        auth.account(ticket)
    late = auth.ticket(account)
    clock.now += 61
    with pytest.raises(AuthError):
        auth.account(late)


def test_disabled_accounts_and_revoked_tokens_are_refused(auth: Auth) -> None:
    account, token = auth.issue("小王", "agent", "")
    auth.accounts.set_disabled(account.id, True)
    with pytest.raises(AuthError):
        auth.account(token)
    auth.accounts.set_disabled(account.id, False)
    assert auth.still_valid(account, token)
    auth.accounts.revoke_tokens(account.id)
    assert not auth.still_valid(account, token)


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
