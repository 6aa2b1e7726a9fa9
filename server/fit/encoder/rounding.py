"""Weights and activations in eight bits, so that whole numbers are multiplied.

Every product of a layer gets fixed ranges, measured on texts of `knowledge/`. With ranges taken
anew from each input (as dynamic rounding does) a text's vector would depend on the texts that
stand beside it in a batch. An input's columns are scaled to like ranges first, the weights' rows
the other way round: a few columns are many times larger than the rest, and would leave these a
handful of steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.fit.encoder.origin import Array

# Weights keep to ±63 and activations to 0…255: two such products still fit into 16 bits, which is
# where processors without VNNI add them up. With ±127 their sums would be cut there and the same
# model would give other vectors on older machines.
WEIGHT_MOST = 63
INPUT_MOST = 255
EVEN = 0.5  # how far columns are made alike, 0 not at all, 1 fully: see docs/benchmarks.md


@dataclass(frozen=True, slots=True)
class Range:
    """What a product's input was seen to hold, least and most a column."""

    least: Array
    most: Array


@dataclass(frozen=True, slots=True)
class Rounded:
    """A linear layer: `weights` (in, out) int8, one step and one bias a column.

    The input is divided by `even` (in), rounded to whole steps and moved by `zero`.
    """

    even: Array
    zero: int
    weights: NDArray[np.int8]
    steps: Array
    bias: Array


def rounded(weights: Array, bias: Array, seen: Range) -> Rounded:
    """The layer `x @ weights + bias` in eight bits; weights (in, out)."""
    size = np.maximum(np.maximum(-seen.least, seen.most), 1e-6)
    share = size**EVEN
    low, high = float((seen.least / share).min()), float((seen.most / share).max())
    low = min(low, 0.0)
    step = (high - low) / INPUT_MOST
    scale = (share * step).astype(np.float32)
    zero = int(np.clip(np.rint(-low / step), 0, INPUT_MOST))
    scaled = weights * scale[:, None]
    steps = np.maximum(np.abs(scaled).max(axis=0), 1e-12) / WEIGHT_MOST
    whole = np.clip(np.rint(scaled / steps), -WEIGHT_MOST, WEIGHT_MOST).astype(np.int8)
    return Rounded(scale, zero, whole, steps.astype(np.float32), bias.astype(np.float32))


def widened(held: Range | None, rows: Array) -> Range:
    """The range that covers `rows` (n, in) as well."""
    least, most = rows.min(axis=0), rows.max(axis=0)
    if held is None:
        return Range(least, most)
    return Range(np.minimum(held.least, least), np.maximum(held.most, most))
