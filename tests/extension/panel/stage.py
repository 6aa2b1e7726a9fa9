"""A page with the panel and a scripted server: what the agent sees and does, without a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[3]
STAGE = Path(__file__).parent
_ASSETS = "/assets/"


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def translate_path(self, path: str) -> str:
        if path.startswith(_ASSETS):
            return str(ROOT / path.removeprefix(_ASSETS).split("?")[0])
        return super().translate_path(path)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serve_stage() -> Iterator[str]:
    """The address of the stage, served from the checkout."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(STAGE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def suggestion(number: int, text: str, **fields: Any) -> dict[str, Any]:
    """A suggestion of the protocol with everything that is not said filled in."""
    return {
        "suggestion_id": f"s{number}",
        "script_id": f"script.{number}",
        "title": f"话术{number}",
        "text": text,
        "missing": [],
        "score": 1.0 / number,
        "confidence": round(0.95 - number * 0.15, 2),
        "why": "常见问法",
        **fields,
    }


def warning(text: str, matched: str, **fields: Any) -> dict[str, Any]:
    """A warning about `matched` in `text`."""
    start = text.index(matched)
    return {
        "category": "contact_diversion",
        "severity": "high",
        "start": start,
        "end": start + len(matched),
        "matched": matched,
        "rule": "contact.wechat",
        "clause": "快手 2.3",
        "message": "引导买家到站外联系",
        **fields,
    }


class PanelStage:
    """Plays the page and the server around one panel."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(f"{address}/stage.html")
        page.wait_for_function("() => window.stage")

    def mount(self, **options: Any) -> None:
        """Puts the panel in and waits until it stands."""
        self.page.evaluate("(options) => stage.mount(options)", options)
        self.panel.wait_for()

    def answer(self, kind: str, answer: Any) -> None:
        """What the server says to requests of this kind from now on; None: nothing."""
        self.page.evaluate("([kind, answer]) => { stage.answers[kind] = answer }", [kind, answer])

    def message(self, text: str, conversation: str = "c1", number: int = 1, **fields: Any) -> None:
        """A shopper's message comes in."""
        message = {
            "conversation_id": conversation,
            "message_id": f"{conversation}-m{number}",
            "text": text,
            "shopper": {"id": conversation, "name": f"买家{conversation}"},
            **fields,
        }
        self.page.evaluate("(message) => stage.panel.showMessage(message)", message)

    def show(self, *suggestions: dict[str, Any], text: str = "什么时候发货", **answer: Any) -> None:
        """A message comes in and is answered with these suggestions."""
        shown = answer.pop("shown", len(suggestions))
        body = {"suggestions": list(suggestions), "shown": shown, "warnings": [], "took_ms": 1}
        self.answer("message", body | answer)
        self.message(text)

    def state(self, **change: Any) -> None:
        """The line to the server changes."""
        self.page.evaluate("(change) => stage.setState(change)", change)

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """What the server was asked, of one kind."""
        every: list[dict[str, Any]] = self.page.evaluate("() => stage.asked")
        return [
            {k: v for k, v in one.items() if k != "type"} for one in every if one["type"] == kind
        ]

    def events(self) -> list[str]:
        """The names of the events that were reported."""
        return [one["event"] for one in self.asked("event")]

    @property
    def panel(self) -> Locator:
        return self.page.locator("bangda-panel .panel")

    @property
    def cards(self) -> Locator:
        return self.page.locator("bangda-panel .replies .card")

    @property
    def box(self) -> Locator:
        return self.page.locator("#box")


def button(stage: PanelStage, name: str, at: int = 0) -> None:
    stage.page.get_by_role("button", name=name).nth(at).click()


SHIP = suggestion(
    1, "今天16:00前付款的当天发出。", values={"发货截止时间": "16:00"}, title="什么时候发货"
)
ORDER = suggestion(2, "您的订单{订单号}在打包，{昵称}放心。", missing=["订单号", "昵称"])
COURIER = suggestion(3, "默认发中通。")
