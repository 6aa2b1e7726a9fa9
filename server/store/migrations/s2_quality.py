"""Tables for QA and the figures.

Texts stay where traffic wrote them (masked); a queue item only points at them, so that deleting a
conversation leaves no copy behind. Day tables hold counts without persons.
"""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="quality_0001_figures")
def figures(db: Database) -> None:
    """One wait a shopper message, and what days sum up to."""
    db.executescript("""
        CREATE TABLE waits (
            message INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            agent TEXT NOT NULL,
            day TEXT NOT NULL,
            minute INTEGER NOT NULL,
            wait_s INTEGER,
            first INTEGER NOT NULL,
            session INTEGER NOT NULL,
            person INTEGER NOT NULL,
            unit INTEGER NOT NULL,
            counted INTEGER NOT NULL,
            late INTEGER NOT NULL,
            pending_until TEXT
        );
        CREATE INDEX waits_day ON waits (shop, day);
        CREATE INDEX waits_conversation ON waits (conversation);
        CREATE INDEX waits_pending ON waits (pending_until) WHERE pending_until IS NOT NULL;
        CREATE TABLE wait_counts (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            first INTEGER NOT NULL, wait_s INTEGER NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, first, wait_s)
        ) WITHOUT ROWID;
        CREATE TABLE wait_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL,
            first INTEGER NOT NULL, wait_s INTEGER NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, first, wait_s)
        ) WITHOUT ROWID;
        CREATE TABLE hour_counts (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            hour INTEGER NOT NULL, n INTEGER NOT NULL, late INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, hour)
        ) WITHOUT ROWID;
        CREATE TABLE unit_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            unit INTEGER NOT NULL, late INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, unit)
        ) WITHOUT ROWID;
        CREATE TABLE person_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            person INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, person)
        ) WITHOUT ROWID;
        CREATE TABLE day_counts (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            name TEXT NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, name)
        ) WITHOUT ROWID;
        CREATE TABLE figure_marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE dirty_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (shop, day)
        ) WITHOUT ROWID;
        CREATE TABLE changed_messages (message INTEGER PRIMARY KEY, old TEXT NOT NULL);
        CREATE TRIGGER messages_changed AFTER UPDATE OF text ON messages
            WHEN new.text IS NOT old.text
            BEGIN INSERT OR IGNORE INTO changed_messages VALUES (new.id, old.text); END;
        CREATE VIRTUAL TABLE message_words USING fts5(words, content='', detail='full');
        CREATE INDEX suggestions_conversation ON suggestions (conversation);
        CREATE INDEX suggestions_created ON suggestions (created_at);
        CREATE INDEX conversations_shopper ON conversations (shop, platform, shopper_id);
        CREATE INDEX conversations_newest ON conversations (last_at);
        CREATE INDEX conversations_agent ON conversations (agent, last_at);
        CREATE INDEX warnings_created ON warnings (created_at);
    """)


