"""Other servers of the same database: what they tell, and what is done about it here."""

from __future__ import annotations

import logging
from collections.abc import Callable

from server.base.worker import Worker
from server.desk.desk import Desk
from server.desk.shop_memory import Memories
from server.store import Database, Traffic
from server.store.contract import MISSED, News
from server.wire.client import Clients

log = logging.getLogger("bangda.peers")
_AGAIN_S = 1.0


class Peers:
    """Listens for as long as the server runs; alone with its database it has nothing to do."""

    def __init__(
        self,
        database: Database,
        traffic: Traffic,
        memories: Memories,
        desk: Desk,
        clients: Clients,
    ) -> None:
        self._db = database
        self._traffic = traffic
        self._memories = memories
        self._desk = desk
        self._clients = clients
        self._missed: list[Callable[[], None]] = [desk.read_all_anew]
        self._told: dict[str, Callable[[News], None]] = {
            "conversation": self._conversation,
            "accepted": self._accepted,
            "history": lambda news: memories.forget(news["shop"], ()),
            "account": lambda news: clients.drop(news["account"]),
            MISSED: lambda news: self._may_have_missed(),
        }
        self.worker = Worker("news of other servers", self._listen, _AGAIN_S)

    def on(self, kind: str, told: Callable[[News], None]) -> None:
        """Calls `told` with the news of a kind."""
        self._told[kind] = told

    def on_missed(self, look: Callable[[], None]) -> None:
        """Calls `look` at the start and whenever news may have been missed."""
        self._missed.append(look)

    def _listen(self) -> None:
        self._db.listen(self._heard, self._may_have_missed)

    def _heard(self, news: News) -> None:
        told = self._told.get(news["kind"])
        if told is None:
            return  # of a newer server
        try:
            told(news)
        except Exception:
            # What one listener misses must not keep the others from hearing what comes next.
            log.exception("news of another server (%s) were not taken in", news["kind"])

    def _may_have_missed(self) -> None:
        for look in self._missed:
            look()

    def _conversation(self, news: News) -> None:
        shop, platform, conversation_id = news["key"]
        self._desk.went_on_elsewhere((shop, platform, conversation_id))

    def _accepted(self, news: News) -> None:
        for acceptance in self._traffic.accepted(news["shop"], news["suggestions"]):
            self._memories.accept_elsewhere(news["shop"], acceptance)
