"""Retrieval on labelled shops that no fit has seen: what ships, then with kinds of evidence off.

The shops of `knowledge/heldout_shops` are in no fit of what ships. With evidence off the fusion is
fitted anew, on two thirds of these shops and measured on the other. Needs the extra `fit`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.bench.report import Report, Row
from server.evaluation.evaluate import CUTOFFS, Labelled, Outcome, auroc, calibration
from server.fit import DATA, folds
from server.fit.shops import Example, examples_under, labelled_shops
from server.fit.weights import fit_fusion
from server.indexing.domain_adapter import load_adapter
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.ranking.evidence import NAMES, Evidence
from server.ranking.fusion import Fusion, load_fusion

Floats = NDArray[np.float32]

HELD_OUT = DATA / "heldout_shops"
_SHIPPED = "as shipped"
# Libraries of dry procedural replies, without titles and questions, and messy chat messages.
_SERVICE = "-service"
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
    """The labelled messages of every held-out shop, in each form, under the adapter that ships."""
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder), load_encoder())
        return examples_under(labelled_shops(HELD_OUT), cache, load_adapter(cache.identity))


def as_shipped(all_examples: Sequence[Example]) -> list[tuple[Example, Outcome]]:
    """Every example as the fusion that ships ranks it."""
    fusion = load_fusion()
    return [(example, outcome_of(example, fusion)) for example in all_examples]


def fitted_anew(all_examples: Sequence[Example]) -> list[tuple[Example, Outcome]]:
    """Every example as a fusion ranks it that saw none of its shop's messages."""
    found: list[tuple[Example, Outcome]] = []
    for group in folds({example.shop for example in all_examples}):
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
    return "service desks" if example.shop.endswith(_SERVICE) else example.form


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
    whole = as_shipped(held)
    tables[_SHIPPED] = hits(whole)
    for name, off in _OFF.items():
        tables[name] = hits(fitted_anew([without(example, off) for example in held]))
    rows = [
        Row(f"{group}, {name}, hit@{cutoff}", value, "", value / tables["e5 alone"][group][n])
        for name, groups in tables.items()
        for group, values in groups.items()
        for n, (cutoff, value) in enumerate(zip(CUTOFFS, values, strict=True))
    ]
    return Report(
        "retrieval",
        f"{len(held)} labelled messages of shops in no fit; ratios against e5 alone",
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
        if outcome.answerable and group_of(example) == "written":
            by_kind[labelled.kind].append(outcome.rank)
    return {
        kind: [float(np.mean([0 < rank <= cutoff for rank in held])) for cutoff in CUTOFFS]
        for kind, held in sorted(by_kind.items())
    }
