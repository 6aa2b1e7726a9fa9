"""A script's image reaches the shop's own agents, and nobody else."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import Running, say
from tests.support import write_shop
from tests.wire.test_live import HELLO

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
ASK = {"type": "image", "request_id": "i1"}


@pytest.fixture
def shops(tmp_path: Path, start: Callable[..., Running]) -> Running:
    root = tmp_path / "library"
    size = {"id": "size", "reply": "看尺码表", "images": ["表.png", "gone.png", "text.png"]}
    write_shop(root, "shop-a", [size])
    write_shop(root, "shop-b", [{"id": "b", "reply": "好", "images": ["b.png"]}])
    for name, content in (("表.png", PNG), ("text.png", b"text"), ("own.png", PNG)):
        (root / "shop-a" / name).write_bytes(content)
    (root / "shop-b" / "b.png").write_bytes(PNG)
    return start(root)


def test_an_agent_gets_the_image_of_a_script(shops: Running) -> None:
    ws = shops.connect()
    say(ws, **HELLO, token=shops.token())
    answer = say(ws, **ASK, image="表.png")
    assert answer["type"] == "image" and answer["request_id"] == "i1"
    assert (answer["image"], answer["media_type"]) == ("表.png", "image/png")
    assert base64.b64decode(answer["content"]) == PNG
    ws.close()


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("own.png", "no_image"),  # no script names it
        ("gone.png", "no_image"),
        ("scripts.yaml", "no_image"),
        ("../shop-b/b.png", "no_image"),
        ("b.png", "no_image"),
        ("text.png", "bad_image"),
    ],
)
def test_other_files_are_refused(shops: Running, image: str, code: str) -> None:
    ws = shops.connect()
    say(ws, **HELLO, token=shops.token())
    answer = say(ws, **ASK, image=image)
    assert (answer["type"], answer["code"]) == ("error", code)
    ws.close()


def test_another_shop_s_image_is_refused(shops: Running) -> None:
    ws = shops.connect()
    say(ws, **HELLO, token=shops.token())
    answer = say(ws, **ASK, image="b.png", shop="shop-b")
    assert (answer["type"], answer["code"]) == ("error", "refused")
    ws.close()


def test_nothing_is_served_without_a_token(shops: Running) -> None:
    connection = HTTPConnection("127.0.0.1", shops.port)
    body = json.dumps({"image": "表.png"}).encode()
    connection.request("POST", "/api/v1/image", body, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 401
    connection.close()
