"""The whole extension in a real Chromium, paired and switched on for a page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Worker, sync_playwright

from server.accounts.extension_id import EXTENSION_ID
from tests.extension.conftest import chromium
from tests.pages.build import EXTENSION


@dataclass
class Chrome:
    """A browser with the extension in it."""

    context: BrowserContext
    worker: Worker

    def switch_on(self, server: str, token: str, *site_ids: str, **settings: Any) -> None:
        """Pairs with the server and switches the sites on, as the options page does."""
        sites = {site: {"on": True} for site in site_ids}
        kept = {"server": {"address": server, "token": token}, "sites": sites, **settings}
        self.worker.evaluate("(kept) => chrome.storage.local.set(kept)", kept)
        self.worker.evaluate(
            """async (ids) => {
                const known = async () => (await chrome.scripting.getRegisteredContentScripts()).map((s) => s.id);
                for (let i = 0; i < 400; i++) {
                    const have = await known();
                    if (ids.every((id) => have.includes(`site-${id}`))) return;
                    await new Promise((done) => setTimeout(done, 20));
                }
                throw new Error(`registered: ${await known()}; expected ${ids}`);
            }""",
            list(site_ids),
        )

    def switch_on_replay(self, server: str, token: str) -> None:
        """Pairs, and has 拼多多's adapter read the replay page of it."""
        page, address = self.context.new_page(), f"chrome-extension://{EXTENSION_ID}/options.html"
        try:
            page.goto(address)
        except Error as error:
            # At its first start the extension opens this page itself, in whatever tab is blank.
            if "interrupted by another navigation" not in error.message:
                raise
            page.wait_for_url(address)
        adapter = page.evaluate(
            "import('/src/sites/registry.js').then((m) => m.sites.find((s) => s.id === 'pinduoduo'))"
        )
        page.close()
        adapter |= {"id": "replay", "matches": ["http://127.0.0.1/pinduoduo*"]}
        prefs = {"locale": "zh_CN"}
        self.switch_on(server, token, "replay", adapters={"replay": adapter}, prefs=prefs)

    def kill_worker(self) -> None:
        """Ends the service worker as the browser does when it needs the memory."""
        page = self.context.new_page()
        page.goto(f"chrome-extension://{EXTENSION_ID}/manifest.json")
        cdp = self.context.new_cdp_session(page)
        cdp.send("ServiceWorker.enable")
        cdp.send("ServiceWorker.stopAllWorkers")
        cdp.detach()
        page.close()


@contextmanager
def chrome(
    folder: Path,
    hosts: Sequence[str],
    arguments: Sequence[str] = (),
    prepare: Callable[[Path], None] | None = None,
) -> Iterator[Chrome]:
    """Chromium with a copy of the extension that `prepare` may change first; `hosts` are granted, as
    nobody can press the prompt here."""
    extension = folder / "extension"
    shutil.copytree(EXTENSION, extension)
    manifest = json.loads((extension / "manifest.json").read_text("utf-8"))
    manifest["host_permissions"] = list(hosts)
    (extension / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    if prepare:
        prepare(extension)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=chromium(),
            headless=True,
            viewport={"width": 1200, "height": 800},
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--no-proxy-server", "--disable-background-networking",
                f"--disable-extensions-except={extension}", f"--load-extension={extension}",
                *arguments,
            ],
        )  # fmt: skip
        try:
            found = context.service_workers
            worker = found[0] if found else context.wait_for_event("serviceworker")
            yield Chrome(context, worker)
        finally:
            context.close()
