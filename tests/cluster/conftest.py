"""Two servers over one PostgreSQL, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.conftest import COURIER, SHIP, Running
from tests.support import write_shop

collect_ignore_glob = [] if "postgres" in postgres.ENGINES else ["test_*.py"]
_WITHIN_S = 120


@dataclass
class Pair:
    """Two servers, and what their database is called."""

    one: Running
    two: Running
    address: str


@pytest.fixture
def pair(start: Callable[..., Running], cluster: postgres.Cluster, tmp_path: Path) -> Pair:
    """Both listen to each other; the second one's library folder was empty before it started."""
    address = cluster.fresh()
    settings = {"facts": {"截止": "16:00"}, "settings": {"publishers": "主管、主管二"}}
    write_shop(tmp_path / "one" / "library", "shop-a", [SHIP, COURIER], settings)
    servers = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "library").mkdir(parents=True, exist_ok=True)
        made = start(folder / "library", folder / "data", database_address=address)
        listening = threading.Event()
        made.parts.peers.on_missed(listening.set)
        made.parts.peers.worker.start()
        assert listening.wait(_WITHIN_S)
        servers.append(made)
    return Pair(*servers, address)


def until(true: Callable[[], Any]) -> None:
    """Waits for a state that other threads bring about."""
    pause = threading.Event()
    for _ in range(_WITHIN_S * 50):
        if true():
            return
        pause.wait(0.02)
    raise AssertionError(f"it did not come about within {_WITHIN_S} s")
