"""What every account of a machine can read of this program: the words it was started with."""

from __future__ import annotations

import os
import re
import sys
from urllib.parse import unquote

_SECRET = re.compile(r"(postgres(?:ql)?://[^/@:]*):([^@/]*)@", re.IGNORECASE)


def without_password(words: list[str]) -> tuple[list[str], str]:
    """The words without the password of a database's address, and that password ("" for none)."""
    found = [match for word in words if (match := _SECRET.search(word))]
    return [_SECRET.sub(r"\1@", word) for word in words], unquote(found[0][2]) if found else ""


def hide_password() -> None:
    """Starts this program anew, as the same process, where its words hold a database's password.

    The list of processes shows words to everybody, the environment to this account alone.
    """
    words, password = without_password(sys.orig_argv)
    if password and os.name == "posix":
        os.environ["PGPASSWORD"] = password
        os.execv(sys.executable, [sys.executable, *words[1:]])  # noqa: S606 - itself
