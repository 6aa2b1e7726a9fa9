"""A server on the sample shops with the bundled model, and The Lounge, for the whole way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from server.base.config import Config
from server.parts import Parts
from server.wire.serving import listen
from tests.e2e.thelounge.host import Lounge, lounge
from tests.extension.conftest import chromium
from tests.pages.build import ROOT
from tests.support import answering

SHOP = "home-living"

# Embedding the sample shops takes a minute and is other tests' subject: kept between runs.
_CACHE = ROOT / ".work" / "e2e-cache"


@dataclass(frozen=True)
class Desk:
    """A running server: the sample shops, the bundled model, one agent's token."""

    url: str
    data: Path
    parts: Parts
    token: str


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    data = tmp_path / "data"
    if _CACHE.exists():
        shutil.copytree(_CACHE, data / "cache")
    config = Config(ROOT / "scripts_library", data, port=port)
    with answering(listener, config) as parts:
        _, token = parts.auth.issue("小晴", "agent", SHOP)
        yield Desk(f"http://127.0.0.1:{port}", data, parts, token)
        shutil.copytree(data / "cache", _CACHE, dirs_exist_ok=True)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-proxy-server"]
        )
        yield made
        made.close()


@pytest.fixture(scope="session")
def the_lounge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lounge]:
    with lounge(tmp_path_factory.mktemp("lounge")) as running:
        yield running
