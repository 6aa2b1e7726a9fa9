"""What is wrong with a file, in the reader's language."""

from __future__ import annotations

from server.exchange.problems import FileError
from server.web.texts import t


def said(error: Exception) -> str:
    """The error in the language of this request, as far as it has a text there."""
    if isinstance(error, FileError):
        return t(f"exchange.file_{error.code}", **error.values)
    return str(error)
