"""SQLite's own words."""

from __future__ import annotations

from collections.abc import Sequence


class SqliteDialect:
    """See Dialect."""

    def json_list(self, value: str, where: str = "", *, distinct: bool = False) -> str:
        """See Dialect."""
        limited = f" FILTER (WHERE {where})" if where else ""
        return f"json_group_array({'DISTINCT ' if distinct else ''}{value}){limited}"

    def json_table(self, key: str, value: str) -> str:
        """See Dialect."""
        return f"json_group_object({key}, {value})"

    def json_text(self, column: str, key: str) -> str:
        """See Dialect."""
        return f"json_extract({column}, '$.{key}')"

    def joined_texts(self, value: str, between: str) -> str:
        """See Dialect."""
        return f"group_concat({value}, '{between}')"

    def words_match(self, parts: Sequence[str]) -> tuple[str, str]:
        """See Dialect."""
        return "message_words MATCH ?", " AND ".join(f'"{part}"' for part in parts)
