"""One-time pairing codes: a short text that a person types once to get an account's token."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

from server.accounts.rights import may_manage
from server.base.errors import AuthError
from server.store import Account, Accounts

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: codes are typed by hand
CODE_LIFE_S = 60 * 60.0
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class PairingCode:
    """A code that makes an account, or one more token for the account `account_id`.

    `issuer` is who made it ("" the server itself).
    """

    code: str
    role: str
    shop: str
    name: str
    expires: float
    account_id: int = 0
    issuer: str = ""

    @property
    def shown(self) -> str:
        """The code in two groups, as people read it."""
        return f"{self.code[:4]}-{self.code[4:]}"

    def as_text(self) -> str:
        """The code as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)


def code_from(text: str) -> PairingCode:
    """The code of what `as_text` gave."""
    return PairingCode(**json.loads(text))


def typed(code: str) -> str:
    """A code as people type it, without blanks, dashes and small letters."""
    return "".join(c for c in code.upper() if c in ALPHABET)


def code_for(
    issuer: Account | None, role: str, shop: str, name: str, accounts: Accounts, now: float
) -> PairingCode:
    """A fresh code; a `name` that has an account gives that account's role and shop.

    Raises AuthError when `issuer` (None: the server) may not manage such an account.
    """
    known = accounts.by_name(name) if name else None
    if known is not None:
        role, shop = known.role, known.shop
    if issuer is not None and not may_manage(issuer, role, shop):
        raise AuthError(
            f"{issuer.name} may not pair an account as {role} of {shop or 'all shops'}; "
            "leads pair agents of their own shop; ask an admin"
        )
    code = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return PairingCode(
        code,
        role,
        shop,
        name,
        now + CODE_LIFE_S,
        known.id if known else 0,
        issuer.name if issuer else "",
    )


def account_for(code: PairingCode, name: str, accounts: Accounts) -> Account | None:
    """The account that a code gives a token for; None when it makes a new one called `name`.

    Raises AuthError when the name is another person's or the account is no longer as it was when
    the code was made, UsageError when the name is not usable.
    """
    if code.account_id:
        known = accounts.by_id(code.account_id)
        if known is None or (known.role, known.shop) != (code.role, code.shop):
            raise AuthError(f"account {code.name} was changed since; ask for a new code")
        return known
    accounts.check_name(name)
    if accounts.taken(name):
        raise AuthError(
            f"名字 {name} 已有账号 / name {name!r} has an account already; choose another name, or "
            "ask a lead for a code made for it"
        )
    return None
