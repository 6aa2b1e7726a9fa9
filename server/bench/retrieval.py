"""Retrieval on development shops that the fit did not see: the whole, then with evidence off.

The adapter is fitted on the bank alone, the fusion on two thirds of the shops; what is measured are
the shops of the other third. Needs the extra `fit`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.adapter import unpack
from server.bench.report import Report, Row
from server.encoder import load_encoder
from server.evaluate import CUTOFFS, Labelled, Outcome, auroc, calibration
from server.evidence import NAMES, Evidence
from server.fit import DATA, development_examples
from server.fit.bank import embed_bank, read_bank
from server.fit.shops import Example
from server.fit.towers import fit_towers, pack
from server.fit.weights import fit_fusion
from server.fusion import Fusion
from server.vector_cache import VectorCache

Floats = NDArray[np.float32]

_FOLDS = 3
_OFF: Mapping[str, Callable[[str], bool]] = {
    "all evidence": lambda name: False,
    "without the adapter (near)": lambda name: "near" in name,
    "without plain vectors": lambda name: name.startswith("plain"),
    "without characters": lambda name: "chars" in name,
    "without sounds": lambda name: name == "sounds",
    "without intents": lambda name: "intent" in name,
    "without questions": lambda name: name.endswith("_question"),
    "without titles": lambda name: name.endswith("_title"),
    "without replies": lambda name: name.endswith("_reply"),
    "without the single asks": lambda name: name.startswith(("asks", "story")),
    "without the conversation": lambda name: name.startswith(("said", "earlier", "answered")),
}
_ALONE: Mapping[str, str] = {"BM25 alone": "chars_", "e5 alone": "plain_"}


def examples() -> list[Example]:
    """The labelled messages of every development shop, under an adapter that saw none of them.

    The adapter that ships was fitted on these shops, too, so one of the bank alone is made here.
    """
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder), encoder)
        intents = embed_bank(read_bank(DATA / "bank"), cache)
        adapter = unpack(pack(fit_towers(intents), intents))
        return development_examples(DATA / "shops", cache, adapter)


def folds(held: Sequence[Example]) -> list[frozenset[str]]:
    """Shops in groups; each group is measured by what was fitted on the others."""
    shops = sorted({example.shop for example in held})
    return [frozenset(shops[start::_FOLDS]) for start in range(_FOLDS)]


def held_out(all_examples: Sequence[Example]) -> list[tuple[Example, Outcome]]:
    """Every example as a fusion ranks it that saw none of its shop's messages."""
    found: list[tuple[Example, Outcome]] = []
    for group in folds(all_examples):
        fusion = fit_fusion([e for e in all_examples if e.shop not in group])
        found += [(e, outcome_of(e, fusion)) for e in all_examples if e.shop in group]
    return found


def outcome_of(example: Example, fusion: Fusion) -> Outcome:
    """Where the expected script came, and what was shown."""
    scores = fusion.scores(example.evidence.values)
    confidence = fusion.confidence(example.evidence, scores)
    shown = 3 if confidence >= fusion.threshold else 0
    return Outcome(example.labelled, _rank(scores, example), confidence, shown, 0.0)


def _rank(scores: Floats, example: Example) -> int:
    order = np.argsort(-scores, kind="stable")
    places = np.flatnonzero(np.isin(order, example.gold))
    return int(places[0]) + 1 if len(places) else 0


def without(example: Example, off: Callable[[str], bool]) -> Example:
    """The example with some evidence blanked."""
    keep = np.asarray([not off(name) for name in NAMES], dtype=np.float32)
    evidence: Evidence = dataclasses.replace(
        example.evidence, values=example.evidence.values * keep
    )
    return dataclasses.replace(example, evidence=evidence)


def _alone(example: Example, prefix: str) -> Outcome:
    columns = [n for n, name in enumerate(NAMES) if name.startswith(prefix)]
    scores = example.evidence.values[:, columns].max(axis=1)
    return Outcome(example.labelled, _rank(scores, example), 0.0, 0, 0.0)


def group_of(example: Example) -> str:
    """Which of the tables an example belongs to: how its shop is written."""
    if example.later:
        return "behind another exchange"
    written = example.shop != "platform-service"
    return example.form if written else "platform service, reply only"


def hits(found: Sequence[tuple[Example, Outcome]]) -> dict[str, list[float]]:
    """hit@1, @3, @5 of each group over the messages that a script answers."""
    ranks: dict[str, list[int]] = defaultdict(list)
    for example, outcome in found:
        if outcome.answerable:
            ranks[group_of(example)].append(outcome.rank)
    return {
        group: [float(np.mean([0 < rank <= cutoff for rank in held])) for cutoff in CUTOFFS]
        for group, held in sorted(ranks.items())
    }


def retrieval() -> Report:
    """Hit rates of the whole and with each kind of evidence off, then how sure the whole is."""
    held = examples()
    tables: dict[str, dict[str, list[float]]] = {
        name: hits([(e, _alone(e, prefix)) for e in held]) for name, prefix in _ALONE.items()
    }
    whole: list[tuple[Example, Outcome]] = []
    for name, off in _OFF.items():
        found = held_out([without(example, off) for example in held])
        whole = whole or found
        tables[name] = hits(found)
    rows = [
        Row(f"{group}, {name}, hit@{cutoff}", value, "", value / tables["e5 alone"][group][n])
        for name, groups in tables.items()
        for group, values in groups.items()
        for n, (cutoff, value) in enumerate(zip(CUTOFFS, values, strict=True))
    ]
    return Report(
        "retrieval",
        f"{len(held)} labelled messages, shops held out of the fit; ratios against e5 alone",
        (*rows, *_kind_rows(whole), *_sureness(whole)),
    )


def _kind_rows(found: Sequence[tuple[Example, Outcome]]) -> list[Row]:
    return [
        Row(f"{kind}, as written, hit@{cutoff}", value, "")
        for kind, values in kinds(found).items()
        for cutoff, value in zip(CUTOFFS, values, strict=True)
    ]


def _sureness(found: Sequence[tuple[Example, Outcome]]) -> list[Row]:
    rows: list[Row] = []
    for group in sorted({group_of(example) for example, _ in found}):
        outcomes = [outcome for example, outcome in found if group_of(example) == group]
        asked = [o for o in outcomes if o.answerable]
        idle = [o for o in outcomes if not o.answerable]
        apart = auroc([o.confidence for o in asked], [o.confidence for o in idle])
        figures = {
            "no-answer AUROC": apart or 0.0,
            "answerable with a right script shown": _share([o.right_shown for o in asked]),
            "unanswerable with anything shown": _share([o.shown > 0 for o in idle]),
            "expected calibration error": calibration(outcomes)["ece"],
        }
        rows += [Row(f"{group}, {name}", value, "") for name, value in figures.items()]
    return rows


def _share(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else 0.0


def kinds(found: Sequence[tuple[Example, Outcome]]) -> dict[str, list[float]]:
    """hit@1, @3, @5 of each kind of message on shops as written."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for example, outcome in found:
        labelled: Labelled = example.labelled
        if outcome.answerable and example.form == "written" and not example.later:
            by_kind[labelled.kind].append(outcome.rank)
    return {
        kind: [float(np.mean([0 < rank <= cutoff for rank in held])) for cutoff in CUTOFFS]
        for kind, held in sorted(by_kind.items())
    }
