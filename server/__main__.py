"""The command line: `bangda …`, the same as `python -m server …`."""

from __future__ import annotations

import os
import sys

from server.base.errors import BangdaError
from server.base.own_words import hide_password
from server.cli.parser import build_parser


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0 done, 1 findings or a failed job, 2 bad input."""
    for stream in (sys.stdout, sys.stderr):
        # A Chinese Windows console is GBK; JSON output and messages are UTF-8 everywhere.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if argv is None:
        hide_password()
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except BangdaError as error:
        print(f"bangda: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, less) has gone: say nothing, and keep Python from saying it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
