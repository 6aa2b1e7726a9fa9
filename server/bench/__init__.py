"""The benchmarks of docs/benchmarks.md: each returns rows of figures, compared as ratios.

A benchmark is a function without arguments that returns a `Report`. The machines are noisy, so what
is compared is measured in one run, and what counts is the ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from server.bench.report import Report, Row

# Name to `module:function`; imported when it runs.
BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "start": "server.bench.serving:start",
        "turn": "server.bench.serving:turn",
        "library": "server.bench.serving:library",
        "suggest": "server.bench.serving:suggesting",
        "size": "server.bench.size:size",
        "load": "server.bench.load:load",
        "peers": "server.bench.peers:peers",
        "cluster": "server.bench.cluster:cluster",
        "quality": "server.bench.quality:quality",
        "work": "server.bench.work:work",
        "console": "server.bench.console:console",
        "encoder": "server.bench.encoder:encoder",
        "retrieval": "server.bench.retrieval:retrieval",
        "cards": "server.bench.cards:cards",
        "history": "server.bench.history:history",
        "compliance": "server.bench.compliance:compliance",
        "verdicts": "server.bench.verdicts:verdicts",
        "masking": "server.bench.masking:masking",
        "kills": "server.bench.kills:kills",
        "hostile": "server.bench.hostile:hostile",
        "attacks": "server.bench.attacks:attacks",
    }
)


def benchmark(name: str) -> Callable[..., Report]:
    """The benchmark of that name. Raises KeyError for an unknown one."""
    module, function = BENCHMARKS[name].split(":")
    found: Callable[..., Report] = getattr(import_module(module), function)
    return found


__all__ = ["BENCHMARKS", "Report", "Row", "benchmark"]
