"""The encoder as an ONNX graph: BERT's layers with products of whole numbers, mean of the tokens.

`last_hidden_state` is what sentence-transformers pools itself, `sentence_embedding` the unit row
that the product reads.

Texts of any lengths stand side by side at no cost: all but attention works on the real tokens of
all texts as one table (`packed`), and attention alone sees each text with its padding.
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
        place = self._packing()
        state = self._embedded(place)
        mask = self._node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        for number in range(self.shape.layers):
            state = self._layer(f"encoder.layer.{number}", state, mask)
        self._pooled(self._node("Gather", [state, "padded"], "last_hidden_state"))
        return self._closed()

    def _packing(self) -> str:
        """Which rows of the padded table are real (`packed`), and which packed row stands where.

        `padded` (batch, tokens) names a row for every place; what it names for padding is masked.
        Returns the place of each packed token in its text.
        """
        every = self._keep("every", np.asarray([-1], np.int64))
        one = self._keep("first_place", np.asarray(1, np.int64))
        none = self._keep("no_place", np.asarray(0, np.int64))
        across = self._keep("across", np.asarray(1, np.int64))
        real = self._node("Cast", ["attention_mask"], "real_whole", to=TensorProto.INT64)
        flat = self._node("Reshape", [real, every], "real_flat")
        self._node("Reshape", [self._node("NonZero", [flat], "real_rows"), every], "packed")
        upto = self._node("CumSum", [flat, none], "real_upto")
        row = self._node("Max", [self._node("Sub", [upto, one], "real_row"), none], "row_flat")
        self._node("Reshape", [row, self._node("Shape", ["input_ids"], "sizes")], "padded")
        nth = self._node("Sub", [self._node("CumSum", [real, across], "nth"), one], "nth_from_0")
        nth = self._node("Reshape", [nth, every], "nth_flat")
        return self._node("Gather", [nth, "packed"], "place")

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

    def _embedded(self, place: str) -> str:
        words = self.weights["embeddings.word_embeddings.weight"]
        steps = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-12) / _WORD_MOST
        self._keep("words", np.rint(words / steps).astype(np.int8))
        self._keep("word_steps", steps.astype(np.float32))
        places = self.weights["embeddings.position_embeddings.weight"]
        self._keep("places", places + self.weights["embeddings.token_type_embeddings.weight"][0])
        ids = self._node("Reshape", ["input_ids", "every"], "ids_flat")
        ids = self._node("Gather", [ids, "packed"], "ids")
        whole = self._node("Gather", ["words", ids], "word_whole")
        real = self._node("Cast", [whole], "word_real", to=TensorProto.FLOAT)
        step = self._node("Gather", ["word_steps", ids], "word_step")
        word = self._node("Mul", [real, step], "word")
        stands = self._node("Gather", ["places", place], "stands")
        return self._added("embeddings.LayerNorm", word, stands, "embedded")

    def _layer(self, name: str, state: str, mask: str) -> str:
        attention = f"{name}.attention"
        parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        joined = self._linear(parts, state, f"{attention}.self.out")
        wide = self._node("Gather", [joined, "padded"], f"{attention}.self.wide")
        heads = [f"{part}.out" for part in parts]
        self.nodes.append(helper.make_node("Split", [wide], heads, axis=2))
        seen = self._node(
            "MultiHeadAttention",
            [*heads, "", mask],
            f"{attention}.seen_wide",
            _OURS,
            num_heads=self.shape.heads,
        )
        rows = self._keep("rows", np.asarray([-1, self.shape.hidden], np.int64))
        seen = self._node("Reshape", [seen, rows], f"{attention}.seen_flat")
        seen = self._node("Gather", [seen, "packed"], f"{attention}.seen")
        added = self._linear([f"{attention}.output.dense"], seen, f"{attention}.added")
        state = self._added(f"{attention}.output.LayerNorm", added, state, f"{attention}.done")
        inner = self._linear([f"{name}.intermediate.dense"], state, f"{name}.inner")
        inner = self._node("Gelu", [inner], f"{name}.bent", _OURS)
        added = self._linear([f"{name}.output.dense"], inner, f"{name}.added")
        return self._added(f"{name}.output.LayerNorm", added, state, f"{name}.done")

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
        # Two nodes: onnxruntime's SkipLayerNormalization takes more than twice their time.
        both = self._node("Add", [added, state], f"{out}.both")
        given = [both, *self._norm(norm)]
        return self._node("LayerNormalization", given, out, axis=-1, epsilon=self.shape.epsilon)

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
        if any(constant.name == name for constant in self.constants):
            return name
        array = held.astype(np.float32) if held.dtype.kind == "f" else held
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _node(
        self, kind: str, given: Sequence[str], out: str, domain: str = "", **attributes: Any
    ) -> str:
        self.nodes.append(helper.make_node(kind, list(given), [out], domain=domain, **attributes))
        return out
