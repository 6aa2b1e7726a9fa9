"""Labelled development shops as evidence: each as written, with titles only, with replies only."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.base.conversation import Turn
from server.evaluation.evaluate import Labelled, read_labelled
from server.fit.bank import NONE, Intent
from server.indexing.domain_adapter import Adapter
from server.indexing.passages import passages_of
from server.indexing.vector_cache import CachedEncoder, VectorCache
from server.library import Script, load_library
from server.ranking.evidence import Evidence, gather
from server.scripts_index import ScriptsIndex, build_index
from server.text.normal import normalize
from server.text.understanding import SPEAKS_FROM, bare_text, understand

MESSAGES = "messages.jsonl"
_STANDS_ALONE = 10
_STRIDE = 7  # how far on in the file the earlier exchange is taken from


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message with its evidence; `gold` are rows of it, empty when none answers.

    `later` marks one that was put behind an exchange about something else.
    """

    shop: str
    form: str
    labelled: Labelled
    later: bool
    evidence: Evidence
    gold: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabelledShop:
    """One form of a development shop with its messages."""

    shop: str
    form: str
    scripts: tuple[Script, ...]
    messages: tuple[Labelled, ...]


def labelled_shops(root: Path) -> Iterator[LabelledShop]:
    """Every shop under `root` that has labelled messages, in each form that differs."""
    for shop in load_library(root).shops.values():
        path = root / shop.id / MESSAGES
        if not path.is_file():
            continue
        messages = tuple(read_labelled(path, shop.id))
        yield LabelledShop(shop.id, "written", shop.scripts, messages)
        if any(script.questions for script in shop.scripts):
            titled = tuple(dataclasses.replace(script, questions=()) for script in shop.scripts)
            bare = tuple(dataclasses.replace(script, title="") for script in titled)
            yield LabelledShop(shop.id, "titled", titled, messages)
            yield LabelledShop(shop.id, "reply only", bare, messages)


def index_of(shop: LabelledShop, cache: VectorCache, adapter: Adapter | None) -> ScriptsIndex:
    """The shop's index, with queries embedded through the cache."""
    index = build_index(shop.scripts, cache, adapter=adapter)
    return dataclasses.replace(index, encoder=CachedEncoder(cache))


def examples_of(shop: LabelledShop, index: ScriptsIndex) -> list[Example]:
    """The evidence for every message of the shop that says anything."""
    row_of = {script.id: number for number, script in enumerate(index.scripts)}
    examples: list[Example] = []
    moved = later_in_talk(shop)
    for place, labelled in enumerate([*shop.messages, *moved]):
        understood = understand(labelled.message, labelled.turns)
        if not understood.text:
            continue
        evidence = gather(understood, index, *index.embed(understood.texts))
        wanted = [row_of[script_id] for script_id in labelled.expected if script_id in row_of]
        gold = np.flatnonzero(np.isin(evidence.numbers, wanted))
        later = place >= len(shop.messages)
        examples.append(Example(shop.shop, shop.form, labelled, later, evidence, gold))
    return examples


def examples_under(
    shops: Iterable[LabelledShop], cache: VectorCache, adapter: Adapter | None
) -> list[Example]:
    """The evidence for every labelled message of these shops under the adapter."""
    return [
        example for shop in shops for example in examples_of(shop, index_of(shop, cache, adapter))
    ]


def later_in_talk(shop: LabelledShop) -> list[Labelled]:
    """Every short message that stands alone, behind an exchange about something else.

    Without them the fit would learn that what comes later in a conversation asks something, for
    the labelled follow-ups all do; a shopper's thanks come later, too.
    """
    replies = {script.id: script.reply for script in shop.scripts}
    asked = [m for m in shop.messages if m.expected and not m.turns]
    moved: list[Labelled] = []
    for place, labelled in enumerate(m for m in shop.messages if not m.turns):
        before = asked[(place * _STRIDE) % len(asked)] if asked else labelled
        apart = not set(before.expected) & set(labelled.expected)
        if apart and len(bare_text(labelled.message)) < SPEAKS_FROM:
            reply = replies[before.expected[0]]
            turns = (Turn("shopper", before.message), Turn("agent", reply))
            moved.append(dataclasses.replace(labelled, turns=turns))
    return moved


def texts_by_script(shop: LabelledShop) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Of each script that someone asks for: its asks, its title, its reply, as they are embedded.

    Its asks are its questions and the messages that it answers first, each once.
    Messages that lean on their conversation and those of two asks say too little of one script.
    Each message that no script answers stands under a name of its own, without title and reply.
    """
    asks: dict[str, list[str]] = {
        script.id: [bare_text(question) for question in script.questions] for script in shop.scripts
    }
    for labelled in shop.messages:
        understood = understand(labelled.message, labelled.turns)
        alone = not labelled.turns or len(understood.text) >= _STANDS_ALONE
        if labelled.expected and alone and labelled.kind != "multi_ask":
            asks[labelled.expected[0]].append(understood.text)
        elif not labelled.expected and alone:
            asks[f"{NONE}{labelled.id}"] = [understood.text]
    wanted = {script.id: script for script in shop.scripts}
    found: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for name, given in asks.items():
        texts = [text for text in dict.fromkeys(given) if text]
        if texts:
            script = wanted.get(name)
            titles = [normalize(script.title)] if script and script.title else []
            found[name] = (texts, titles, _reply(script))
    return found


def scripts_as_intents(shop: LabelledShop, cache: VectorCache) -> list[Intent]:
    """The texts of each script (`texts_by_script`) embedded."""
    return [
        Intent(
            name,
            cache.vectors(asks, "query"),
            cache.vectors(titles, "document"),
            cache.vectors(replies, "document"),
        )
        for name, (asks, titles, replies) in texts_by_script(shop).items()
    ]


def _reply(script: Script | None) -> list[str]:
    """The script's first wording as it is searched; none of a message that nothing answers."""
    if script is None:
        return []
    bare = dataclasses.replace(script, title="", questions=())
    return list(passages_of([bare]).folded[:1])
