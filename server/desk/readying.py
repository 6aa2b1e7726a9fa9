"""What the first messages and searches would wait for: worked out in the background of a start."""

from __future__ import annotations

import threading

from server.catalog.catalog import Catalog
from server.catalog.served import Served
from server.compliance.lexicon_file import read_lexicon
from server.desk.shop_memory import Memories
from server.library.search import spell_out
from server.suggest import Query, suggest
from server.text.masking import mask

_ORDINARY = "什么时候发货"
_PAUSE_S = 0.005
"""Between two scripts: whoever asks meanwhile is served first."""


def make_ready(catalog: Catalog, memories: Memories, stop: threading.Event) -> None:
    """Reads tables, histories and what the rules say of every script; returns early on `stop`.

    Nothing waits for it: what is asked for before it is there is worked out then.
    """
    read_lexicon()
    mask(_ORDINARY)
    for shop, served in catalog.snapshot.shops.items():
        memory = memories.of(shop)
        if not _read_scripts(served, stop):
            return
        suggest(Query(_ORDINARY), served.index, memory=memory, terms=served.terms())


def _read_scripts(served: Served, stop: threading.Event) -> bool:
    """What rules and letters say of each script; False when it was stopped."""
    for script in served.shop.scripts:
        for platform in ("", *served.shop.platforms):
            served.clearance.findings(script, platform)
        spell_out(script)
        if stop.wait(_PAUSE_S):
            return False
    return True
