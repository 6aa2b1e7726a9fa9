"""Accounts, and what passes between shoppers and agents."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0001_accounts")
def accounts(db: Database) -> None:
    """People and their tokens (only hashes)."""
    db.executescript("""
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL CHECK (role IN ('agent', 'lead', 'qa', 'admin')),
            shop TEXT NOT NULL DEFAULT '',
            created_at TEXT NOT NULL,
            disabled_at TEXT
        );
        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES accounts(id),
            token_hash TEXT NOT NULL UNIQUE,
            label TEXT NOT NULL DEFAULT '',
            created_at TEXT NOT NULL,
            revoked_at TEXT
        );
    """)


@migrations(name="0002_traffic")
def traffic(db: Database) -> None:
    """Conversations, messages, suggestions, events, warnings, and what was learned from them."""
    db.executescript("""
        CREATE TABLE conversations (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            conversation_id TEXT NOT NULL,
            shopper_id TEXT NOT NULL DEFAULT '',
            shopper_name TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL DEFAULT '',
            first_at TEXT NOT NULL,
            last_at TEXT NOT NULL,
            UNIQUE (shop, platform, conversation_id)
        );
        CREATE INDEX conversations_last ON conversations (shop, last_at);
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL REFERENCES conversations(id),
            message_id TEXT NOT NULL,
            sender TEXT NOT NULL CHECK (sender IN ('shopper', 'agent')),
            agent TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL,
            sent_at TEXT NOT NULL,
            received_at TEXT NOT NULL,
            UNIQUE (conversation, message_id)
        );
        CREATE INDEX messages_sent ON messages (sent_at);
        CREATE TABLE suggestions (
            suggestion_id TEXT PRIMARY KEY,
            conversation INTEGER NOT NULL REFERENCES conversations(id),
            message INTEGER NOT NULL REFERENCES messages(id),
            script_id TEXT NOT NULL,
            script_version TEXT NOT NULL,
            rank INTEGER NOT NULL,
            score REAL NOT NULL,
            confidence REAL NOT NULL,
            shown INTEGER NOT NULL,
            why TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL,
            library_version TEXT NOT NULL,
            created_at TEXT NOT NULL
        );
        CREATE INDEX suggestions_message ON suggestions (message);
        CREATE INDEX suggestions_script ON suggestions (script_id, created_at);
        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            event TEXT NOT NULL,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL,
            conversation INTEGER REFERENCES conversations(id),
            conversation_id TEXT NOT NULL DEFAULT '',
            suggestion_id TEXT NOT NULL DEFAULT '',
            script_id TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL DEFAULT '',
            outcome TEXT NOT NULL DEFAULT '',
            details TEXT NOT NULL DEFAULT '{}',
            at TEXT NOT NULL,
            recorded_at TEXT NOT NULL,
            request_id TEXT NOT NULL,
            dedupe_key TEXT NOT NULL UNIQUE
        );
        CREATE INDEX events_shop_at ON events (shop, at);
        CREATE INDEX events_suggestion ON events (suggestion_id);
        CREATE INDEX events_conversation ON events (conversation);
        CREATE TABLE warnings (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL DEFAULT '',
            conversation INTEGER NOT NULL REFERENCES conversations(id),
            message INTEGER REFERENCES messages(id),
            direction TEXT NOT NULL CHECK (direction IN ('incoming', 'draft', 'sent')),
            category TEXT NOT NULL,
            severity TEXT NOT NULL,
            rule TEXT NOT NULL,
            rule_version TEXT NOT NULL DEFAULT '',
            clause TEXT NOT NULL DEFAULT '',
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            matched TEXT NOT NULL,
            text TEXT NOT NULL DEFAULT '',
            disguised INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL
        );
        CREATE INDEX warnings_shop ON warnings (shop, created_at);
        CREATE INDEX warnings_conversation ON warnings (conversation);
        CREATE INDEX warnings_rule ON warnings (rule, created_at);
        CREATE TABLE acceptances (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            message TEXT NOT NULL,
            script_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('accepted', 'edited', 'rejected')),
            source TEXT NOT NULL,
            suggestion_id TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL
        );
        CREATE INDEX acceptances_shop ON acceptances (shop, script_id);
    """)
