"""A product's size reaches the panel: page card and earlier turns, over the socket."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from server.desk.seat import Seat
from server.protocol.frames import Message
from tests.conftest import Running
from tests.support import write_shop

PRODUCTS = """products:
  - id: hoodie
    name: 加绒卫衣
    size_chart:
      measures: {身高: cm, 体重: kg}
      rows:
        - {尺码: M, 身高: [155, 162], 体重: [45, 52]}
"""


def test_size_and_product_come_with_the_replies(
    tmp_path: Path, start: Callable[..., Running]
) -> None:
    root = tmp_path / "library"
    size = {"id": "size", "title": "穿多大", "reply": "建议拍{推荐尺码}"}
    write_shop(root, "shop-a", [size])
    (root / "shop-a" / "products.yaml").write_text(PRODUCTS, "utf-8")
    parts = start(root).parts
    seat = Seat(parts.auth.issue("小李", "agent", "shop-a")[0], "shop-a")
    page = {"product": "加绒卫衣 女"}
    said = Message(conversation_id="c", message_id="1", text="我160穿多大", page=page)
    first = parts.desk.message(seat, said)
    assert first.size[0].missing == ["体重"] and first.suggestions[0].missing == ["推荐尺码"]
    said = Message(conversation_id="c", message_id="2", text="100斤穿多大", page=page)
    second = parts.desk.message(seat, said)
    assert second.product == {"id": "hoodie", "name": "加绒卫衣"}
    assert second.suggestions[0].text == "建议拍M" and second.size[0].sizes == ["M"]
