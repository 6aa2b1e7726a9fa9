"""The objects of a running server: each is built here, once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from flask import Flask

from server.accounts.gate import Gate
from server.accounts.tokens import Auth
from server.base.config import Config, prepare_data_dir
from server.base.errors import ConfigError, StoreError
from server.base.remembered import forget_remembered
from server.base.worker import Worker
from server.catalog.catalog import Catalog
from server.catalog.shared import NEWS, SharedLibrary
from server.desk.cards import Cards
from server.desk.desk import Desk
from server.desk.follow_ups import FollowUpLists
from server.desk.readying import make_ready
from server.desk.shop_memory import Memories
from server.desk.to_do import ToDo
from server.exchange.uploads import KEY_NAME, FolderShelf, Uploads, new_key
from server.indexing.batching import BatchingEncoder
from server.indexing.encoder import Encoder
from server.indexing.models import load_encoder
from server.quality.background import Background, ZoneOf
from server.quality.weekly_backup import LOOK_EVERY_S, back_up_when_due
from server.store import Accounts, Database, Traffic
from server.store.contract import MISSED
from server.store.phrases import Phrases
from server.store.quality.privacy import Gone
from server.store.quality.stores import Quality, open_quality
from server.store.shared_work import UploadRows
from server.store.shoppers import Members, Notes, People
from server.store.vectors import SharedVectors
from server.store.work.stores import WorkStore, open_work
from server.wire.client import Clients
from server.wire.peers import Peers

_EXTENSION = "bangda"
_READ_S = 60.0
_PROVE_S = 20.0
_SWEEP_S = 600.0


@dataclass(frozen=True)
class Parts:
    """What consoles, command line and tests reach."""

    config: Config
    database: Database
    accounts: Accounts
    traffic: Traffic
    auth: Auth
    catalog: Catalog
    memories: Memories
    desk: Desk
    phrases: Phrases
    people: People
    members: Members
    notes: Notes
    work: WorkStore
    follow_ups: FollowUpLists
    clients: Clients
    gate: Gate
    quality: Quality
    background: Background
    backups: Worker | None
    peers: Peers
    shared: SharedLibrary
    uploads: Uploads
    reader: Worker
    sweeper: Worker
    prover: Worker
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The threads that nobody waits for; `/healthz` tells which of them fails."""
        backups = (self.backups,) if self.backups else ()
        return (
            self.background.worker,
            self.catalog.watcher,
            self.reader,
            self.sweeper,
            self.prover,
            self.peers.worker,
            *backups,
        )

    def make_ready(self) -> None:
        """Works out what the first messages would wait for; ends when the server closes."""
        make_ready(self.catalog, self.memories, self.closing)

    def not_ready(self) -> str:
        """Why nobody should be sent to this server just now, "" when all is well."""
        if self.closing.is_set():
            return "closing"
        try:
            self.database.row("SELECT 1 AS alive")
        except StoreError:
            return "database"
        return ""

    def close(self) -> None:
        """Closes sockets, ends the watch, writes what is queued."""
        self.closing.set()
        self.clients.close_all()
        self.background.close()
        if self.backups is not None:
            self.backups.close()
        self.reader.close()
        self.sweeper.close()
        self.prover.close()
        self.catalog.close()
        self.memories.close()
        self.database.close()
        self.peers.worker.close()


def build_parts(config: Config, encoder: Encoder | None = None) -> Parts:
    """Every object, wired. Raises ConfigError, LibraryError, EncoderError or StoreError."""
    prepare_data_dir(config.data_dir)
    batching = BatchingEncoder(encoder or load_encoder(config.model))
    database = Database(config.database, config.data_dir)
    shared = SharedLibrary(config.library_dir, database)
    shared.sync("(server)")
    catalog = Catalog(
        config.library_dir,
        batching,
        config.cache_dir,
        rebuild=config.rebuild,
        kept=config.kept_library,
        shared=SharedVectors(database) if database.is_shared else None,
        most=config.shops_kept,
    )
    traffic, accounts = Traffic(database), Accounts(database)
    traffic.key_events()
    phrases, work = Phrases(database), open_work(database)
    memories = Memories(batching, traffic.acceptances, config.cache_dir / "history")
    catalog.shelf.on_let_go(memories.let_go)
    quality = open_quality(database, ZoneOf(catalog))
    people, notes = People(database), Notes(database)
    cards = Cards(people, notes, quality.access)
    follow_ups = FollowUpLists(work.follow_ups, quality.settings)
    to_do = ToDo(work, follow_ups)
    desk = Desk(catalog, traffic, memories, batching, phrases, people, cards, to_do)

    def forget(gone: Gone) -> None:
        desk.forget(gone.shop, gone.conversations, gone.learned)
        batching.forget()
        forget_remembered()
        # Others forget all that they hold in memory: it is read anew from what is left.
        database.tell(MISSED)

    quality.privacy.on_gone(forget)
    clients, auth = Clients(), Auth(accounts)
    auth.on_end(lambda account: database.tell("account", account=account))
    peers = Peers(database, traffic, memories, desk, clients)
    folder = FolderShelf(config.data_dir / "uploads")
    shelf = UploadRows(database) if database.is_shared else folder
    uploads = Uploads(shelf, lambda: database.secret(KEY_NAME, new_key))
    _share_library(shared, catalog, peers)
    return Parts(
        config=config,
        database=database,
        accounts=accounts,
        traffic=traffic,
        auth=auth,
        catalog=catalog,
        memories=memories,
        desk=desk,
        phrases=phrases,
        people=people,
        members=Members(database, quality.audit),
        notes=notes,
        work=work,
        follow_ups=follow_ups,
        clients=clients,
        gate=Gate.around(config.host, config.port, config.allowed_hosts),
        quality=quality,
        background=Background(quality, catalog),
        backups=_backups(config),
        peers=peers,
        shared=shared,
        uploads=uploads,
        sweeper=Worker("uploads", uploads.sweep, _SWEEP_S),
        reader=Worker("reading of history", lambda: _read_histories(catalog, memories), _READ_S),
        prover=Worker("writing", database.prove, _PROVE_S),
    )


def _share_library(shared: SharedLibrary, catalog: Catalog, peers: Peers) -> None:
    """What is edited here goes to the other servers, what is edited there is served here."""

    def take() -> None:
        if shared.sync("(files)").taken:
            catalog.reload()

    catalog.on_change(lambda snapshot: take())
    peers.on(NEWS, lambda news: take())
    peers.on_missed(take)


def _backups(config: Config) -> Worker | None:
    """Makes a backup a week, where a folder for it is named."""
    if config.backup_dir is None:
        return None

    def when_due() -> None:
        assert config.backup_dir is not None
        back_up_when_due(config.backup_dir, config.data_dir, config.library_dir)

    return Worker("weekly backup", when_due, LOOK_EVERY_S)


def _read_histories(catalog: Catalog, memories: Memories) -> None:
    """Lets the history of each shop that is held say how it is best read."""
    catalog.shelf.rest()
    for shop, served in catalog.snapshot.shops.items():
        index = served.held.peek()
        if index is not None:
            memories.read_anew(shop, index)


def keep_parts(app: Flask, parts: Parts) -> None:
    """Lets `parts_of` find them again."""
    app.extensions[_EXTENSION] = parts


def parts_of(app: Flask) -> Parts:
    """The Parts of an app made by `create_app`. Raises ConfigError for another app."""
    parts = app.extensions.get(_EXTENSION)
    if not isinstance(parts, Parts):
        raise ConfigError("app was not made by create_app")
    return parts
