"""Accounts and token hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.base.errors import EntryError, StoreRuleError
from server.base.times import utc_now, utc_text
from server.store.database import Database, Row, Writing
from server.store.passes import Passes

ROLES = ("agent", "lead", "qa", "admin")
# A page session ends by itself after this many days, as its cookie does.
PAGE_DAYS = 30
_OWNER_OF = """
    SELECT a.id, a.name, a.role, a.shop FROM accounts a JOIN tokens t ON t.account_id = a.id
    WHERE a.disabled_at IS NULL AND t.token_hash = ? AND t.revoked_at IS NULL
    AND (t.kind = 'token' OR t.created_at > ?)
"""
_BY_NAME = "SELECT id, name, role, shop FROM accounts WHERE disabled_at IS NULL AND name = ?"
_BY_ID = "SELECT id, name, role, shop FROM accounts WHERE disabled_at IS NULL AND id = ?"


@dataclass(frozen=True, slots=True)
class Account:
    """A person; `shop` empty means every shop of this server."""

    id: int
    name: str
    role: str
    shop: str


class Accounts:
    """Accounts by name and by token hash."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.passes = Passes(database)

    def add(self, name: str, role: str, shop: str, token_hash: str, label: str) -> Account:
        """A new account with one token. Raises UsageError when the name is taken or not usable."""
        name = name.strip()
        self.check_name(name)
        if role not in ROLES:
            raise EntryError(
                f"role is {role!r}; expected one of: {', '.join(ROLES)}", "role", "role", found=role
            )

        def job(db: Writing) -> int:
            now = utc_now()
            row = {"name": name, "role": role, "shop": shop, "created_at": now}
            account_id = db.insert("accounts", row)
            _add_token(db, account_id, token_hash, label, "token")
            return account_id

        try:
            return Account(self._db.write(job), name, role, shop)
        except StoreRuleError as error:
            raise EntryError(
                f"there is already an account {name!r}; choose another name",
                "account_taken", "name", found=name,
            ) from error  # fmt: skip

    def check_name(self, name: str) -> None:
        """Raises UsageError when a name cannot be an account's."""
        if not name or len(name) > 40 or not name.isprintable():
            raise EntryError(
                f"account name {name!r} is not usable; expected 1 to 40 characters",
                "account_name", "name", found=name,
            )  # fmt: skip

    def taken(self, name: str) -> bool:
        """Whether any account, closed ones too, has this name."""
        return self._db.row("SELECT 1 FROM accounts WHERE name = ?", [name]) is not None

    def add_token(self, account: Account, token_hash: str, label: str, kind: str = "token") -> None:
        """One more token for an account (another browser, say); page sessions that ended go."""

        def job(db: Writing) -> None:
            _add_token(db, account.id, token_hash, label, kind)
            if kind == "page":
                db.execute(
                    "DELETE FROM tokens WHERE kind = 'page' "
                    "AND (revoked_at IS NOT NULL OR created_at <= ?)",
                    [_oldest_page()],
                )

        self._db.write(job)

    def by_token(self, token_hash: str) -> Account | None:
        """The account of a token that is neither revoked nor its account disabled."""
        return _account(self._db.row(_OWNER_OF, [token_hash, _oldest_page()]))

    def by_name(self, name: str) -> Account | None:
        """The account of that name, disabled ones left out."""
        return _account(self._db.row(_BY_NAME, [name]))

    def by_id(self, account_id: int) -> Account | None:
        """The account of that id, disabled ones left out."""
        return _account(self._db.row(_BY_ID, [account_id]))

    def all(self) -> list[Row]:
        """Every account with its open tokens' count, by name."""
        return self._db.rows(
            "SELECT a.*, (SELECT count(*) FROM tokens t WHERE t.account_id = a.id "
            "AND t.revoked_at IS NULL AND t.kind = 'token') AS tokens "
            "FROM accounts a ORDER BY a.name"
        )

    def revoke_tokens(self, account_id: int) -> None:
        """Ends every token and page session of an account."""
        self._db.write(
            lambda db: db.execute(
                "UPDATE tokens SET revoked_at = ? WHERE account_id = ? AND revoked_at IS NULL",
                [utc_now(), account_id],
            )
        )

    def revoke_token(self, token_hash: str) -> None:
        """Ends one token or page session."""
        sql = "UPDATE tokens SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL"
        self._db.write(lambda db: db.execute(sql, [utc_now(), token_hash]))

    def set_disabled(self, account_id: int, disabled: bool) -> None:
        """Closes or reopens an account; nothing of it is deleted."""
        self._db.write(
            lambda db: db.execute(
                "UPDATE accounts SET disabled_at = ? WHERE id = ?",
                [utc_now() if disabled else None, account_id],
            )
        )

    def change(self, account_id: int, role: str, shop: str) -> None:
        """A new role and shop for an account."""
        if role not in ROLES:
            raise EntryError(
                f"role is {role!r}; expected one of: {', '.join(ROLES)}", "role", "role", found=role
            )
        self._db.write(
            lambda db: db.execute(
                "UPDATE accounts SET role = ?, shop = ? WHERE id = ?", [role, shop, account_id]
            )
        )


def _account(row: Row | None) -> Account | None:
    return Account(row["id"], row["name"], row["role"], row["shop"]) if row else None


def _oldest_page() -> str:
    return utc_text(datetime.now(UTC) - timedelta(days=PAGE_DAYS))


def _add_token(db: Writing, account_id: int, token_hash: str, label: str, kind: str) -> None:
    row = {"account_id": account_id, "token_hash": token_hash, "label": label, "kind": kind}
    db.insert("tokens", row | {"created_at": utc_now()})
