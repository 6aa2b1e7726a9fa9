"""PostgreSQL's own words."""

from __future__ import annotations

from collections.abc import Sequence

# What a tsvector can count.
_LAST_PLACE = 16_383


class PostgresDialect:
    """See Dialect."""

    def json_list(self, value: str, where: str = "", *, distinct: bool = False) -> str:
        """See Dialect."""
        limited = f" FILTER (WHERE {where})" if where else ""
        found = f"json_agg({'DISTINCT ' if distinct else ''}{value}){limited}"
        return f"coalesce(CAST({found} AS TEXT), '[]')"

    def json_table(self, key: str, value: str) -> str:
        """See Dialect."""
        return f"CAST(json_object_agg({key}, {value}) AS TEXT)"

    def json_text(self, column: str, key: str) -> str:
        """See Dialect."""
        return f"(CAST({column} AS JSONB) ->> '{key}')"

    def joined_texts(self, value: str, between: str) -> str:
        """See Dialect."""
        return f"string_agg({value}, '{between}')"

    def words_match(self, parts: Sequence[str]) -> tuple[str, str]:
        """See Dialect. The query is spelt out: no dictionary takes a word for another."""
        phrases = (" <-> ".join(f"'{word}'" for word in part.split()) for part in parts)
        return "f.words @@ CAST(? AS TSQUERY)", " & ".join(f"({phrase})" for phrase in phrases)


def words_of(text: str) -> str:
    """Words as `words.split` makes them, in the form of a tsvector: each with its places."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(text.split(), start=1):
        places.setdefault(word, []).append(str(min(place, _LAST_PLACE)))
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())
