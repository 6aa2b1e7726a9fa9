"""The exception tree. A message names what was found, what was expected and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class BangdaError(Exception):
    """Any failure that is phrased for people; the command line prints it as one line."""


class ConfigError(BangdaError):
    """A setting, a folder or a port that cannot be used."""


class UsageError(BangdaError):
    """A command's words are off, or the input named cannot be read."""


class EntryError(UsageError):
    """What somebody entered is refused: in English here, on a console in its reader's language.

    `code` names the console's sentence (`texts/*/wrong.json`), which `values` complete; `field` is
    the form's field that is meant, "" for none.
    """

    def __init__(self, message: str, code: str, field: str = "", **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.values = values


class EncoderError(BangdaError):
    """A model that cannot be loaded or does not fit its index."""


class StoreError(BangdaError):
    """The database cannot be opened or written."""


class StoreRuleError(StoreError):
    """A row that a rule of the database refuses: taken already, or never to be changed."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached just now; the same may work a little later."""


class AuthError(BangdaError):
    """A token, code, role or origin that is refused."""


class TooManyTriesError(AuthError):
    """Wrong codes or tokens came too fast; the next one waits."""


class ProtocolError(BangdaError):
    """A frame or request body that does not fit the protocol."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BusyError(BangdaError):
    """A request that is put off; it may come again after so many seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            f"服务器正忙，请 {retry_after_s} 秒后再试 / "
            f"the server is busy; try again in {retry_after_s} s"
        )
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding in a library or rule file: `file:line id CODE what; what to do`."""

    file: str
    line: int
    subject: str
    code: str
    what: str
    fix: str

    def __str__(self) -> str:
        subject = self.subject or "-"
        return f"{self.file}:{self.line} {subject} {self.code} {self.what}; {self.fix}"


class LibraryError(BangdaError):
    """Library or rule files that cannot be served; `problems` holds every finding, in order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = str(self.problems[0]) if self.problems else "library cannot be read"
        rest = len(self.problems) - 1
        super().__init__(f"{first} (+{rest} more; run: bangda lint)" if rest > 0 else first)
