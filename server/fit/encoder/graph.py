"""The encoder as an ONNX graph: BERT's layers with products of whole numbers, mean of the tokens.

`last_hidden_state` is what sentence-transformers pools itself, `sentence_embedding` the unit row
that the product reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from server.fit.encoder.origin import Array, Shape
from server.fit.encoder.rounding import Range, rounded

_OURS = "com.microsoft"  # onnxruntime's own operations
_WORD_MOST = 127


def graph_of(weights: Mapping[str, Array], shape: Shape, ranges: Mapping[str, Range]) -> Any:
    """The model as an `onnx.ModelProto`; `ranges` are those of every product's input."""
    return _Graph(weights, shape, ranges).model()


class _Graph:
    def __init__(
        self, weights: Mapping[str, Array], shape: Shape, ranges: Mapping[str, Range]
    ) -> None:
        self.weights, self.shape, self.ranges = weights, shape, ranges
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.one = self._keep("one", np.float32(1.0))

    def model(self) -> Any:
        state = self._embedded()
        mask = self._node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        for number in range(self.shape.layers):
            last = number == self.shape.layers - 1
            name = f"encoder.layer.{number}"
            state = self._layer(name, state, mask, "last_hidden_state" if last else f"{name}.done")
        self._pooled(state)
        return self._closed()

    def _closed(self) -> Any:
        def described(name: str, kind: int, *sizes: str | int) -> Any:
            return helper.make_tensor_value_info(name, kind, list(sizes))

        given = [
            described(name, TensorProto.INT64, "batch", "tokens")
            for name in ("input_ids", "attention_mask")
        ]
        hidden = self.shape.hidden
        made = [
            described("last_hidden_state", TensorProto.FLOAT, "batch", "tokens", hidden),
            described("sentence_embedding", TensorProto.FLOAT, "batch", hidden),
        ]
        graph = helper.make_graph(self.nodes, "encoder", given, made, self.constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_OURS, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="bangda")

    def _embedded(self) -> str:
        words = self.weights["embeddings.word_embeddings.weight"]
        steps = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-12) / _WORD_MOST
        self._keep("words", np.rint(words / steps).astype(np.int8))
        self._keep("word_steps", steps.astype(np.float32))
        places = self.weights["embeddings.position_embeddings.weight"]
        self._keep("places", places + self.weights["embeddings.token_type_embeddings.weight"][0])
        whole = self._node("Gather", ["words", "input_ids"], "word_whole")
        real = self._node("Cast", [whole], "word_real", to=TensorProto.FLOAT)
        step = self._node("Gather", ["word_steps", "input_ids"], "word_step")
        word = self._node("Mul", [real, step], "word")
        first = self._keep("first", np.asarray([0], np.int64))
        count = self._node("Shape", ["input_ids"], "count", start=1, end=2)
        place = self._node("Slice", ["places", first, count, first], "place")
        given = [self._node("Add", [word, place], "summed"), *self._norm("embeddings.LayerNorm")]
        return self._node(
            "LayerNormalization", given, "embedded", axis=-1, epsilon=self.shape.epsilon
        )

    def _layer(self, name: str, state: str, mask: str, out: str) -> str:
        attention = f"{name}.attention"
        parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        joined = self._linear(parts, state, f"{attention}.self.out")
        heads = [f"{part}.out" for part in parts]
        self.nodes.append(helper.make_node("Split", [joined], heads, axis=2))
        seen = self._node(
            "MultiHeadAttention",
            [*heads, "", mask],
            f"{attention}.seen",
            _OURS,
            num_heads=self.shape.heads,
        )
        added = self._linear([f"{attention}.output.dense"], seen, f"{attention}.added")
        state = self._added(f"{attention}.output.LayerNorm", added, state, f"{attention}.done")
        inner = self._linear([f"{name}.intermediate.dense"], state, f"{name}.inner")
        inner = self._node("Gelu", [inner], f"{name}.bent", _OURS)
        added = self._linear([f"{name}.output.dense"], inner, f"{name}.added")
        return self._added(f"{name}.output.LayerNorm", added, state, out)

    def _linear(self, names: Sequence[str], given: str, out: str) -> str:
        """One product for layers that read the same input, in whole numbers."""
        weights = np.concatenate([self.weights[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        held = rounded(weights, bias, self.ranges[names[0]])
        even = self._keep(f"{out}.even", 1 / held.even)
        zero = self._keep(f"{out}.zero", np.uint8(held.zero))
        evened = self._node("Mul", [given, even], f"{out}.evened")
        whole = self._node("QuantizeLinear", [evened, self.one, zero], f"{out}.whole")
        product = [
            whole,
            self._keep(f"{out}.weights", held.weights),
            self.one,
            self._keep(f"{out}.steps", held.steps),
            zero,
            "",
            self._keep(f"{out}.bias", held.bias),
        ]
        return self._node("MatMulIntegerToFloat", product, out, _OURS)

    def _added(self, norm: str, added: str, state: str, out: str) -> str:
        given = [added, state, *self._norm(norm)]
        return self._node("SkipLayerNormalization", given, out, _OURS, epsilon=self.shape.epsilon)

    def _norm(self, name: str) -> list[str]:
        return [self._keep(part, self.weights[part]) for part in (f"{name}.weight", f"{name}.bias")]

    def _pooled(self, state: str) -> None:
        """The mean over the tokens that are none of the padding, unit length."""
        real = self._node("Cast", ["attention_mask"], "real", to=TensorProto.FLOAT)
        middle = self._keep("middle", np.asarray([1], np.int64))
        # A product: ReduceSum adds up in another order when a text stands among others.
        total = self._node("MatMul", [self._node("Unsqueeze", [real, middle], "row"), state], "sum")
        total = self._node("Squeeze", [total, middle], "total")
        self._node("LpNormalization", [total], "sentence_embedding", axis=1, p=2)

    def _keep(self, name: str, value: NDArray[Any] | np.generic) -> str:
        held = np.asarray(value)
        array = held.astype(np.float32) if held.dtype.kind == "f" else held
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _node(
        self, kind: str, given: Sequence[str], out: str, domain: str = "", **attributes: Any
    ) -> str:
        self.nodes.append(helper.make_node(kind, list(given), [out], domain=domain, **attributes))
        return out
