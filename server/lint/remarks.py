"""What a lead should look at, though nothing is wrong: shown in the console, never a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from server.base.errors import Problem
from server.base.variables import variables
from server.library import Script, Shop, parse_moment
from server.lint.rules import at

Remark = Callable[[Script, Shop, datetime], Iterator[Problem]]
REMARKS: dict[str, Remark] = {}

SOON = timedelta(days=7)
STALE = timedelta(days=180)
# An agent types about 50 characters a minute and shoppers read bubbles of two or three lines
# (house rule: 如回答太长，宜分次回答).
LONG_BUBBLE = 120


def remark(code: str) -> Callable[[Remark], Remark]:
    """Registers a remark under its code."""

    def wrap(function: Remark) -> Remark:
        REMARKS[code] = function
        return function

    return wrap


def remarks_of(shop: Shop, local_now: datetime) -> list[Problem]:
    """Every remark about a shop's scripts at this time (naive, in the shop's time zone)."""
    return sorted(
        found
        for script in shop.scripts
        for function in REMARKS.values()
        for found in function(script, shop, local_now)
    )


@remark("N201")
def no_tests(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """No held-out tests: nothing notices when another script takes this one's questions."""
    if not script.tests:
        yield at(script, "N201", "has no tests", "add two questions that are not among `questions`")


@remark("N202")
def no_questions(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """No questions: only title and reply are searched, which finds less."""
    if not script.questions:
        yield at(script, "N202", "has no questions", "add how shoppers ask for it")


@remark("N203")
def expired(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """The script's time is over; it is not suggested any more."""
    if script.valid_until is not None and script.valid_until.last < local_now:
        yield at(script, "N203", f"expired {script.valid_until}", "renew it or remove it")


@remark("N204")
def expires_soon(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """The script's time ends within a week."""
    until = script.valid_until
    if until is not None and local_now <= until.last < local_now + SOON:
        yield at(script, "N204", f"expires {until}", "decide what follows it")


@remark("N205")
def silent(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """The reply uses a fact that does not hold now, so it goes out with a gap."""
    for name in variables(script.reply):
        fact = shop.facts.get(name)
        if fact is not None and not fact.holds(local_now) and script.is_live(local_now):
            yield at(script, "N205", f"fact {name} does not hold now", "renew the fact")


@remark("N206")
def stale(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """Nobody has looked at the script for half a year."""
    reviewed = parse_moment(script.reviewed) if script.reviewed else None
    if reviewed is not None and reviewed.last < local_now - STALE:
        yield at(script, "N206", f"last reviewed {script.reviewed}", "read it again")


@remark("N207")
def long_bubble(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """A long reply that is not sent in parts."""
    if len(script.reply) > LONG_BUBBLE and not script.parts:
        what = f"reply has {len(script.reply)} characters"
        yield at(script, "N207", what, "send it in `parts`")


@remark("N208")
def no_stage(script: Script, shop: Shop, local_now: datetime) -> Iterator[Problem]:
    """No stage (售前, 售中, 售后)."""
    if not script.stage:
        yield at(script, "N208", "has no stage", "choose 售前, 售中 or 售后")
