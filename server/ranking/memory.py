"""What agents of a shop accepted, edited or rejected before, as evidence for the ranking.

A nearest-neighbour vote over the messages, weighed by how much evidence lies near the query: a shop
without history, or with history about other things, is ranked as if there were none.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from server.base.remembered import Remembered
from server.indexing.domain_adapter import Adapter, load_adapter
from server.indexing.encoder import Encoder, Vectors, encode, identity_of
from server.text.understanding import bare_text

Floats = NDArray[np.float32]
Verdict = Literal["accepted", "edited", "rejected"]

# An edited reply was nearly right; a rejection says less than an acceptance, since agents also
# dismiss what is right but not needed. Fitted with the rest below.
_WORTH: dict[str, float] = {"accepted": 1.0, "edited": 0.7, "rejected": -0.5}
_PRIOR_FROM = 60.0
_LIFT = 20.0
_LIFT_FROM = 0.55
_OFTEN = 3.0
_ABSURD = 0.001
_LARGEST = 8_000
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """How a history is read: how far its messages reach and how much they count.

    `width` is the neighbourhood of a message in likeness, `doubt` how many messages as good as
    equal it takes to be believed half, `prior` how much it counts that a script is used at all,
    `split` whether a neighbourhood that is split between scripts is believed as a whole.

    The default loses nothing on sparse and on contradictory history of the development shops and
    gains most there on repetitive traffic (docs/benchmarks.md, history); `own_reading` finds what
    is better for a shop.
    """

    width: float = 0.06
    doubt: float = 0.6
    prior: float = 0.1
    split: bool = False


CAUTIOUS = Reading()


@dataclass(frozen=True, slots=True)
class Vote:
    """What history says about a query. `held` (scripts,) sums to 1 or is all 0.

    `trust` (0 to 1) is how much it counts beside the ranking, `mass` how many messages as good as
    equal to the query say so, `lift` (scripts,) log odds that likeness
    to a script's own history adds, `prior` (scripts,) how often each script is used at all, mean 1,
    `against` (scripts,) rejections near the query.
    """

    held: Floats
    trust: float
    mass: float
    lift: Floats
    prior: Floats
    against: Floats


class Memory:
    """One shop's history. Safe to use from several threads; the newest 8,000 messages count."""

    def __init__(self, encoder: Encoder, *, adapter: Adapter | None = None) -> None:
        self._encoder = encoder
        self._adapter = adapter or load_adapter(identity_of(encoder))
        self._lock = threading.Lock()
        self._keys: list[tuple[str, str]] = []
        self._worth: list[float] = []
        self._rows: Vectors = np.zeros((0, 0), dtype=np.float32)
        self.reading = CAUTIOUS
        self._placed: Remembered[_Placed] = Remembered(2)

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, taken: Sequence[tuple[str, str, Verdict]]) -> None:
        """Learns (message, script id, verdict) triples at once, oldest first."""
        known = [
            (bare_text(text), script_id, _WORTH[verdict]) for text, script_id, verdict in taken
        ]
        known = [entry for entry in known if entry[0]]
        if not known:
            return
        texts = list(dict.fromkeys(text for text, _, _ in known))
        embedded = dict(zip(texts, self._embed(texts), strict=True))
        new = np.stack([embedded[text] for text, _, _ in known])
        with self._lock:
            rows = np.concatenate([self._rows, new]) if len(self._rows) else new
            self._rows = rows[-_LARGEST:]
            self._keys = [*self._keys, *((text, script) for text, script, _ in known)][-_LARGEST:]
            self._worth = [*self._worth, *(worth for _, _, worth in known)][-_LARGEST:]

    def forget(self, message: str, script_id: str = "") -> int:
        """Drops what was learned from a message (for one script, if named); how many entries."""
        text = bare_text(message)
        with self._lock:
            keep = [
                n
                for n, (held, script) in enumerate(self._keys)
                if held != text or script_id not in ("", script)
            ]
            dropped = len(self._keys) - len(keep)
            self._rows = self._rows[keep]
            self._keys = [self._keys[n] for n in keep]
            self._worth = [self._worth[n] for n in keep]
        return dropped

    def vote(self, plain: Floats, adapted: Floats, script_ids: Sequence[str]) -> Vote | None:
        """What history says for these scripts about one query; None when there is no history."""
        with self._lock:
            keys, rows, worth = self._keys, self._rows, self._worth
        if not keys:
            return None
        # Both lists are made anew by every change, and the entry holds them: so ids stay their own.
        key = (id(keys), id(worth), tuple(script_ids))
        placed = self._placed.get(key, lambda: _placed(keys, worth, script_ids))
        likeness = (rows @ _joined(plain[None], adapted[None])[0])[placed.known]
        return vote_of(likeness, placed.at, placed.worth, len(script_ids), self.reading)

    def held(self) -> tuple[list[tuple[str, str]], Vectors, Floats]:
        """Its (text, script id) pairs, oldest first, their rows, and what each is worth."""
        with self._lock:
            return self._keys, self._rows, np.asarray(self._worth, dtype=np.float32)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        plain = encode(self._encoder, texts, "query")
        return _joined(plain, self._adapter.apply(plain, "query") if self._adapter else plain)


