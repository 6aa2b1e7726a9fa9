"""Retrieval quality over labelled messages, as plain figures. Pure but for reading its files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from server.base.conversation import Sender, Turn
from server.base.errors import UsageError
from server.goods import NOTHING_STATED, goods_of
from server.library import Shop
from server.suggest import Query, Ranking

CUTOFFS = (1, 3, 5)
_MRR_AT = 10
_SHOWN_AT = 3
Rank = Callable[[Query], Ranking]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with the ids of the scripts that answer it; none when no script does."""

    id: str
    message: str
    expected: tuple[str, ...]
    kind: str = ""
    turns: tuple[Turn, ...] = ()
    page: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one labelled message got. `rank` counts from 1; 0 when no expected script came back."""

    labelled: Labelled
    rank: int
    confidence: float
    shown: int
    took_ms: float

    @property
    def answerable(self) -> bool:
        """Whether any script answers it."""
        return bool(self.labelled.expected)

    @property
    def right_shown(self) -> bool:
        """Whether an expected script stands among the shown first three."""
        return 0 < self.rank <= min(self.shown, _SHOWN_AT)


def read_labelled(path: Path, shop: str = "") -> list[Labelled]:
    """The labelled messages of a JSON Lines file; lines of another shop are left out.

    Raises UsageError that names file and line.
    """
    found: list[Labelled] = []
    for number, row in read_lines(path):
        if shop and row.get("shop", shop) != shop:
            continue
        where = f"{path}:{number}"
        message, expected = row.get("message"), row.get("expected")
        if not isinstance(message, str) or not isinstance(expected, list):
            raise UsageError(
                f"{where} holds no labelled message; expected "
                '{"message": "…", "expected": ["script-id", …]}; mend the line'
            )
        found.append(
            Labelled(
                str(row.get("id", number)),
                message,
                tuple(str(script_id) for script_id in expected),
                str(row.get("kind") or ""),
                turns_of(row.get("context") or [], where),
                _page(row.get("page") or {}, where),
            )
        )
    return found


def read_lines(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """Line number and object of every line that is not blank. Raises UsageError."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read ({error}); expected JSON Lines in UTF-8; check the path"
        ) from error
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(
                f"{path}:{number} is no JSON ({error.msg}); expected one object a line; mend it"
            ) from error
        if not isinstance(row, dict):
            raise UsageError(f"{path}:{number} is no object; expected one object a line; mend it")
        rows.append((number, row))
    return rows


def turns_of(context: object, where: str) -> tuple[Turn, ...]:
    """The contract's `context` as turns. Raises UsageError."""
    turns: list[Turn] = []
    for said in context if isinstance(context, list) else [None]:
        fields: dict[str, Any] = said if isinstance(said, dict) else {}
        sender, text = fields.get("from"), fields.get("text")
        if sender not in ("shopper", "agent") or not isinstance(text, str):
            raise UsageError(
                f"{where} has a context that is none; expected a list of "
                '{"from": "shopper"|"agent", "text": "…"}; mend the line'
            )
        side: Sender = "shopper" if sender == "shopper" else "agent"
        turns.append(Turn(side, text))
    return tuple(turns)


def _page(page: object, where: str) -> dict[str, str]:
    """What the chat page says, as the protocol's `page`. Raises UsageError."""
    if not isinstance(page, dict):
        raise UsageError(
            f'{where} has a page that is none; expected {{"product": "…"}}; mend the line'
        )
    return {str(key): str(value) for key, value in page.items()}


def query_of(labelled: Labelled, shop: Shop | None = None) -> Query:
    """The message as the desk would ask for it, with what the shop's products tell."""
    stated = NOTHING_STATED
    if shop is not None:
        stated = goods_of(shop, labelled.page, labelled.message, labelled.turns).stated
    return Query(labelled.message, labelled.turns, labelled.page, stated=stated)


