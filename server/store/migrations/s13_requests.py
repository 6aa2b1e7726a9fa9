"""After-sales requests and the stations that they went through."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="work_0003_requests")
def requests(db: Database) -> None:
    """`said`, `photos` and `note` are masked before writing. Money is in fen."""
    db.executescript("""
        CREATE TABLE requests (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            conversation INTEGER NOT NULL DEFAULT 0,
            order_id TEXT NOT NULL DEFAULT '',
            shopper TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL,
            kind TEXT NOT NULL DEFAULT '',
            product TEXT NOT NULL DEFAULT '',
            said TEXT NOT NULL DEFAULT '',
            photos TEXT NOT NULL DEFAULT '',
            station TEXT NOT NULL DEFAULT 'talked',
            solution TEXT NOT NULL DEFAULT '',
            waiting_for TEXT NOT NULL DEFAULT 'shop',
            due_at TEXT NOT NULL DEFAULT '',
            freight_fen INTEGER NOT NULL DEFAULT 0,
            goods_fen INTEGER NOT NULL DEFAULT 0,
            compensation_fen INTEGER NOT NULL DEFAULT 0,
            invoice INTEGER NOT NULL DEFAULT 0,
            note TEXT NOT NULL DEFAULT '',
            made_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            closed_at TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX requests_open ON requests (shop, closed_at, due_at);
        CREATE INDEX requests_agent ON requests (shop, agent, closed_at, due_at);
        CREATE INDEX requests_waiting ON requests (shop, waiting_for, closed_at, due_at);
        CREATE INDEX requests_of_order ON requests (shop, platform, order_id, closed_at);
        CREATE INDEX requests_of_talk ON requests (conversation);
        CREATE INDEX requests_made ON requests (shop, made_at);
        CREATE TABLE request_steps (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            request INTEGER NOT NULL,
            station TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            left_at TEXT NOT NULL DEFAULT '',
            hours REAL
        );
        CREATE INDEX request_steps_of ON request_steps (request, id);
    """)
