"""Helpers that tests share."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any

import numpy as np
import yaml
from flask import Flask
from numpy.typing import NDArray
from werkzeug.serving import make_server

from server.app import create_app
from server.base.config import Config
from server.indexing.encoder import Identity
from server.parts import Parts, parts_of

DIMENSION = 64


class CharacterEncoder:
    """Counts characters: position `ord(c) % 64` holds how often c stands in the text.

    So 发货 and 发什么货 share two of their marks, and a reader can work out every cosine by hand.
    """

    identity = Identity("characters", "1", DIMENSION)

    def encode_query(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        return self._rows(sentences)

    def encode_document(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        return self._rows(sentences)

    def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(sentences), DIMENSION), dtype=np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            for character in sentence or " ":
                row[ord(character) % DIMENSION] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write_shop(
    root: Path, shop: str, scripts: Sequence[dict[str, Any]], settings: dict[str, Any] | None = None
) -> Path:
    """Writes `<root>/<shop>/scripts.yaml` (and shop.yaml); returns the scripts file."""
    folder = root / shop
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scripts.yaml"
    path.write_text(_yaml({"scripts": list(scripts)}), encoding="utf-8")
    if settings is not None:
        (folder / "shop.yaml").write_text(_yaml(settings), encoding="utf-8")
    return path


def write_lines(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Writes JSON Lines."""
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def noon_zone() -> str:
    """A time zone in which it is noon now: what is not done at night is done there at any hour."""
    ahead = 12 - datetime.now(UTC).hour
    # Etc/GMT-8 is eight hours ahead of Greenwich.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _yaml(document: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    return text


@contextmanager
def answering(listener: socket, config: Config, encoder: Any = None) -> Iterator[Parts]:
    """An app on `listener` in a thread of its own; all is closed behind it."""
    with listener:
        app = create_app(config, encoder)
        parts = parts_of(app)
        host, port = listener.getsockname()[:2]
        server = make_server(host, port, _whole(app), threaded=True, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield parts
        finally:
            parts.close()
            server.shutdown()
            thread.join()
            server.server_close()


def _whole(app: Flask) -> Callable[..., list[bytes]]:
    """`app` with each answer read at once.

    Werkzeug's server leaves a file open when the browser hangs up in the middle of it.
    """

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        parts: Iterable[bytes] = app(environ, start_response)
        try:
            return list(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    return answer
