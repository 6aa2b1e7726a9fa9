"""One open socket, and all of them: sending that never lets one reader hold up another."""

from __future__ import annotations

import logging
import select
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from simple_websocket import ConnectionClosed

from server.desk.seat import Seat

log = logging.getLogger("bangda.live")
_GOING_AWAY = 1001
# News that wait for a reader who does not read; one who lets more gather is cut off.
_POSTED = 32
_SEND_WITHIN_S = 10
# An agent's outbox of a day away comes at once; nobody of ours has more under way.
_QUEUED, _QUEUED_SIGNS = 2_000, 4_000_000


@dataclass(eq=False)
class Client:
    """One open socket. Sending is locked: answers and broadcasts come from several threads."""

    ws: Any
    seat: Seat
    token_hash: str
    name: str
    since: float = field(default_factory=time.time)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _posted: deque[str] = field(default_factory=deque)

    def enter(self, clients: Clients, welcome: str) -> None:
        """Joins the others with its first frame: what is told to all from now on comes behind it.

        Raises ConnectionClosed.
        """
        with self._lock:
            clients.add(self)
            self._send(welcome)
        self._send_posted()

    def send(self, text: str) -> None:
        """Sends one frame; waits some seconds for a slow reader. Raises ConnectionClosed."""
        with self._lock:
            self._send(text)
        self._send_posted()

    def _send(self, text: str) -> None:
        try:
            self.ws.send(text)
        except OSError as error:
            self.cut()
            raise ConnectionClosed(_GOING_AWAY, str(error)) from error

    def post(self, text: str) -> None:
        """Sends one frame without ever waiting: what the reader has no room for is kept a while."""
        self._posted.append(text)
        if len(self._posted) > _POSTED:
            log.warning("a client that does not read was cut off")
            self.cut()
            return
        try:
            self._send_posted()
        except ConnectionClosed:
            log.debug("a socket closed before a broadcast")

    def _send_posted(self) -> None:
        """Sends what was posted and has room; looks again after letting go of the lock.

        Who posts while the lock is held relies on its holder.
        """
        while self._posted and self._lock.acquire(blocking=False):
            try:
                while self._posted and has_room(self.ws.sock):
                    self._send(self._posted.popleft())
                if self._posted:  # no room: the next frame tries again
                    return
            finally:
                self._lock.release()

    def close(self, code: int, reason: str) -> None:
        """Closes the socket with a reason, or cuts it where a frame is stuck."""
        if not self._lock.acquire(timeout=0.2):
            self.cut()
            return
        try:
            if has_room(self.ws.sock):
                self.ws.close(code, reason)
            else:
                self.cut()
        finally:
            self._lock.release()

    def cut(self) -> None:
        """Ends the connection under the socket: its threads wake up and let it go."""
        _shut(self.ws.sock)


class Clients:
    """The open sockets."""

    def __init__(self) -> None:
        self._open: set[Client] = set()
        self._lock = threading.Lock()

    def __iter__(self) -> Any:
        with self._lock:
            return iter(list(self._open))

    def add(self, client: Client) -> None:
        """Takes a socket in."""
        with self._lock:
            self._open.add(client)

    def remove(self, client: Client) -> None:
        """Lets a socket go."""
        with self._lock:
            self._open.discard(client)

    def broadcast(self, text: str, shop: str | None = None) -> None:
        """One frame to every socket (of a shop); none of them is waited for."""
        for client in self:
            if shop is None or client.seat.shop == shop:
                client.post(text)

    def drop(self, account_id: int) -> None:
        """Closes the sockets of an account that was revoked, closed or changed.

        A client that may still come in connects again and is seated as the account is now.
        """
        for client in self:
            if client.seat.account.id == account_id:
                try:
                    client.close(_GOING_AWAY, "account changed")
                except ConnectionClosed:
                    log.debug("a socket closed before it was dropped")

    def close_all(self) -> None:
        """Tells every client that the server goes away."""
        for client in self:
            try:
                client.close(_GOING_AWAY, "server is shutting down")
            except ConnectionClosed:
                log.debug("a socket was closed already")


class Crowd:
    """How many are inside something at a time."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One more while it lasts."""
        with self._lock:
            self.count += 1
        try:
            yield
        finally:
            with self._lock:
                self.count -= 1


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        log.debug("a socket was gone already")


def limit_queue(ws: Any) -> None:
    """Cuts off a client that sends faster than it is answered, for as long as it likes.

    The library reads on and keeps every frame, however many wait.
    """
    handle = ws._handle_events

    def handled() -> bool:
        going: bool = handle()
        waiting = ws.input_buffer
        signs = sum(len(frame) for frame in waiting[-_QUEUED:])
        if len(waiting) > _QUEUED or signs > _QUEUED_SIGNS:
            log.warning("a client with %d frames in waiting was cut off", len(waiting))
            _shut(ws.sock)
            return False
        return going

    ws._handle_events = handled


def has_room(sock: socket.socket) -> bool:
    """Whether a short frame can be sent now without waiting; to a closed socket nothing waits."""
    if sock.fileno() < 0:
        return True
    if sys.platform == "win32":
        return bool(select.select([], [sock], [], 0)[1])
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    return any(event & select.POLLOUT for _, event in poll.poll(0))


def patient(sock: socket.socket, *, receive_s: int, send_s: int = _SEND_WITHIN_S) -> None:
    """How long one read (0: for ever) and one write of a blocking socket may take."""
    if sys.platform != "win32":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", receive_s, 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", send_s, 0))