@migrations(name="quality_0002_review")
def review(db: Database) -> None:
    """The queue, samples, verdicts, appeals, score cards and what became of findings."""
    db.executescript("""
        CREATE TABLE samples (
            id INTEGER PRIMARY KEY, shop TEXT NOT NULL, name TEXT NOT NULL, method TEXT NOT NULL,
            seed TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL,
            population INTEGER NOT NULL, drawn INTEGER NOT NULL, strata TEXT NOT NULL,
            blind INTEGER NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
        );
        CREATE TABLE review_items (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            shop TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            conversation INTEGER NOT NULL, message INTEGER, warning INTEGER, event INTEGER,
            sample INTEGER REFERENCES samples(id),
            rule TEXT NOT NULL DEFAULT '', rule_version TEXT NOT NULL DEFAULT '',
            category TEXT NOT NULL DEFAULT '', severity TEXT NOT NULL DEFAULT '',
            weight INTEGER NOT NULL DEFAULT 0,
            blind INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'open'
                CHECK (state IN ('open', 'second', 'disputed', 'lead', 'done')),
            verdict TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL, decided_at TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX review_queue ON review_items (state, weight DESC, at DESC);
        CREATE INDEX review_shop ON review_items (shop, state, weight DESC, at DESC);
        CREATE INDEX review_counts ON review_items (state, shop, source, severity, agent, rule);
        CREATE INDEX review_conversation ON review_items (conversation);
        CREATE INDEX review_agent ON review_items (agent, state, decided_at);
        CREATE INDEX review_rule ON review_items (rule, verdict, decided_at);
        CREATE INDEX review_sample ON review_items (sample, state);
        CREATE TABLE verdicts (
            id INTEGER PRIMARY KEY,
            item INTEGER NOT NULL REFERENCES review_items(id),
            round TEXT NOT NULL CHECK (round IN ('first', 'second', 'lead', 'appeal')),
            verdict TEXT NOT NULL,
            reason TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
            blind INTEGER NOT NULL DEFAULT 0,
            reviewer TEXT NOT NULL, at TEXT NOT NULL
        );
        CREATE INDEX verdicts_item ON verdicts (item);
        CREATE INDEX verdicts_reviewer ON verdicts (reviewer, at);
        CREATE TABLE appeals (
            id INTEGER PRIMARY KEY,
            item INTEGER NOT NULL UNIQUE REFERENCES review_items(id),
            verdict INTEGER NOT NULL REFERENCES verdicts(id),
            agent TEXT NOT NULL, comment TEXT NOT NULL, at TEXT NOT NULL,
            decision TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'kept', 'changed')),
            decided_by TEXT NOT NULL DEFAULT '', decided_at TEXT NOT NULL DEFAULT '',
            note TEXT NOT NULL DEFAULT ''
        );
        CREATE TABLE score_forms (
            id INTEGER PRIMARY KEY, shop TEXT NOT NULL, lines TEXT NOT NULL,
            by TEXT NOT NULL, at TEXT NOT NULL
        );
        CREATE TABLE score_cards (
            id INTEGER PRIMARY KEY, form INTEGER, shop TEXT NOT NULL,
            conversation INTEGER NOT NULL, agent TEXT NOT NULL, day TEXT NOT NULL,
            marks TEXT NOT NULL, fatal TEXT NOT NULL, total INTEGER NOT NULL,
            note TEXT NOT NULL DEFAULT '', reviewer TEXT NOT NULL, at TEXT NOT NULL,
            UNIQUE (conversation, agent, reviewer)
        );
        CREATE INDEX score_cards_agent ON score_cards (shop, agent, day);
        CREATE TABLE rule_examples (
            id INTEGER PRIMARY KEY, shop TEXT NOT NULL, rule TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('violating', 'near_miss')),
            text TEXT NOT NULL, item INTEGER NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
            UNIQUE (rule, kind, text)
        );
        CREATE TABLE script_tasks (
            id INTEGER PRIMARY KEY, shop TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('gap', 'fix')),
            script_id TEXT NOT NULL DEFAULT '', shopper_text TEXT NOT NULL DEFAULT '',
            sent_text TEXT NOT NULL DEFAULT '', item INTEGER NOT NULL,
            by TEXT NOT NULL, at TEXT NOT NULL, done_at TEXT NOT NULL DEFAULT '',
            UNIQUE (item, kind)
        );
        CREATE TABLE qa_settings (
            shop TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (shop, name)
        ) WITHOUT ROWID;
        CREATE TABLE ratings (
            id INTEGER PRIMARY KEY, shop TEXT NOT NULL, platform TEXT NOT NULL,
            key TEXT NOT NULL, agent TEXT NOT NULL DEFAULT '',
            rating TEXT NOT NULL CHECK (rating IN ('satisfied', 'neutral', 'disappointed')),
            day TEXT NOT NULL, UNIQUE (shop, platform, key)
        );
        CREATE INDEX ratings_day ON ratings (shop, day);
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY, shop TEXT NOT NULL, platform TEXT NOT NULL,
            order_id TEXT NOT NULL, shopper TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL DEFAULT '', fen INTEGER NOT NULL, paid INTEGER NOT NULL,
            day TEXT NOT NULL, UNIQUE (shop, platform, order_id)
        );
        CREATE INDEX orders_day ON orders (shop, day);
    """)


@migrations(name="quality_0003_trails")
def trails(db: Database) -> None:
    """Who looked at what, and the chain of decisions that nobody can change unseen."""
    db.executescript("""
        CREATE TABLE access_log (
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
            action TEXT NOT NULL, shop TEXT NOT NULL DEFAULT '', conversation INTEGER,
            details TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX access_conversation ON access_log (conversation);
        CREATE INDEX access_at ON access_log (at);
        CREATE TABLE audit_log (
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,
            what TEXT NOT NULL, details TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
        );
        CREATE TRIGGER audit_kept BEFORE UPDATE ON audit_log
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit_log
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER verdicts_kept BEFORE UPDATE ON verdicts
            BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
        CREATE TRIGGER verdicts_never_deleted BEFORE DELETE ON verdicts
            BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
        CREATE TRIGGER access_kept BEFORE UPDATE ON access_log
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
    """)
