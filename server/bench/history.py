"""What a shop's history changes, on labelled shops that no fit has seen.

Each row ranks the same messages twice, without history and with one that was made up for the row:
from the other half of the shop's messages, from its questions, or from the messages themselves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from server.bench.report import Report, Row
from server.bench.retrieval import HELD_OUT
from server.evaluation.evaluate import Labelled, figures, run
from server.fit.shops import LabelledShop, index_of, labelled_shops
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.ranking.memory import Memory, Verdict
from server.scripts_index import ScriptsIndex
from server.suggest import suggest

Taken = list[tuple[str, str, Verdict]]

_QUESTIONS = 3
_FEW = 30
_KEPT = 0.7  # of a message that comes again: two shoppers seldom end alike
_CUTOFFS = ("hit@1", "hit@3")


@dataclass(frozen=True, slots=True)
class _Desk:
    """A shop's answerable messages in two halves, its script ids and their own questions."""

    earlier: Sequence[Labelled]
    asked: Sequence[Labelled]
    ids: Sequence[str]
    questions: Sequence[tuple[str, str]]


def history() -> Report:
    """hit@1 and @3 before and after: first what should help, then what must not harm."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder), load_encoder())
        shops = list(labelled_shops(HELD_OUT))
        desks = {shop.shop: _desk(shop) for shop in shops if shop.form == "written"}
        indexes = [(shop, index_of(shop, cache, None)) for shop in shops]
        for form, bare in (("replies only", True), ("as written", False)):
            chosen = [(desks[s.shop], index) for s, index in indexes if _fits(s, bare)]
            for name, made in _KINDS.items():
                rows += _rows(f"{form}, {name}", chosen, made)
    return Report("history", "messages of shops in no fit; ratios against no history", tuple(rows))


def _fits(shop: LabelledShop, bare: bool) -> bool:
    """Whether the shop's scripts are in the wanted form; service desks have nothing but replies."""
    told = any(script.title or script.questions for script in shop.scripts)
    return not told if bare else told and shop.form == "written"


def _desk(shop: LabelledShop) -> _Desk:
    asked = [message for message in shop.messages if message.expected]
    questions = [(q, s.id) for s in shop.scripts for q in s.questions[:_QUESTIONS]]
    return _Desk(asked[::2], asked[1::2], [s.id for s in shop.scripts], questions)


def _rows(
    name: str, chosen: Sequence[tuple[_Desk, ScriptsIndex]], made: Callable[[_Desk], Taken]
) -> list[Row]:
    sums = np.zeros((2, len(_CUTOFFS)))
    count = 0
    for desk, index in chosen:
        taken = made(desk)
        if taken:
            memory = Memory(index.encoder, adapter=index.adapter)
            memory.add(taken)
            held = [_hits(desk.asked, index, m) for m in (None, memory)]
            sums += np.asarray(held) * len(desk.asked)
            count += len(desk.asked)
    before, after = sums / max(count, 1)
    return [
        row
        for n, cutoff in enumerate(_CUTOFFS)
        if count
        for row in (
            Row(f"{name}, {cutoff} before", float(before[n]), ""),
            Row(f"{name}, {cutoff} after", float(after[n]), "", float(after[n] / before[n])),
        )
    ]


def _hits(asked: Sequence[Labelled], index: ScriptsIndex, memory: Memory | None) -> list[float]:
    found = figures(run(asked, lambda query: suggest(query, index, memory=memory)))
    return [float(found[cutoff] or 0.0) for cutoff in _CUTOFFS]


def _repeated(desk: _Desk) -> Taken:
    cut = [(m, max(2, round(len(m.message) * _KEPT))) for m in desk.asked]
    return [(m.message[:end], m.expected[0], "accepted") for m, end in cut]


def _by_questions(desk: _Desk) -> Taken:
    return [(text, script, "accepted") for text, script in desk.questions]


def _right(desk: _Desk) -> Taken:
    return [(m.message, m.expected[0], "accepted") for m in desk.earlier]


def _sparse(desk: _Desk) -> Taken:
    used = set(desk.ids[::2])
    return [taken for taken in _right(desk) if taken[1] in used][:_FEW]


def _slipping(desk: _Desk) -> Taken:
    wrong = _wrong(desk)
    return [wrong[n] if n % 2 else taken for n, taken in enumerate(_right(desk))]


def _wrong(desk: _Desk) -> Taken:
    any_script = np.random.default_rng(0).integers(len(desk.ids), size=len(desk.earlier))
    scripts = [desk.ids[int(n)] for n in any_script]
    return [(m.message, s, "accepted") for m, s in zip(desk.earlier, scripts, strict=True)]


_KINDS: dict[str, Callable[[_Desk], Taken]] = {
    "each message came before, its end cut off": _repeated,
    "three accepted messages a script, unlike the tested": _by_questions,
    "the other half of the messages": _right,
    "thirty of them, half of the scripts never": _sparse,
    "every second on a random script": _slipping,
    "all on random scripts": _wrong,
}