@dataclass(frozen=True, slots=True)
class _Placed:
    """The entries about some scripts: which they are, of which script each, and its worth."""

    known: NDArray[np.int64]
    at: NDArray[np.int64]
    worth: Floats
    made_of: tuple[object, object]


def _placed(
    keys: Sequence[tuple[str, str]], worth: Sequence[float], script_ids: Sequence[str]
) -> _Placed:
    place = {script_id: n for n, script_id in enumerate(script_ids)}
    at = np.asarray([place.get(script, -1) for _, script in keys])
    known = np.flatnonzero(at >= 0)
    return _Placed(known, at[known], np.asarray(worth, dtype=np.float32)[known], (keys, worth))


def _joined(plain: Vectors, adapted: Vectors) -> Vectors:
    """Rows whose inner product is 0.3 of the plain cosine plus 0.7 of the adapted one."""
    parts = [plain * np.float32(0.3**0.5), adapted * np.float32(0.7**0.5)]
    joined: Vectors = np.concatenate(parts, axis=1)
    return joined


def vote_of(
    likeness: Floats,
    at: NDArray[np.int64],
    worth: Floats,
    scripts: int,
    reading: Reading = CAUTIOUS,
) -> Vote:
    """The vote of messages that lie so near and stand for these scripts (`at`)."""
    counts = np.bincount(at, weights=np.maximum(worth, 0), minlength=scripts)
    total = float(counts.sum())
    prior = (counts + 1) / (total + scripts) * scripts
    strength = reading.prior * total / (total + _PRIOR_FROM)
    near = np.where(likeness > _NEAR, np.exp((likeness - 1) / reading.width), 0) * worth
    taken = np.bincount(at, weights=np.maximum(near, 0), minlength=scripts)
    against = np.bincount(at, weights=np.maximum(-near, 0), minlength=scripts)
    net = np.maximum(taken - against, 0)
    mass = float(net.sum())
    # Cubed: half a history pulls everything towards the scripts that have some.
    covered = float(np.minimum(counts / _OFTEN, 1).mean()) ** 3
    lift = np.zeros(scripts)
    np.maximum.at(lift, at, np.maximum(likeness - _LIFT_FROM, 0) * np.maximum(worth, 0))
    # Evidence that is split between scripts is worth what the first leads by.
    agreed = 1.0 if reading.split else float(net.max()) / mass if mass else 0.0
    return Vote(
        held=(net / mass if mass else net).astype(np.float32),
        trust=agreed * mass / (mass + reading.doubt),
        mass=mass,
        lift=(_LIFT * covered * lift).astype(np.float32),
        prior=(prior**strength).astype(np.float32),
        against=against.astype(np.float32),
    )


def weigh(held: Floats, vote: Vote | None, bare: Floats) -> Floats:
    """Shares of the ranking with history weighed in; unchanged without history.

    `bare` (scripts,) is 1 for a script without questions: likeness to its history stands in for
    them, where there are some it would count twice. A single acceptance that the ranking finds
    absurd counts little: it is more likely a slip.
    """
    if vote is None:
        return held
    moved = held * np.exp(vote.lift * bare) * vote.prior / (1 + vote.against)
    moved = moved / moved.sum()
    voted = int(np.argmax(vote.held))
    slip = _ABSURD / max(vote.mass, 1e-6)
    trust = vote.trust * float(moved[voted]) / (float(moved[voted]) + slip)
    mixed: Floats = (1 - trust) * moved + trust * vote.held
    return mixed
