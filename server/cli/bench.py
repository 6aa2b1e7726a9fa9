"""`bangda bench`: the benchmarks, with ratios."""

from __future__ import annotations

import argparse
import platform
import sys
from functools import partial

import msgspec

from server.base.config import default_database
from server.base.errors import UsageError


def bench(arguments: argparse.Namespace) -> int:
    """Runs the named benchmarks, or all, one after another."""
    from server.bench import BENCHMARKS, benchmark
    from server.bench.report import table

    address = arguments.database or default_database()
    # Without a database for it, only who asks for it hears of that.
    names = arguments.names or [n for n in BENCHMARKS if n != "cluster" or address]
    for name in names:
        if name not in BENCHMARKS:
            known = ", ".join(BENCHMARKS)
            raise UsageError(f"unknown benchmark {name!r}; expected one of: {known}")
    if not arguments.json:
        print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    met = True
    for name in names:
        given = {
            "agents": arguments.agents,
            "seconds": arguments.seconds,
            "idle": arguments.idle,
        }
        shared = {"database": address, "agents": arguments.agents, "seconds": arguments.seconds}
        wanted = {
            "load": given,
            "cluster": shared,
            "hostile": {"agents": arguments.agents, "seconds": arguments.seconds},
            "kills": {
                "times": arguments.kills,
                "tally": arguments.tally,
                "told": partial(print, file=sys.stderr, flush=True),
            },
        }
        report = benchmark(name)(**wanted.get(name, {}))
        met = met and report.met
        if arguments.json:
            print(msgspec.json.encode(report).decode(), flush=True)
        else:
            print(f"\n{table(report)}", flush=True)
    return 0 if met else 1
