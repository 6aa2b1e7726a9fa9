"""Who asks: tokens, page sessions, tickets for pages, one-time pairing codes.

Whatever lets somebody in is one row of `tokens` (only its hash is kept), and everything that was
let in keeps that hash and asks again: revoking, closing or changing an account reaches page
sessions, tickets and open sockets alike.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from server.accounts.pairing import PairingCode, account_for, code_for, code_from, typed
from server.accounts.tries import Tries
from server.base.errors import AuthError, BangdaError
from server.store import Account, Accounts
from server.store.passes import Passes

_TICKET_LIFE_S = 60.0


def hash_token(token: str) -> str:
    """SHA-256 in hex. Tokens hold 256 random bits, so a plain fast hash keeps them safe at rest."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Grant:
    """An account that was let in, and the hash of what let it in."""

    account: Account
    token_hash: str


@dataclass
class Auth:
    """Tokens, codes and tickets over the accounts."""

    accounts: Accounts
    clock: Callable[[], float] = time.time
    tries: Tries = field(default_factory=Tries)
    _ended: list[Callable[[int], None]] = field(default_factory=list)

    @property
    def passes(self) -> Passes:
        """Codes and tickets."""
        return self.accounts.passes

    def issue(self, name: str, role: str, shop: str, label: str = "") -> tuple[Account, str]:
        """A new account and its token, which is shown once and never stored."""
        token = _new_token()
        return self.accounts.add(name, role, shop, hash_token(token), label), token

    def grant(self, token: str) -> Grant:
        """Who comes with this token or ticket. Raises AuthError."""
        token_hash = self._redeem(token) if token.startswith("tk_") else hash_token(token)
        # The secret of a page session is worth nothing outside of its cookie.
        account = None if token.startswith("pg_") else self.current(token_hash)
        if account is None:
            raise AuthError(
                "token is unknown or was revoked; expected the token of an account; "
                "pair again, or make one: bangda account add NAME --role agent"
            )
        return Grant(account, token_hash)

    def current(self, token_hash: str) -> Account | None:
        """The account behind a hash as it is now, None once it was revoked or closed."""
        return self.accounts.by_token(token_hash)

    def open_page(self, account: Account) -> str:
        """The secret of a new page session, for its cookie."""
        secret = f"pg_{secrets.token_urlsafe(32)}"
        self.accounts.add_token(account, hash_token(secret), "", kind="page")
        return secret

    def page(self, secret: str) -> Grant | None:
        """Who is signed in with this secret."""
        token_hash = hash_token(secret)
        account = self.current(token_hash) if secret.startswith("pg_") else None
        return Grant(account, token_hash) if account else None

    def end_page(self, secret: str) -> None:
        """Ends a page session for good: a copy of its cookie is worth nothing."""
        self.accounts.revoke_token(hash_token(secret))

    def ticket(self, grant: Grant) -> str:
        """A token for one socket within a minute, for pages that hold only a session cookie.

        It ends with what it was given for.
        """
        ticket = f"tk_{secrets.token_urlsafe(24)}"
        now = self.clock()
        # Only its hash is kept, as of a token.
        kept = hash_token(ticket)
        self.passes.keep("ticket", kept, grant.token_hash, now + _TICKET_LIFE_S, now)
        return ticket

    def _redeem(self, ticket: str) -> str:
        found = self.passes.take("ticket", hash_token(ticket), self.clock())
        return found[0] if found else ""

    def on_end(self, listener: Callable[[int], None]) -> None:
        """Calls `listener` with the id of each account that was revoked, closed or changed."""
        self._ended.append(listener)

    def revoke(self, account_id: int) -> None:
        """Ends every token, page session, ticket and socket of an account."""
        self.accounts.revoke_tokens(account_id)
        self._tell(account_id)

    def disable(self, account_id: int) -> None:
        """Closes an account and ends what it has open."""
        self.accounts.set_disabled(account_id, True)
        self._tell(account_id)

    def change(self, account_id: int, role: str, shop: str) -> None:
        """Another role and shop; open sockets must come again. Raises UsageError."""
        self.accounts.change(account_id, role, shop)
        self._tell(account_id)

    def _tell(self, account_id: int) -> None:
        for listener in self._ended:
            listener(account_id)

    def new_code(
        self, role: str = "agent", shop: str = "", name: str = "", issuer: Account | None = None
    ) -> PairingCode:
        """A fresh pairing code; `name` binds it. Raises AuthError when the issuer may not."""
        now = self.clock()
        made = code_for(issuer, role, shop, name.strip(), self.accounts, now)
        self.passes.keep("code", made.code, made.as_text(), made.expires, now)
        return made

    def open_code(self, shop: str = "", issuer: Account | None = None) -> PairingCode:
        """The current code for new agents of a shop ("" all), a new one when it was used."""
        held = (code_from(body) for body, _ in self.passes.all("code", self.clock()))
        open_codes = [p for p in held if p.role == "agent" and not p.name and p.shop == shop]
        return open_codes[-1] if open_codes else self.new_code(shop=shop, issuer=issuer)

    def pair(self, code: str, name: str) -> tuple[Account, str, PairingCode]:
        """Spends a code: the account (made when new), a fresh token, and what the code said.

        Raises AuthError or UsageError; a code that could not be used stays as it was.
        """
        now = self.clock()
        taken = self.passes.take("code", typed(code), now)
        if taken is None:
            raise AuthError(
                "配对码不对或已用过 / pairing code is wrong, used or too old; expected the "
                "code that the server shows now; read it again on the server's page"
            )
        found = code_from(taken[0])
        try:
            name = found.name or name.strip()
            known = account_for(found, name, self.accounts)
            token = _new_token()
            if known is None:
                known = self.accounts.add(name, found.role, found.shop, hash_token(token), "paired")
            else:
                self.accounts.add_token(known, hash_token(token), "paired")
        except BangdaError:
            self.passes.keep("code", found.code, taken[0], found.expires, now)
            raise
        return known, token, found


def _new_token() -> str:
    return f"bd_{secrets.token_urlsafe(32)}"
