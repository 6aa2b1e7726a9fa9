"""What each account's requests cost the server: who takes more than a share waits, not the others.

Processor time is charged to the account, over all of its sockets and requests. Only while others
are served as well: an account alone has the whole server.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from server.base.errors import BusyError

# Processor seconds a second that accounts share, and what each has however many they are. On two
# shared cores an agent at work spends .002 to .01, the fastest human (a message a second, typing
# and looking all the while) .03, five texts of 3,000 dear signs a second .2.
_SHARED: Final = 0.5
_LEAST: Final = 0.06
# Processor seconds that an account has saved at most: an outbox of a day, a minute of everything.
_SAVED: Final = 3.0
# What was overdrawn so far puts off suggestions too; typing checks are put off before.
_OVERDRAWN: Final = 0.3
# Who asked within this time counts as being served.
_WINDOW_S: Final = 10.0
_LONGEST_S: Final = 60
# How many requests of an account are at work at a time; the next waits until one is done.
_PLACES: Final = 4
# What can be asked again a moment later without anybody missing it.
_FIRST: Final = frozenset({"draft", "search", "image", "waiting"})
# Never put off and never charged: what an agent did must reach the disk.
_NEVER: Final = frozenset({"event"})


@dataclass
class _Account:
    """Credit in processor seconds as of `at`; below nought it is overdrawn."""

    credit: float
    at: float
    seen: float
    working: int = 0


class Shares:
    """The accounts that were served lately, and what they have left."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        """`spent` is the processor time of the calling thread, in seconds."""
        self._clock, self._spent = clock, spent
        self._accounts: dict[int, _Account] = {}
        self._changed = threading.Condition()
        self._active, self._counted_at = 0, -math.inf

    @contextmanager
    def turn(self, account_id: int, kind: str, *, final: bool = False) -> Iterator[None]:
        """Answers one request of an account, and charges what it cost; may wait for its others.

        `final` is a check of what is about to be sent, which is put off as late as suggestions are.
        Raises BusyError where the account is to come again later.
        """
        with self._changed:
            account = self._asking(account_id)
            first = kind in _FIRST and not final
            if kind not in _NEVER:
                self._refuse_overdrawn(account, first=first)
            if account.working >= self._places(account):
                self._changed.wait_for(lambda: account.working < self._places(account))
                if kind not in _NEVER:  # what was at work meanwhile has its price
                    self._refuse_overdrawn(account, first=first)
            account.working += 1
        begun = self._spent()
        try:
            yield
        finally:
            cost = self._spent() - begun
            with self._changed:
                account.working -= 1
                if kind not in _NEVER:
                    self._charge(account, cost)
                self._changed.notify_all()

    @contextmanager
    def charged(self, account_id: int) -> Iterator[None]:
        """Charges work that belongs to an account and is not put off: a welcome, what is kept."""
        begun = self._spent()
        try:
            yield
        finally:
            cost = self._spent() - begun
            with self._changed:
                self._charge(self._asking(account_id), cost)

    def _asking(self, account_id: int) -> _Account:
        """The account, its credit as of now."""
        now = self._clock()
        account = self._accounts.get(account_id)
        if account is None:
            account = self._accounts[account_id] = _Account(_SAVED, now, -math.inf)
        is_new = account.seen < now - _WINDOW_S
        account.seen = now
        if is_new or now - self._counted_at >= 1:
            self._count(now)
        account.credit = min(_SAVED, account.credit + (now - account.at) * self._rate())
        account.at = now
        return account

    def _count(self, now: float) -> None:
        """How many are served; those that were not for so long that all is paid back are let go."""
        self._counted_at = now
        self._active = sum(one.seen >= now - _WINDOW_S for one in self._accounts.values())
        gone = now - 2 * _SAVED / _LEAST
        for account_id in [i for i, a in self._accounts.items() if a.seen < gone and not a.working]:
            del self._accounts[account_id]

    def _rate(self) -> float:
        return max(_LEAST, _SHARED / max(1, self._active))

    def _is_alone(self) -> bool:
        return self._active <= 1

    def _places(self, account: _Account) -> float:
        if self._is_alone():
            return math.inf
        return _PLACES if account.credit >= 0 else 1

    def _refuse_overdrawn(self, account: _Account, *, first: bool) -> None:
        allowed = 0.0 if first else _OVERDRAWN
        if self._is_alone() or account.credit + allowed >= 0:
            return
        until = math.ceil((-account.credit - allowed) / self._rate())
        raise BusyError(max(1, min(_LONGEST_S, until)))

    def _charge(self, account: _Account, cost: float) -> None:
        if not self._is_alone():
            account.credit = max(-_SAVED, account.credit - cost)
