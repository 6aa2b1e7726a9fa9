"""The encoder while it is fitted: a BERT over named tensors, its lower layers frozen.

What the frozen layers make of a text is computed once and kept in half precision; a step costs the
upper layers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional

from server.fit.encoder.origin import Array, Shape
from server.fit.encoder.rounding import Range, widened

Layer = dict[str, torch.Tensor]
See = Callable[[str, torch.Tensor], None]

DROPOUT = 0.1
_CHUNK = 2048  # tokens of one pass, padding included


class Network:
    """`weights` as BERT names them; the layers from `frozen` on are trained.

    `half` computes products in bfloat16: twice as fast where the processor has it.
    """

    def __init__(
        self, weights: dict[str, Array], shape: Shape, frozen: int, *, half: bool = False
    ) -> None:
        held = {name: torch.from_numpy(np.ascontiguousarray(w)) for name, w in weights.items()}
        self.shape, self.frozen = shape, frozen
        self.base = {name: held[name] for name in held if name.startswith("embeddings.")}
        self.layers = [_layer(held, number) for number in range(shape.layers)]
        self.training = False
        self.half = half
        self._lower: dict[tuple[int, ...], torch.Tensor] = {}

    @property
    def upper(self) -> list[Layer]:
        """The layers that are trained."""
        return self.layers[self.frozen :]

    def require_grad(self) -> None:
        """Marks what is trained."""
        for layer in self.upper:
            for tensor in layer.values():
                tensor.requires_grad_(True)

    def __call__(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """One unit row a text, (n, hidden), in the order given."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            return self._rows(tokens)

    def _rows(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        self._remember(tokens)
        rows: list[torch.Tensor] = []
        order: list[int] = []
        for part in _parts(tokens):
            kept = [self._lower[tuple(tokens[place])] for place in part]
            state = torch.nn.utils.rnn.pad_sequence(kept, batch_first=True).float()
            lengths = torch.tensor([len(one) for one in kept])
            real = torch.arange(state.shape[1])[None, :] < lengths[:, None]
            mask = None if bool(real.all()) else real[:, None, None, :]
            for layer in self.upper:
                state = self._through(layer, state, mask)
            share = real[:, :, None]
            rows.append((state.float() * share).sum(1) / share.sum(1))
            order += part
        place_of = torch.empty(len(order), dtype=torch.long)
        place_of[torch.tensor(order)] = torch.arange(len(order))
        return functional.normalize(torch.cat(rows)[place_of], dim=-1)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def encode(self, tokens: Sequence[Sequence[int]]) -> Array:
        """As a call, without dropout and gradients."""
        training, self.training = self.training, False
        parts = [self(tokens[at : at + 512]).numpy() for at in range(0, len(tokens), 512)]
        self.training = training
        return np.concatenate(parts).astype(np.float32)

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def ranges(self, tokens: Sequence[Sequence[int]]) -> dict[str, Range]:
        """What every product's input holds over these texts, by the name of its layer."""
        held: dict[str, Range] = {}
        training, self.training = self.training, False
        for text in tokens:
            state = self._embedded(torch.tensor([list(text)]))
            for number, layer in enumerate(self.layers):

                def see(name: str, rows: torch.Tensor, number: int = number) -> None:
                    full = f"encoder.layer.{number}.{name}"
                    held[full] = widened(held.get(full), rows[0].numpy())

                state = self._through(layer, state, None, see)
        self.training = training
        return held

    def weights(self) -> dict[str, Array]:
        """All weights by BERT's names, as float32."""
        found = {name: tensor.numpy() for name, tensor in self.base.items()}
        for number, layer in enumerate(self.layers):
            for name, tensor in layer.items():
                found[f"encoder.layer.{number}.{name}"] = tensor.detach().numpy().copy()
        return found

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _remember(self, tokens: Sequence[Sequence[int]]) -> None:
        new = sorted({tuple(one) for one in tokens} - self._lower.keys(), key=lambda t: (len(t), t))
        training, self.training = self.training, False
        for part in _parts(new):
            texts = [torch.tensor(new[place]) for place in part]
            given = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=1)
            real = given != 1
            mask = None if bool(real.all()) else real[:, None, None, :]
            state = self._embedded(given)
            for layer in self.layers[: self.frozen]:
                state = self._through(layer, state, mask)
            for row, text in zip(state.half(), texts, strict=True):
                self._lower[tuple(text.tolist())] = row[: len(text)].clone()
        self.training = training

    def _embedded(self, given: torch.Tensor) -> torch.Tensor:
        base = self.base
        words = base["embeddings.word_embeddings.weight"][given]
        places = base["embeddings.position_embeddings.weight"][: given.shape[1]]
        summed = words + places + base["embeddings.token_type_embeddings.weight"][0]
        weight, bias = base["embeddings.LayerNorm.weight"], base["embeddings.LayerNorm.bias"]
        return functional.layer_norm(summed, (self.shape.hidden,), weight, bias, self.shape.epsilon)

    def _through(
        self,
        layer: Layer,
        state: torch.Tensor,
        mask: torch.Tensor | None,
        see: See | None = None,
    ) -> torch.Tensor:
        texts, length, hidden = state.shape
        heads = self.shape.heads

        def linear(name: str, rows: torch.Tensor) -> torch.Tensor:
            if see:
                see(name, rows)
            return functional.linear(rows, layer[f"{name}.weight"], layer[f"{name}.bias"])

        def normed(name: str, rows: torch.Tensor) -> torch.Tensor:
            weight, bias = layer[f"{name}.weight"], layer[f"{name}.bias"]
            return functional.layer_norm(rows, (hidden,), weight, bias, self.shape.epsilon)

        def dropped(rows: torch.Tensor) -> torch.Tensor:
            return functional.dropout(rows, DROPOUT, self.training)

        query, key, value = (
            linear(f"attention.self.{part}", state)
            .view(texts, length, heads, hidden // heads)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(texts, length, hidden)
        state = normed(
            "attention.output.LayerNorm", state + dropped(linear("attention.output.dense", seen))
        )
        inner = functional.gelu(linear("intermediate.dense", state))
        return normed("output.LayerNorm", state + dropped(linear("output.dense", inner)))


def _layer(held: dict[str, torch.Tensor], number: int) -> Layer:
    prefix = f"encoder.layer.{number}."
    return {name.removeprefix(prefix): t for name, t in held.items() if name.startswith(prefix)}


def _parts(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of texts of like lengths, shortest first."""
    order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
    start = 0
    while start < len(order):
        end, least = start + 1, len(tokens[order[start]])
        while end < len(order):
            length = len(tokens[order[end]])
            if (end - start + 1) * length > _CHUNK or length > 1.2 * least + 1:
                break
            end += 1
        yield order[start:end]
        start = end
