"""Writes what `bangda fit judge` makes: judge.npz, judge.json and shop_words.txt."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from server.compliance.judge import FORMAT, NET_PARTS, ROW_LENGTH, Examples, Net
from server.compliance.lexicon_file import LEXICON_FILE, read_lexicon
from server.compliance.rule_files import load_rules
from server.fit.compliance_data import FOLDS, Line, training_lines
from server.fit.figures import unseen_figures
from server.fit.judge import (
    EPOCHS,
    HIDDEN,
    JUDGED,
    SEEDS,
    WIDTH,
    Prepared,
    cross_validated,
    fit_net,
    prepare,
)
from server.fit.thresholds import choose
from server.indexing.vector_cache import VectorCache

_HAN = re.compile("[\u4e00-\u9fff]+")
_LEAST_BY_SIZE = {1: 1, 2: 2, 3: 3, 4: 3}
_SHOWN_STYLES = ("plain", "indirect", "disguised")
_EXAMPLES = 300
"""A category, more than any has families: a finding is called like only what stands there."""
_LONGEST_EXAMPLE = 30
LIKENESS_LOST = {"warning": 0.3, "hint": 0.1}
"""The share of violating lines that are less like any example than the judge needs."""
_CV_SEEDS = SEEDS[:1]  # one network a fold tells what three averaged do, within a point


def fit_lexicon(knowledge: Path, target: Path) -> None:
    """Writes the lexicon `target`: words of one to four characters with their counts.

    The judge reads texts that were folded with it, so it is fitted after the lexicon.
    """
    lines = training_lines(knowledge)
    counts = word_counts(line.text for line in lines if line.style != "disguised")
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    text = "".join(f"{count} {word}\n" for word, count in ordered)
    target.write_text(text, encoding="utf-8")
    read_lexicon.cache_clear()


def word_counts(texts: Iterable[str]) -> dict[str, int]:
    """How often each stretch of one to four characters occurs; rare ones are left out."""
    counts: Counter[str] = Counter()
    for text in texts:
        for run in _HAN.findall(text):
            for size in _LEAST_BY_SIZE:
                counts.update(run[start : start + size] for start in range(len(run) - size + 1))
    return {word: count for word, count in counts.items() if count >= _LEAST_BY_SIZE[len(word)]}


def fit_judge(
    knowledge: Path,
    rules: Path,
    target: Path,
    cache: VectorCache,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Fits lexicon, networks and thresholds; returns the settings written.

    `target` is the file of the arrays (judge.npz); settings stand beside it. The lexicon replaces
    the one in use. The same data and machine give the same files.
    """
    torch.use_deterministic_algorithms(True)
    # The networks are small: a second thread costs more in waiting than it brings, tenfold on a
    # machine with other work.
    torch.set_num_threads(1)
    fit_lexicon(knowledge, LEXICON_FILE)
    lines = training_lines(knowledge)
    say(f"reading {len(lines)} lines")
    data = prepare(lines, load_rules(rules), cache)
    say(f"fitting on {FOLDS - 1} of {FOLDS} parts, to choose thresholds on the part left out")
    scores = cross_validated(lines, data, _CV_SEEDS)
    fired = data.fired(len(lines))
    thresholds = choose(lines, scores, fired, data.proven, JUDGED)
    say("fitting what ships on all of them")
    nets = [fit_net(data, np.flatnonzero(data.learned), seed) for seed in SEEDS]
    settings = {
        "format": FORMAT,
        "model": cache.identity.model,
        "model_version": cache.identity.version,
        "nets": len(nets),
        "categories": list(JUDGED),
        "scale": data.scale,
        "shape": {"hidden": HIDDEN, "gram_width": WIDTH, "epochs": EPOCHS, "seeds": list(SEEDS)},
        "fitted_on": {"lines": len(lines), "digest": _digest(lines)},
        "thresholds": thresholds,
        "likeness": likeness_floors(lines, data),
        "unseen_families": unseen_figures(lines, scores, fired, data.proven, JUDGED, thresholds),
    }
    save(target, data, nets, settings, examples_of(lines, data))
    return settings


def likeness_floors(lines: Sequence[Line], data: Prepared) -> dict[str, float]:
    """How like an example a violating line is that none of its own family stands for.

    For a warning and for a hint of the judge the cosine that all but a share of them reach
    (`LIKENESS_LOST`): it moves with the model, the share does not.
    """
    shown = _shown_rows(lines)
    windows = np.bincount(data.owner, minlength=len(lines))
    first = np.searchsorted(data.owner, np.arange(len(lines)))
    found = []
    for category in sorted({lines[row].category for row in shown}):
        rows = np.array([row for row in shown if lines[row].category == category])
        families = np.array([lines[row].family for row in rows])
        examples = data.vectors[first[rows]]
        for index, line in enumerate(lines):
            if line.target == category and windows[index] == 1:
                others = families != line.family
                if others.any():
                    found.append(float((examples[others] @ data.vectors[first[index]]).max()))
    return {
        kind: round(float(np.quantile(found, share)), 4) for kind, share in LIKENESS_LOST.items()
    }


def examples_of(lines: Sequence[Line], data: Prepared) -> Examples:
    """The lines that findings are likened to: per category one a family, plain ones first."""
    rows = _shown_rows(lines)
    first = np.searchsorted(data.owner, rows)
    vectors = np.rint(data.vectors[first] * ROW_LENGTH).astype(np.int8)
    return Examples(
        tuple(lines[row].category for row in rows), tuple(lines[row].text for row in rows), vectors
    )


def _shown_rows(lines: Sequence[Line]) -> list[int]:
    """The places of the lines that findings are likened to."""
    ordered = sorted(
        (index for index, line in enumerate(lines) if _may_be_shown(line)),
        key=lambda index: _SHOWN_STYLES.index(lines[index].style),
    )
    chosen: dict[tuple[str, str], int] = {}
    room: Counter[str] = Counter()
    for index in ordered:
        line = lines[index]
        if (line.category, line.family) in chosen or room[line.category] >= _EXAMPLES:
            continue
        chosen[line.category, line.family] = index
        room[line.category] += 1
    return sorted(chosen.values())


def _may_be_shown(line: Line) -> bool:
    """A violating line that is one window and short enough to be quoted in a warning."""
    short = len(line.text) <= _LONGEST_EXAMPLE and "\t" not in line.text
    return line.label == "violating" and line.style in _SHOWN_STYLES and short


def save(
    target: Path,
    data: Prepared,
    nets: Sequence[Net],
    settings: dict[str, Any],
    examples: Examples,
) -> None:
    """Writes arrays in half precision (no score moves by more than 0.002), JSON and examples."""
    arrays: dict[str, NDArray[Any]] = {
        "mean": data.mean.astype(np.float16),
        "examples": examples.vectors,
    }
    shown = zip(examples.categories, examples.texts, strict=True)
    rows = "".join(f"{category}\t{text}\n" for category, text in shown)
    for index, net in enumerate(nets):
        for part in NET_PARTS:
            arrays[f"net{index}_{part}"] = getattr(net, part).astype(np.float16)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
    target.with_suffix(".examples.tsv").write_text(rows, encoding="utf-8")
    text = json.dumps(settings, ensure_ascii=False, indent=1) + "\n"
    target.with_suffix(".json").write_text(text, encoding="utf-8")


def _digest(lines: Sequence[Line]) -> str:
    digest = sha256()
    for line in lines:
        digest.update(f"{line.text}|{line.target}|{line.direction}\n".encode())
    return digest.hexdigest()[:12]
