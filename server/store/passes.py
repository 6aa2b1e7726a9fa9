"""Passes: short-lived secrets that let somebody in once; any server of the database takes them."""

from __future__ import annotations

from server.store.database import Database, Writing


class Passes:
    """Pairing codes and tickets by kind. Times are seconds of the caller's clock."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, kind: str, secret: str, body: str, expires_at: float, now: float) -> None:
        """Keeps one; those of its kind that ran out go."""

        def job(db: Writing) -> None:
            db.execute("DELETE FROM passes WHERE kind = ? AND expires_at <= ?", [kind, now])
            db.execute(
                "INSERT INTO passes (kind, secret, body, expires_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (kind, secret) DO UPDATE SET body = excluded.body, "
                "expires_at = excluded.expires_at",
                [kind, secret, body, expires_at],
            )

        self._db.write(job)

    def take(self, kind: str, secret: str, now: float) -> tuple[str, float] | None:
        """Spends one: its body and when it would have run out. Nobody else gets it after."""
        sql = "DELETE FROM passes WHERE kind = ? AND secret = ? RETURNING body, expires_at"
        row = self._db.write(lambda db: db.execute(sql, [kind, secret]).fetchone())
        return (row[0], row[1]) if row is not None and row[1] > now else None

    def all(self, kind: str, now: float) -> list[tuple[str, float]]:
        """Body and end of every one that is open, the last to run out last."""
        sql = (
            "SELECT body, expires_at FROM passes WHERE kind = ? AND expires_at > ? "
            "ORDER BY expires_at, secret"
        )
        return [(row["body"], row["expires_at"]) for row in self._db.rows(sql, [kind, now])]
