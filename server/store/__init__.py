"""What happened, on disk: one writer, many readers, over SQLite or PostgreSQL."""

from server.store.accounts import ROLES, Account, Accounts
from server.store.database import Database
from server.store.rows import (
    Acceptance,
    ConversationRow,
    EventRow,
    MessageRow,
    Offered,
    SuggestionRow,
    WarningRow,
)
from server.store.traffic import Traffic

__all__ = [
    "ROLES",
    "Acceptance",
    "Account",
    "Accounts",
    "ConversationRow",
    "Database",
    "EventRow",
    "MessageRow",
    "Offered",
    "SuggestionRow",
    "Traffic",
    "WarningRow",
]
