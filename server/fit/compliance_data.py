"""Labelled lines for the judge: the bank, additions, and ordinary text of other origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

from server.compliance.findings import Direction
from server.library import load_library

FOLDS = 5
# Of the bank's asks: enough to know how shoppers of every trade talk, few enough to fit quickly.
_EVERY_ASK = 9
_HOLE = re.compile(r"\{[^{}]{1,20}\}|\[[\u4e00-\u9fffa-z]{1,8}x?\]")
"""A variable of a script: filled before it is sent, and no ordinary text until then."""
# Shoppers complain, threaten, spam or tempt under these intents: no ordinary text for a judge.
_HEATED = frozenset(
    {
        "complaint-to-leader",
        "courier-attitude",
        "none-spam",
        "none-venting",
        "none-abuse",
        "carrier-complain-postal",
        "credit-collection-call",
        "platform-merchant-complaint",
        "wallet-fraud-report",
        "platform-mediation",
        "phone-contact",
        "skin-discomfort-what-to-do",
        "review-reward",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled text; `category` is 'none' unless the text breaks a rule."""

    text: str
    category: str
    label: str
    style: str
    direction: Direction
    family: str

    @property
    def fold(self) -> int:
        """0 to 4; lines of one family always share it."""
        return int(sha256(self.family.encode()).hexdigest(), 16) % FOLDS

    @property
    def target(self) -> str:
        """The category to be found, 'none' for a near miss or an ordinary line."""
        return self.category if self.label == "violating" else "none"


def training_lines(knowledge: Path) -> list[Line]:
    """Everything the judge may learn from; held-out files (`heldout*`, `ordinary_agent*`) are not.

    A text that stands twice is kept once, with its first label.
    """
    lines = [
        *labelled(sorted((knowledge / "compliance" / "bank").glob("*.jsonl"))),
        *labelled(sorted((knowledge / "compliance" / "more").glob("*.jsonl"))),
    ]
    doubtful = set(
        (knowledge / "compliance" / "not_ordinary.txt").read_text(encoding="utf-8").splitlines()
    )
    ordinary = [*_asks_and_replies(knowledge / "bank"), *_shop_replies(knowledge / "shops")]
    lines += [
        line for line in ordinary if line.text not in doubtful and not _HOLE.search(line.text)
    ]
    return list({(line.text, line.direction): line for line in reversed(lines)}.values())[::-1]


def labelled(files: Sequence[Path]) -> Iterator[Line]:
    """The lines of labelled JSON Lines files."""
    for path in files:
        for index, row in enumerate(_rows(path)):
            family = row.get("family", f"{path.stem}{index}")
            if family == "normal":
                family = f"normal{index % 70}"
            yield Line(
                row["text"],
                row["category"],
                row["label"],
                row["style"],
                cast(Direction, row["direction"]),
                f"{row['category']}/{family}",
            )


def _asks_and_replies(folder: Path) -> Iterator[Line]:
    asks = 0
    for path in sorted(folder.glob("*.jsonl")):
        for row in _rows(path):
            kind = row.get("kind")
            if row.get("intent") in _HEATED:
                continue
            if kind == "ask":
                asks += 1
                if asks % _EVERY_ASK:
                    continue
            elif kind != "reply":
                continue
            side = "outgoing" if kind == "reply" else "incoming"
            family = f"bank/{row.get('intent', path.stem)}"
            yield Line(row["text"], "none", "normal", "plain", cast(Direction, side), family)


def _shop_replies(folder: Path) -> Iterator[Line]:
    if not folder.is_dir():
        return
    for shop in load_library(folder).shops.values():
        for script in shop.scripts:
            family = f"shop/{shop.id}/{script.id}"
            yield Line(script.reply, "none", "normal", "plain", "outgoing", family)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)
