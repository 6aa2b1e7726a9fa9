"""What came of a job, as a text that another server reads: its result, or the error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from server.base.errors import BangdaError, EntryError, LibraryError, Problem
from server.curation.curator import StaleError
from server.curation.golden import Gate
from server.exchange.problems import FileError

_TYPES: Mapping[str, Any] = {"gate": Gate}


def result_text(result: Any) -> str:
    """A result as JSON."""
    return msgspec.json.encode(result).decode("utf-8")


def read_result(kind: str, text: str) -> Any:
    """The result again, in its kind's own type; None while there is none."""
    return msgspec.json.decode(text, type=_TYPES.get(kind, Any)) if text else None


def error_text(error: BangdaError) -> str:
    """An error as JSON: all that its sentence on a page is made of."""
    told: dict[str, Any] = {"message": str(error)}
    if isinstance(error, EntryError):
        told |= {"code": error.code, "field": error.field, "values": _plain(error.values)}
    elif isinstance(error, FileError):
        told |= {"file": error.code, "values": _plain(error.values)}
    elif isinstance(error, StaleError):
        told |= {"stale": error.script_id}
    elif isinstance(error, LibraryError):
        told |= {"problems": msgspec.to_builtins(error.problems)}
    return json.dumps(told, ensure_ascii=False)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in values.items()
    }


def read_error(text: str) -> BangdaError | None:
    """The error again; None while there is none."""
    if not text:
        return None
    told = json.loads(text)
    if "code" in told:
        return EntryError(told["message"], told["code"], told["field"], **told["values"])
    if "file" in told:
        return FileError(told["file"], **told["values"])
    if "stale" in told:
        return StaleError(told["stale"], None)
    if "problems" in told:
        return LibraryError(msgspec.convert(told["problems"], tuple[Problem, ...]))
    return BangdaError(told["message"])
