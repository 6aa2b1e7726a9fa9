"""Who asks: tokens, one-time pairing codes, tickets for pages."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from server.base.errors import AuthError
from server.store import Account, Accounts

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: codes are typed by hand
_CODE_LENGTH = 8
_CODE_LIFE_S = 60 * 60.0
_TICKET_LIFE_S = 60.0
_MAX_WRONG_CODES = 10


def hash_token(token: str) -> str:
    """SHA-256 in hex. Tokens hold 256 random bits, so a plain fast hash keeps them safe at rest."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PairingCode:
    """A one-time code that makes an account (or one more token for it)."""

    code: str
    role: str
    shop: str
    name: str
    expires: float

    @property
    def shown(self) -> str:
        """The code in two groups, as people read it."""
        return f"{self.code[:4]}-{self.code[4:]}"


@dataclass
class Auth:
    """Tokens over the accounts, codes and tickets in memory."""

    accounts: Accounts
    clock: Callable[[], float] = time.monotonic
    _codes: dict[str, PairingCode] = field(default_factory=dict)
    _tickets: dict[str, tuple[int, float]] = field(default_factory=dict)
    _wrong: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, name: str, role: str, shop: str, label: str = "") -> tuple[Account, str]:
        """A new account and its token, which is shown once and never stored."""
        token = _new_token()
        return self.accounts.add(name, role, shop, hash_token(token), label), token

    def account(self, token: str) -> Account:
        """The account of a token or ticket. Raises AuthError."""
        account = self.accounts.by_token(hash_token(token)) or self._redeem(token)
        if account is None:
            raise AuthError(
                "token is unknown or was revoked; expected the token of an account; "
                "pair again, or make one: bangda account add NAME --role agent"
            )
        return account

    def still_valid(self, account: Account, token: str) -> bool:
        """Whether a socket that was opened with `token` may go on."""
        if self.accounts.by_token(hash_token(token)):
            return True
        return token.startswith("tk_") and self.accounts.by_id(account.id) is not None

    def ticket(self, account: Account) -> str:
        """A token for one socket within a minute, for pages that hold only a session cookie."""
        ticket = f"tk_{secrets.token_urlsafe(24)}"
        with self._lock:
            now = self.clock()
            self._tickets = {t: v for t, v in self._tickets.items() if v[1] > now}
            self._tickets[ticket] = (account.id, now + _TICKET_LIFE_S)
        return ticket

    def _redeem(self, ticket: str) -> Account | None:
        with self._lock:
            account_id, expires = self._tickets.pop(ticket, (0, 0.0))
        return self.accounts.by_id(account_id) if expires > self.clock() else None

    def new_code(self, role: str = "agent", shop: str = "", name: str = "") -> PairingCode:
        """A fresh pairing code; `name` binds it to that account name."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        made = PairingCode(code, role, shop, name, self.clock() + _CODE_LIFE_S)
        with self._lock:
            self._codes[code] = made
            self._wrong = 0
        return made

    def open_code(self) -> PairingCode:
        """The current code for agents, a new one when the last was used or ran out."""
        with self._lock:
            now = self.clock()
            self._codes = {c: p for c, p in self._codes.items() if p.expires > now}
            open_codes = [p for p in self._codes.values() if p.role == "agent" and not p.name]
        return open_codes[-1] if open_codes else self.new_code()

    def pair(self, code: str, name: str) -> tuple[Account, str]:
        """Spends a code: the account (made when new) and a fresh token. Raises AuthError."""
        code = "".join(c for c in code.upper() if c in _ALPHABET)
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.expires <= self.clock():
                self._count_wrong()
                raise AuthError(
                    "配对码不对或已用过 / pairing code is wrong, used or too old; expected the "
                    "code that the server shows now; read it again on the server's page"
                )
            del self._codes[code]
        name = found.name or name.strip()
        token = _new_token()
        known = self.accounts.by_name(name)
        if known is None:
            account = self.accounts.add(name, found.role, found.shop, hash_token(token), "paired")
            return account, token
        if known.role != found.role and not found.name:
            raise AuthError(f"name {name!r} belongs to another role; choose another name")
        self.accounts.add_token(known, hash_token(token), "paired")
        return known, token

    def _count_wrong(self) -> None:
        self._wrong += 1
        if self._wrong >= _MAX_WRONG_CODES:
            self._codes.clear()


def _new_token() -> str:
    return f"bd_{secrets.token_urlsafe(32)}"
