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
_LEAST_ROOM = 256
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
        self._entries = _Entries()
        self._number_of: dict[str, int] = {}
        self.reading = CAUTIOUS

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, taken: Sequence[tuple[str, str, Verdict]]) -> None:
        """Learns (message, script id, verdict) triples at once, oldest first."""
        known = [
            (bare_text(text), script_id, _WORTH[verdict]) for text, script_id, verdict in taken
        ]
        known = [entry for entry in known if entry[0]][-_LARGEST:]
        if not known:
            return
        texts = list(dict.fromkeys(text for text, _, _ in known))
        embedded = dict(zip(texts, self._embed(texts), strict=True))
        new = np.stack([embedded[text] for text, _, _ in known])
        with self._lock:
            numbers = [self._number_of.setdefault(s, len(self._number_of)) for _, s, _ in known]
            self._entries.add(new, numbers, [worth for _, _, worth in known])
            self._keys += [(text, script) for text, script, _ in known]
            if len(self._keys) > 2 * _LARGEST:
                del self._keys[:-_LARGEST]

    def forget(self, message: str, script_id: str = "") -> int:
        """Drops what was learned from a message (for one script, if named); how many entries."""
        text = bare_text(message)
        with self._lock:
            keys = self._keys[len(self._keys) - len(self._entries) :]
            keep = [
                n
                for n, (held, script) in enumerate(keys)
                if held != text or script_id not in ("", script)
            ]
            self._entries = self._entries.only(keep)
            self._keys = [keys[n] for n in keep]
        return len(keys) - len(keep)

    def vote(self, plain: Floats, adapted: Floats, script_ids: Sequence[str]) -> Vote | None:
        """What history says for these scripts about one query; None when there is no history."""
        with self._lock:
            rows, numbers, worth = self._entries.all()
            place_of = np.full(len(self._number_of), -1, dtype=np.int64)
            for place, script_id in enumerate(script_ids):
                number = self._number_of.get(script_id)
                if number is not None:
                    place_of[number] = place
        if not len(rows):
            return None
        at, likeness = place_of[numbers], rows @ _joined(plain[None], adapted[None])[0]
        if (at < 0).any():
            about = np.flatnonzero(at >= 0)
            at, likeness, worth = at[about], likeness[about], worth[about]
        return vote_of(likeness, at, worth, len(script_ids), self.reading)

    def held(self) -> tuple[list[tuple[str, str]], Vectors, Floats]:
        """Its (text, script id) pairs, oldest first, their rows, and what each is worth."""
        with self._lock:
            rows, _, worth = self._entries.all()
            return self._keys[len(self._keys) - len(rows) :], rows, worth

    def _embed(self, texts: Sequence[str]) -> Vectors:
        plain = encode(self._encoder, texts, "query")
        return _joined(plain, self._adapter.asked(plain) if self._adapter else plain)


class _Entries:
    """Rows with the number of a script and a worth each, in order; the newest `_LARGEST` of them.

    They stand in arrays with room at the end, so that another one costs no copy of the others. What
    `all` gave stays as it was: nothing is written where it looks.
    """

    def __init__(self) -> None:
        self._rows: Vectors = np.zeros((0, 0), dtype=np.float32)
        self._numbers = np.zeros(0, dtype=np.int64)
        self._worth = np.zeros(0, dtype=np.float32)
        self._begin = self._end = 0

    def __len__(self) -> int:
        return self._end - self._begin

    def all(self) -> tuple[Vectors, NDArray[np.int64], Floats]:
        """Rows, numbers and worth of all entries."""
        here = slice(self._begin, self._end)
        return self._rows[here], self._numbers[here], self._worth[here]

    def add(self, rows: Vectors, numbers: Sequence[int], worth: Sequence[float]) -> None:
        """Puts entries behind the others."""
        if self._end + len(rows) > len(self._rows):
            self._move(len(self) + len(rows), rows.shape[1])
        there = slice(self._end, self._end + len(rows))
        self._rows[there], self._numbers[there], self._worth[there] = rows, numbers, worth
        self._end += len(rows)
        self._begin = max(self._begin, self._end - _LARGEST)

    def only(self, places: Sequence[int]) -> _Entries:
        """These entries, in arrays of their own."""
        chosen = _Entries()
        rows, numbers, worth = self.all()
        if places:
            taken = np.asarray(places)
            chosen.add(rows[taken], numbers[taken].tolist(), worth[taken].tolist())
        return chosen

    def _move(self, size: int, dimension: int) -> None:
        """To arrays with room for `size` entries and half as many again."""
        rows, numbers, worth = self.all()
        room = max(_LEAST_ROOM, size + size // 2)
        self._rows = np.empty((room, dimension), dtype=np.float32)
        self._numbers = np.empty(room, dtype=np.int64)
        self._worth = np.empty(room, dtype=np.float32)
        self._begin, self._end = 0, len(rows)
        if len(rows):
            here = slice(0, len(rows))
            self._rows[here], self._numbers[here], self._worth[here] = rows, numbers, worth


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
    # What lies further away says nothing, and it is nearly all of a long history.
    felt = np.flatnonzero(likeness > _NEAR)
    likeness, at, worth = likeness[felt], at[felt], worth[felt]
    near = np.exp((likeness - 1) / reading.width) * worth
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
