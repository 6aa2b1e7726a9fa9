"""A page with the extension's page side running in an isolated world of its own."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import CDPSession, Frame, Page


class PageWorld:
    """Drives one replay page: `page` as a person, `replay` as its shoppers, `bangda` as ours."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._context = 0
        self.frame: Frame = page.main_frame

    def open(self, name: str, site: str, *, query: str = "", changes: dict[str, Any] | None = None,
             before: str = "", frame: str = "") -> None:  # fmt: skip
        """Opens the page `name`, lets `before` happen there, starts the adapter `site`."""
        self.page.goto(f"{self.address}/{name}.html{query}")
        self.page.wait_for_function("() => window.replay")
        self.frame = (
            next(f for f in self.page.frames if frame in f.url) if frame else self.page.main_frame
        )
        if before:
            self.replay(before)
        self.start(site, changes)

    def start(self, site: str, changes: dict[str, Any] | None = None) -> None:
        """Starts the page side, as on a load of the page."""
        tree = self._cdp.send("Page.getFrameTree")["frameTree"]
        frames = [tree["frame"], *(child["frame"] for child in tree.get("childFrames", []))]
        frame_id = next(f["id"] for f in frames if f["url"] == self.frame.url)
        made = self._cdp.send(
            "Page.createIsolatedWorld", {"frameId": frame_id, "worldName": "bangda"}
        )
        self._context = made["executionContextId"]
        given = json.dumps(changes or {})
        self.bangda(f"import('{self.address}/harness.js').then((m) => m.start('{site}', {given}))")

    def bangda(self, expression: str) -> Any:
        """Evaluates in the extension's world; `bangda` is the harness there."""
        answer = self._cdp.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": self._context,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise AssertionError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def replay(self, expression: str) -> Any:
        """Evaluates in the page's own world; `replay` is the page's state."""
        return self.frame.evaluate(
            f"() => {{ const replay = window.replay; return {expression}; }}"
        )

    def log(self, part: str) -> list[Any]:
        """What the panel was told so far: messages, conversations, health, sent, drafts."""
        return self.bangda(f"bangda.log.{part}") or []

    def wait_log(self, part: str, n: int) -> list[Any]:
        """Waits until the panel was told `n` things."""
        self.until(f"bangda.log.{part}.length >= {n}")
        return self.log(part)

    def until(self, condition: str) -> None:
        """Waits until `condition` holds in the extension's world."""
        self.bangda(
            f"""new Promise((resolve, reject) => {{
                const end = performance.now() + 8000;
                const look = () => {{
                    if ({condition}) resolve(true);
                    else if (performance.now() > end)
                        reject(new Error({json.dumps(condition)} + ' never held: ' + JSON.stringify(bangda.log)));
                    else setTimeout(look, 10);
                }};
                look();
            }})"""
        )

    def settle(self) -> None:
        """Waits until the thread on screen counts as read."""
        self.until("bangda.watcher.look().talk?.settled")
