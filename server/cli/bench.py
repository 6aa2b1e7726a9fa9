"""`bangda bench`: the benchmarks, with ratios."""

from __future__ import annotations

import argparse
import platform

import msgspec

from server.base.errors import UsageError


def bench(arguments: argparse.Namespace) -> int:
    """Runs the named benchmarks, or all, one after another."""
    from server.bench import BENCHMARKS, benchmark
    from server.bench.report import table

    names = arguments.names or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            known = ", ".join(BENCHMARKS)
            raise UsageError(f"unknown benchmark {name!r}; expected one of: {known}")
    if not arguments.json:
        print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    for name in names:
        given = {
            "agents": arguments.agents,
            "seconds": arguments.seconds,
            "idle": arguments.idle,
        }
        report = benchmark(name)(**given if name == "load" else {})
        if arguments.json:
            print(msgspec.json.encode(report).decode(), flush=True)
        else:
            print(f"\n{table(report)}", flush=True)
    return 0
