"""A small proxy before several servers: a new connection goes to the next one that answers."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Sequence


class Proxy:
    """Listens on a port of its own; passes bytes both ways until either side hangs up."""

    def __init__(self, ports: Callable[[], Sequence[int]]) -> None:
        """`ports` are those of the servers that run now."""
        self._ports = ports
        self._turn = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Ends every connection."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for end in list(self._open):
            _shut(end)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = self._reach()
            if server is None:
                client.close()
                continue
            self._open |= {client, server}
            left = [2]
            for pair in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pass, args=(*pair, left))
                self._threads.append(thread)
                thread.start()

    def _reach(self) -> socket.socket | None:
        ports = self._ports()
        first = next(self._turn)
        for place in range(len(ports)):
            try:
                return socket.create_connection(("127.0.0.1", ports[(first + place) % len(ports)]))
            except OSError:
                continue
        return None

    def _pass(self, source: socket.socket, target: socket.socket, left: list[int]) -> None:
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            pass  # a server that was killed resets its connections
        _shut(source)
        _shut(target)
        left[0] -= 1
        if left[0] == 0:
            for end in (source, target):
                end.close()
                self._open.discard(end)


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
