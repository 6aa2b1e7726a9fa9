"""What became of a text, piece by piece."""

from __future__ import annotations

from server.text.differ import Piece, text_pieces


def test_pieces_show_what_the_agent_changed() -> None:
    pieces = text_pieces("亲，今天16:00前付款当天发货", "亲，今天16:00前付款明天发货哦")
    assert [(piece.mark, piece.text) for piece in pieces] == [
        ("same", "亲，今天16:00前付款"),
        ("removed", "当"),
        ("added", "明"),
        ("same", "天发货"),
        ("added", "哦"),
    ]
    assert text_pieces("", "新") == (Piece("added", "新"),)