def run(messages: Sequence[Labelled], rank: Rank, shop: Shop | None = None) -> list[Outcome]:
    """Ranks every message and notes where its expected script came.

    `shop` tells which products there are; without it a card counts by its words alone.
    """
    outcomes: list[Outcome] = []
    for labelled in messages:
        start = time.perf_counter()
        ranking = rank(query_of(labelled, shop))
        took_ms = (time.perf_counter() - start) * 1000
        ids = [candidate.script.id for candidate in ranking.candidates]
        places = [ids.index(script_id) + 1 for script_id in labelled.expected if script_id in ids]
        top = ranking.candidates[0].confidence if ranking.candidates else 0.0
        outcomes.append(Outcome(labelled, min(places, default=0), top, ranking.shown, took_ms))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """`n`, hit@k, `mrr@10`, `by_kind`, `no_answer_auroc`, `shown`, `latency_ms`, `calibration`.

    A figure over no messages is None.
    """
    kinds = sorted({outcome.labelled.kind for outcome in outcomes} - {""})
    took = [outcome.took_ms for outcome in outcomes]
    return {
        **_hits(outcomes),
        "by_kind": {k: _hits([o for o in outcomes if o.labelled.kind == k]) for k in kinds},
        "no_answer_auroc": _no_answer_auroc(outcomes),
        "shown": {
            "in_scope_shown": _share([o.right_shown for o in outcomes if o.answerable]),
            "out_of_scope_shown": _share([o.shown > 0 for o in outcomes if not o.answerable]),
        },
        "latency_ms": {
            "p50": round(float(np.percentile(took, 50)), 2) if took else None,
            "p95": round(float(np.percentile(took, 95)), 2) if took else None,
        },
        "calibration": calibration(outcomes),
    }


def _hits(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    ranks = [outcome.rank for outcome in outcomes if outcome.answerable]
    hits: dict[str, Any] = {"n": len(outcomes), "answerable": len(ranks)}
    for cutoff in CUTOFFS:
        hits[f"hit@{cutoff}"] = _share([0 < rank <= cutoff for rank in ranks])
    hits[f"mrr@{_MRR_AT}"] = _share([1 / rank if 0 < rank <= _MRR_AT else 0 for rank in ranks])
    return hits


def _share(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def _no_answer_auroc(outcomes: Sequence[Outcome]) -> float | None:
    return auroc(
        [o.confidence for o in outcomes if o.answerable],
        [o.confidence for o in outcomes if not o.answerable],
    )


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """How often a positive stands above a negative, ties half; None when either is empty."""
    if not positive or not negative:
        return None
    values = np.concatenate([positive, negative])
    order = np.sort(values)
    ranks = (
        np.searchsorted(order, values, "left") + np.searchsorted(order, values, "right") + 1
    ) / 2
    n = len(positive)
    above = float(ranks[:n].sum()) - n * (n + 1) / 2
    return round(above / (n * len(negative)), 4)


def calibration(outcomes: Sequence[Outcome], bins: int = 10) -> dict[str, Any]:
    """Expected calibration error and the reliability bins (equal width, empty ones left out).

    True means: an expected script stands among the first three.
    """
    held = np.asarray([outcome.confidence for outcome in outcomes])
    right = np.asarray([0 < outcome.rank <= _SHOWN_AT for outcome in outcomes], dtype=float)
    which = np.minimum((held * bins).astype(int), bins - 1) if len(held) else held.astype(int)
    rows = [
        {
            "n": int((which == b).sum()),
            "confidence": round(float(held[which == b].mean()), 4),
            "right": round(float(right[which == b].mean()), 4),
        }
        for b in range(bins)
        if (which == b).any()
    ]
    error = sum(row["n"] * abs(row["confidence"] - row["right"]) for row in rows)
    return {"ece": round(error / len(held), 4) if len(held) else None, "bins": rows}


def evaluate(
    messages: Sequence[Labelled],
    rank: Rank,
    *,
    scripts: int,
    model: str,
    learned: Rank | None = None,
    shop: Shop | None = None,
) -> dict[str, Any]:
    """The contract's object; `learned` ranks with what a history file taught."""
    found = figures(run(messages, rank, shop)) | {"scripts": scripts, "model": model}
    if learned is not None:
        found["with_history"] = figures(run(messages, learned, shop))
    return found
