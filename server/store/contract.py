"""What the store asks of a database: one contract, kept by SQLite (`sqlite/`) and PostgreSQL.

SQL is written once, in what both understand, with `?` for values. Where the two really differ, a
job asks its `Writing` (or a reader its `Dialect`) for the words; nobody asks which one it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Values = Sequence[Any]
News = Mapping[str, Any]
"""What a server tells the others: `kind` and its fields."""
MISSED = "missed"
"""The kind of news that only say that something of any kind may have been missed."""


class Row(Protocol):
    """One row: by column name or place; iterating gives the values, `dict(row)` a table."""

    def __getitem__(self, key: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def keys(self) -> Any:
        """The columns' names in order."""


class Found(Protocol):
    """What a statement inside a job gave; rows are tuples."""

    @property
    def rowcount(self) -> int:
        """How many rows were written or deleted."""

    def fetchone(self) -> Any:
        """The next row, None after the last."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Dialect(Protocol):
    """Words of SQL that both spell otherwise."""

    def json_list(self, value: str, where: str = "", *, distinct: bool = False) -> str:
        """An aggregate: the values as a JSON list, `[]` for none."""

    def json_table(self, key: str, value: str) -> str:
        """An aggregate: `{"key": value, …}`."""

    def json_text(self, column: str, key: str) -> str:
        """One text field of a JSON object, NULL where it has none."""

    def joined_texts(self, value: str, between: str) -> str:
        """An aggregate: the texts one after another."""

    def words_match(self, parts: Sequence[str]) -> tuple[str, str]:
        """A condition on `message_words f`, and its value: each part stands there as a phrase.

        Parts are as `words.split` makes them.
        """


class Writing(ABC):
    """What a job is handed: one transaction of the one writer."""

    dialect: Dialect

    @abstractmethod
    def execute(self, sql: str, values: Values = ()) -> Found:
        """Runs one statement, at once or when a result is next looked at.

        What goes wrong with it is raised here, there or by the commit, so no job may go on after
        it; several statements before the first look at a result cost one way to the database.
        """

    @abstractmethod
    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """Runs one statement for each row of values."""

    @abstractmethod
    def add_words(self, rows: Sequence[tuple[int, str]]) -> None:
        """Makes messages findable: (message, its words as `words.split` makes them)."""

    @abstractmethod
    def forget_words(self, rows: Sequence[tuple[int, str]]) -> None:
        """Takes messages out of the search, each with the words it was added with."""

    @abstractmethod
    def tidy_words(self) -> None:
        """Leaves nothing of forgotten words in the search's own pages."""

    @abstractmethod
    def reserve(self, table: str, n: int) -> int:
        """The first of `n` row numbers in a row that nobody else gets; `n` is 1 or more."""

    @abstractmethod
    def last_number(self, table: str) -> int:
        """The largest `id` that a table ever gave out, 0 for none."""

    @abstractmethod
    def go_on_from(self, table: str, number: int) -> None:
        """Lets a table give out no `id` up to this number any more."""

    @abstractmethod
    def in_turn(self, name: str) -> None:
        """Waits until no other transaction is in this turn; it ends with the transaction."""

    @abstractmethod
    def notify(self, kind: str, **fields: Any) -> None:
        """Tells the other servers of this database, once the transaction is committed.

        Fields are what JSON holds, some kilobytes in all at most.
        """

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Writes one row; returns its `id`."""
        found = self.execute(f"{_insert(table, row)} RETURNING id", list(row.values())).fetchone()
        return int(found[0])

    def insert_many(
        self, table: str, rows: Iterable[Mapping[str, Any]], *, ignore: bool = False
    ) -> None:
        """Writes rows of the same columns; `ignore` leaves out those that are there already."""
        made = list(rows)
        if made:
            end = " ON CONFLICT DO NOTHING" if ignore else ""
            self.executemany(_insert(table, made[0]) + end, [list(row.values()) for row in made])

    def update(self, table: str, number: int, fields: Mapping[str, Any]) -> None:
        """Changes fields of the row with this `id`."""
        names = ", ".join(f'"{name}" = ?' for name in fields)
        sql = f"UPDATE {table} SET {names} WHERE id = ?"  # noqa: S608 - names are the code's own
        self.execute(sql, [*fields.values(), number])


def _insert(table: str, row: Mapping[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are the code's own


Job = Callable[[Writing], T]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job: its result, else the error that is its caller's."""

    result: Any = None
    error: Exception | None = None


class Engine(Protocol):
    """A database: where jobs are committed and rows are read. Raises StoreError for its troubles.

    A row that a rule of the database refuses raises StoreRuleError; a database that cannot be
    reached just now StoreUnavailableError.
    """

    dialect: Dialect
    shown: str
    """The database by name, for people; never a password."""
    is_shared: bool
    """Whether other servers may be using it."""

    def run(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        """Runs jobs in one transaction, each of which may fail alone; returns once it is on disk.

        Raises StoreError when nothing of it was written.
        """

    def read(self, sql: str, values: Values, *, first: bool) -> list[Row]:
        """All rows of a query, or only the first."""

    def horizon(self, tables: Mapping[str, str]) -> dict[str, int]:
        """By table: up to which number of its column every row can be seen that ever will be."""

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Whether this server is the only one inside, for as long as it lasts."""

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Waits until no other server is in this turn; others wait for as long as it lasts."""

    def listen(self, heard: Callable[[News], None], back: Callable[[], None]) -> None:
        """Calls `heard` with what other servers tell, until closed; at once over with no others.

        `back` is called when it begins to listen, and again after a gap: something may have been
        missed then.
        """

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """A secret that all servers of the database share; made where there is none yet."""

    def scrub(self) -> None:
        """Lets nothing of what was deleted be read again from this database's files."""

    def size_bytes(self) -> int:
        """How much room it takes."""

    def close(self) -> None:
        """Lets go of it."""
