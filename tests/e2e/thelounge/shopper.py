"""A shopper with an IRC client: says something to the seller, hears what comes back."""

from __future__ import annotations

import queue
import socket
import threading
from types import TracebackType

from tests.e2e.thelounge.host import SELLER


class Shopper:
    """One connection under one nick; `with` ends it."""

    def __init__(self, port: int, nick: str) -> None:
        self.nick = nick
        self.heard: queue.Queue[str] = queue.Queue()
        self._welcome = threading.Event()
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        self._send(f"NICK {nick}")
        self._send(f"USER {nick} 0 * :{nick}")
        if not self._welcome.wait(15):
            raise RuntimeError("the IRC server said no welcome within 15 s")

    def say(self, text: str) -> None:
        """A private message to the seller."""
        self._send(f"PRIVMSG {SELLER} :{text}")

    def hear(self) -> str:
        """The next thing that the seller wrote."""
        return self.heard.get(timeout=10)

    def _send(self, line: str) -> None:
        self._socket.sendall((line + "\r\n").encode())

    def _listen(self) -> None:
        try:
            self._read()
        except ConnectionResetError:  # the server hangs up as it hears QUIT
            return

    def _read(self) -> None:
        for raw in self._socket.makefile("rb"):
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            words = line.split(" ")
            if words[0] == "PING":
                self._send("PONG " + line[5:])
            elif words[1] == "001":
                self._welcome.set()
            elif words[1] == "PRIVMSG":
                self.heard.put(line.split(" :", 1)[1])

    def __enter__(self) -> Shopper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self._send("QUIT :bye")
        self._thread.join(5)
        self._socket.close()
