"""The trained judge: how likely a text breaks each category, by its meaning and its wording.

Small two-layer networks over the sentence embedding, hashed n-grams and the rules that fired are
averaged. They were fitted by `bangda fit judge` on `knowledge/compliance/`; what they reach on
unseen families stands in docs/benchmarks.md. Only numpy is needed here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from server.base.errors import ConfigError
from server.base.remembered import Remembered
from server.compliance.features import Window, bucket, buckets, open_to, windows_of
from server.compliance.findings import Direction, direction_of
from server.compliance.matching import Hit
from server.compliance.windows import Span, windows
from server.text.undisguise import Folded

JUDGE_FILE = Path(__file__).resolve().parents[1] / "knowledge" / "judge.npz"
FORMAT: Final = 2
NET_PARTS: Final = ("grams", "hidden", "hidden_bias", "out", "out_bias")

ROW_LENGTH: Final = 127
"""Of an example's vector, kept in whole numbers."""

_KEPT_VECTORS = 4096
"""Six megabytes: what a shop's agents say all day is embedded once."""

_KEPT_TEXTS = 2048
"""Typing asks about the same finished clauses letter by letter, sending once more."""
Floats = NDArray[np.float32]


class QueryEncoder(Protocol):
    """The one method of an encoder that the judge uses."""

    def encode_query(self, sentences: Sequence[str]) -> Floats:
        """float32, (n, dim), rows of unit length."""


@dataclass(frozen=True)
class Net:
    """One two-layer network; `grams` is (buckets, width), kept in half precision to save memory."""

    grams: NDArray[np.floating[Any]]
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats


@dataclass(frozen=True)
class Examples:
    """Violating lines that people approved: what a finding of the judge is like.

    `vectors` is int8, (n, dim), rows of length `ROW_LENGTH`, in the order of `texts`.
    """

    categories: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    vectors: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, 1), dtype=np.int8))

    @cached_property
    def places(self) -> Mapping[str, NDArray[np.int64]]:
        """Category → the rows of its examples."""
        named = np.array(self.categories)
        return {code: np.flatnonzero(named == code) for code in set(self.categories)}

    def nearest(self, vector: Floats, category: str, count: int = 1) -> list[Like]:
        """The examples whose meaning is nearest to `vector`, likest first; there are (`places`)."""
        rows = self.places[category]
        likeness = self.vectors[rows].astype(np.float32) @ vector / ROW_LENGTH
        best = np.argsort(-likeness, kind="stable")[:count]
        return [Like(self.texts[int(rows[place])], float(likeness[place])) for place in best]


@dataclass(frozen=True)
class Parameters:
    """Everything that was fitted; `settings` is the readable part (judge.json)."""

    categories: tuple[str, ...]
    mean: Floats
    scale: float
    nets: tuple[Net, ...]
    settings: Mapping[str, Any]
    examples: Examples = field(default_factory=Examples)

    def threshold(self, category: str, kind: str) -> float:
        """The least probability for a finding.

        `kind` is `alone`, `with_rule` (a rule fired as well), `with_support` (a rule did that is
        written wide) or `hint` (a low finding).
        """
        return float(self.settings["thresholds"][category][kind])

    def likeness(self, kind: str) -> float:
        """How like its example a text must be at least for a `warning` or a `hint` of the judge."""
        return float(self.settings.get("likeness", {}).get(kind, 0.0))


@lru_cache(maxsize=2)
def read_parameters(path: Path = JUDGE_FILE) -> Parameters:
    """The parameters in `path` and the JSON beside it. Raises ConfigError when they do not fit."""
    settings = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if settings.get("format") != FORMAT:
        found = settings.get("format")
        raise ConfigError(
            f"{path.name} has format {found}, expected {FORMAT}; run: bangda fit judge"
        )
    with np.load(path) as arrays:
        held = {name: _loaded(name, arrays[name]) for name in arrays.files}
    nets = tuple(
        Net(*(held[f"net{index}_{part}"] for part in NET_PARTS))
        for index in range(int(settings["nets"]))
    )
    categories = tuple(settings["categories"])
    examples = read_examples(path, held["examples"])
    return Parameters(categories, held["mean"], float(settings["scale"]), nets, settings, examples)


def read_examples(path: Path, vectors: NDArray[Any]) -> Examples:
    """The texts beside `path` with their `vectors`. Raises ConfigError when they do not fit."""
    rows = path.with_suffix(".examples.tsv").read_text(encoding="utf-8").splitlines()
    if len(rows) != len(vectors):
        raise ConfigError(
            f"{path.name} has {len(vectors)} example vectors for {len(rows)} examples; "
            "run: bangda fit judge"
        )
    pairs = [row.split("\t", 1) for row in rows]
    return Examples(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs), vectors)


def _loaded(name: str, array: NDArray[Any]) -> NDArray[Any]:
    kept = name.endswith("_grams") or name == "examples"
    return array if kept else array.astype(np.float32)


@dataclass(frozen=True)
class Judgement:
    """How likely a category is broken, and the window of the folded text that says so most.

    `any_probability` is how likely that window breaks anything at all.
    """

    probability: float
    window: Span
    any_probability: float = 0.0


@dataclass(frozen=True)
class Like:
    """The approved example that a text is most like, and the cosine of the two."""

    text: str = ""
    likeness: float = 0.0


