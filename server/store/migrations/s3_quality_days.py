"""Later steps of QA's tables: days as cells, where a search with dates looks."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="quality_0004_cells")
def cells(db: Database) -> None:
    """One row a shop, day, platform and agent: counts side by side, waits as a histogram.

    Figures of a month read some thousand rows then instead of a hundred thousand. Lists of ids are
    JSON. Reply rates are kept by formula, since a platform may have several.
    """
    db.executescript("""
        CREATE TABLE day_waits (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            first INTEGER NOT NULL, waits TEXT NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, first)
        ) WITHOUT ROWID;
        INSERT INTO day_waits SELECT shop, day, platform, agent, first, json_group_object(wait_s, n)
            FROM wait_counts GROUP BY 1, 2, 3, 4, 5;
        DROP TABLE wait_counts;
        DROP TABLE wait_days;

        ALTER TABLE day_counts RENAME TO day_names;
        CREATE TABLE day_counts (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            shopper_messages INTEGER NOT NULL, agent_messages INTEGER NOT NULL,
            sessions INTEGER NOT NULL, offered INTEGER NOT NULL, shown INTEGER NOT NULL,
            inserted INTEGER NOT NULL, sent INTEGER NOT NULL, sent_as_is INTEGER NOT NULL,
            sent_edited INTEGER NOT NULL, sent_other INTEGER NOT NULL, dismissed INTEGER NOT NULL,
            not_relevant INTEGER NOT NULL, chars_sent INTEGER NOT NULL,
            chars_script INTEGER NOT NULL, warned INTEGER NOT NULL, heeded INTEGER NOT NULL,
            unheeded INTEGER NOT NULL, risks INTEGER NOT NULL, sent_warnings INTEGER NOT NULL,
            PRIMARY KEY (shop, day, platform, agent)
        ) WITHOUT ROWID;
        INSERT INTO day_counts SELECT shop, day, platform, agent,
            sum(n * (name = 'shopper_messages')), sum(n * (name = 'agent_messages')),
            sum(n * (name = 'sessions')), sum(n * (name = 'offered')), sum(n * (name = 'shown')),
            sum(n * (name = 'inserted')), sum(n * (name = 'sent')), sum(n * (name = 'sent_as_is')),
            sum(n * (name = 'sent_edited')), sum(n * (name = 'sent_other')),
            sum(n * (name = 'dismissed')), sum(n * (name = 'not_relevant')),
            sum(n * (name = 'chars_sent')), sum(n * (name = 'chars_script')),
            sum(n * (name = 'warned')), sum(n * (name = 'heeded')), sum(n * (name = 'unheeded')),
            sum(n * (name = 'risks')), sum(n * (name = 'sent_warnings'))
            FROM day_names GROUP BY 1, 2, 3, 4;
        DROP TABLE day_names;

        ALTER TABLE unit_days RENAME TO unit_days_before;
        CREATE TABLE unit_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            formula TEXT NOT NULL, answered TEXT NOT NULL, missed TEXT NOT NULL,
            PRIMARY KEY (shop, day, platform, agent, formula)
        ) WITHOUT ROWID;
        INSERT INTO unit_days SELECT shop, day, platform, agent, '3min',
            json_group_array(unit) FILTER (WHERE NOT late),
            json_group_array(unit) FILTER (WHERE late) FROM unit_days_before GROUP BY 1, 2, 3, 4;
        DROP TABLE unit_days_before;

        ALTER TABLE person_days RENAME TO person_days_before;
        CREATE TABLE person_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, platform TEXT NOT NULL, agent TEXT NOT NULL,
            persons TEXT NOT NULL, PRIMARY KEY (shop, day, platform, agent)
        ) WITHOUT ROWID;
        INSERT INTO person_days SELECT shop, day, platform, agent, json_group_array(person)
            FROM person_days_before GROUP BY 1, 2, 3, 4;
        DROP TABLE person_days_before;
        ALTER TABLE waits DROP COLUMN unit;
        ALTER TABLE waits DROP COLUMN counted;
    """)


@migrations(name="quality_0005_message_days")
def message_days(db: Database) -> None:
    """Which messages a UTC day holds at most, so that a search with dates skips all others."""
    db.executescript("""
        CREATE TABLE message_days (
            day TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO message_days SELECT substr(sent_at, 1, 10), min(id), max(id) FROM messages
            WHERE id <= coalesce((SELECT CAST(value AS INTEGER) FROM figure_marks
            WHERE name = 'words'), 0) GROUP BY 1;
    """)


@migrations(name="quality_0006_events_outside")
def events_outside(db: Database) -> None:
    """Events outside of a conversation had an empty one made for them."""
    db.executescript("""
        CREATE TEMP TABLE nowhere AS SELECT id FROM conversations c WHERE conversation_id = ''
            AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = c.id)
            AND NOT EXISTS (SELECT 1 FROM warnings w WHERE w.conversation = c.id);
        UPDATE events SET conversation = NULL WHERE conversation IN (SELECT id FROM nowhere);
        DELETE FROM conversations WHERE id IN (SELECT id FROM nowhere);
        DROP TABLE nowhere;
    """)
