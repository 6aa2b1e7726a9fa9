"""Who may do what to whom, value by value."""

from __future__ import annotations

import pytest

from server.accounts.rights import covers, may_manage, own_lines
from server.store import Account


def who(role: str, shop: str) -> Account:
    return Account(1, "小王", role, shop)


@pytest.mark.parametrize(
    ("own", "asked", "allowed"),
    [("", "", True), ("", "a", True), ("a", "a", True), ("a", "b", False), ("a", "", False)],
)
def test_an_account_of_a_shop_never_covers_all(own: str, asked: str, allowed: bool) -> None:
    assert covers(who("admin", own), asked) is allowed


@pytest.mark.parametrize("role", ["agent", "lead", "qa", "admin"])
@pytest.mark.parametrize(
    ("actor", "own", "shop", "roles"),
    [
        ("admin", "", "", {"agent", "lead", "qa", "admin"}),
        ("admin", "", "b", {"agent", "lead", "qa", "admin"}),
        ("admin", "a", "a", {"agent", "lead", "qa", "admin"}),
        ("admin", "a", "b", set()),
        ("admin", "a", "", set()),
        ("lead", "a", "a", {"agent"}),
        ("lead", "a", "b", set()),
        ("lead", "a", "", set()),
        ("lead", "", "b", {"agent"}),
        ("qa", "", "a", set()),
        ("agent", "", "a", set()),
    ],
)
def test_who_manages_whom(actor: str, own: str, shop: str, roles: set[str], role: str) -> None:
    assert may_manage(who(actor, own), role, shop) is (role in roles)


def test_an_agent_reads_the_lines_of_the_own_seat_alone() -> None:
    seats = ["小李", "小王", "小李", "小王"]
    assert own_lines(who("agent", "a"), "a", seats) == [1, 3]
    assert own_lines(who("agent", "b"), "a", seats) == []