class Judge:
    """Scores texts; safe to use from several threads when the encoder is."""

    def __init__(self, encoder: QueryEncoder, parameters: Parameters | None = None) -> None:
        self._encoder = encoder
        self._vectors: LRUCache[str, Floats] = LRUCache(_KEPT_VECTORS)
        self._lock = threading.Lock()
        self._scores: Remembered[Floats] = Remembered(_KEPT_VECTORS)
        self._judged: Remembered[Mapping[str, Judgement]] = Remembered(_KEPT_TEXTS)
        self.parameters = parameters or read_parameters()

    def embeds(self, levels: Sequence[Folded]) -> list[str]:
        """What judging a text embeds: its windows."""
        text = levels[-1].text
        return [text[start:end] for start, end in windows(text)]

    def prepare(self, texts: Sequence[str]) -> None:
        """Embeds windows together and keeps the vectors for a while."""
        room = max(_KEPT_VECTORS, len(texts))
        with self._lock:
            if room != self._vectors.maxsize:
                kept, self._vectors = self._vectors, LRUCache(room)
                self._vectors.update(kept)
        self._vectors_of(texts)

    def _vectors_of(self, texts: Sequence[str]) -> list[Floats]:
        """The vector of each text; only those that are not kept are embedded."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = sorted(set(texts) - known.keys(), key=len)
        if missing:
            rows = np.asarray(self._encoder.encode_query(missing), dtype=np.float32)
            known.update(zip(missing, rows, strict=True))
        with self._lock:
            self._vectors.update(known)
        return [known[text] for text in texts]

    def judgements(
        self, levels: Sequence[Folded], hits: Sequence[Hit], direction: Direction
    ) -> Mapping[str, Judgement]:
        """Category → its worst window, for the categories that `direction` can raise.

        Empty for a text of invisible signs.
        """
        fired = tuple((hit.rule.category, hit.start, hit.end) for hit in hits)
        key = tuple(level.text for level in levels), levels[-1].starts, fired, direction
        return self._judged.get(key, lambda: self._judgements(levels, hits, direction))

    def _judgements(
        self, levels: Sequence[Folded], hits: Sequence[Hit], direction: Direction
    ) -> dict[str, Judgement]:
        categories = self.parameters.categories
        read = windows_of(levels, hits, categories, direction)
        if not read:
            return {}
        vectors = self._vectors_of([window.text for window in read])
        answers = open_to(categories, direction)
        scores = np.stack(
            [
                self._scored(window, vector, direction, answers)
                for window, vector in zip(read, vectors, strict=True)
            ]
        )
        worst = scores.argmax(axis=0)
        together = scores.sum(axis=1)
        return {
            code: Judgement(
                float(scores[worst[place], place]),
                read[worst[place]].span,
                float(together[worst[place]]),
            )
            for place, code in enumerate(categories)
            if direction_of(code) == direction
        }

    def _scored(
        self, window: Window, vector: Floats, direction: Direction, answers: NDArray[np.bool_]
    ) -> Floats:
        key = window.text, window.side.tobytes(), direction
        return self._scores.get(
            key, lambda: score(self.parameters, vector, buckets(window.text), window.side, answers)
        )

    def vectors(self, texts: Sequence[str]) -> Floats:
        """float32, (n, dim), rows of unit length."""
        return np.stack(self._vectors_of(texts))

    def nearest_examples(self, part: str, category: str, count: int) -> list[Like]:
        """The approved examples of `category` that `part`, a window, is most like, likest first."""
        examples = self.parameters.examples
        if category not in examples.places:
            return []
        return examples.nearest(self._vectors_of([part])[0], category, count)

    def telling(self, text: str, category: str) -> Floats:
        """float32, (signs of the folded `text`,): how much each sign speaks for `category`.

        The n-grams' part of the networks, with the hidden units weighed by their way to the answer.
        """
        place = self.parameters.categories.index(category)
        marked = f"^{text}$"
        found = np.zeros(len(marked), dtype=np.float32)
        for net in self.parameters.nets:
            first = len(self.parameters.mean)
            way = net.hidden[first : first + net.grams.shape[1]] @ net.out[:, place]
            for size in (1, 2, 3):
                for start in range(len(marked) - size + 1):
                    gram = marked[start : start + size]
                    found[start : start + size] += float(net.grams[bucket(gram)] @ way) / size
        return found[1:-1]


def score(
    parameters: Parameters,
    embedding: Floats,
    grams: NDArray[np.int64],
    side: Floats,
    answers: NDArray[np.bool_],
) -> Floats:
    """float32, (categories,): the averaged probabilities of one text.

    `answers` are those of `open_to`: what the other side alone can say takes no share.
    """
    centred = (embedding - parameters.mean) / parameters.scale
    shares = [_network(net, centred, grams, side, answers) for net in parameters.nets]
    averaged: Floats = np.mean(shares, axis=0)
    return averaged


def _network(
    net: Net,
    centred: Floats,
    grams: NDArray[np.int64],
    side: Floats,
    answers: NDArray[np.bool_],
) -> Floats:
    bag = net.grams[grams].sum(axis=0, dtype=np.float32) / np.sqrt(max(1, len(grams)))
    hidden = np.concatenate([centred, bag, side]) @ net.hidden + net.hidden_bias
    logits = np.where(answers, np.maximum(hidden, 0) @ net.out + net.out_bias, -np.inf)
    raised = np.exp(logits - logits.max())
    shares: Floats = raised / raised.sum()
    return shares[:-1]
