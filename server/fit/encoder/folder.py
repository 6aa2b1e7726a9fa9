"""Writes the fitted encoder as a sentence-transformers folder of one ONNX graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from server.fit.encoder.origin import Shape
from server.fit.encoder.pieces import SPECIAL
from server.indexing.bundled_model import GRAPH, PIECES, PROMPTS
from server.indexing.encoder import MAX_TOKENS

_LIBRARY = "sentence_transformers.models"


def write_folder(folder: Path, model: Any, tokenizer: str, shape: Shape, pieces: int) -> None:
    """Everything that `BundledEncoder` and sentence-transformers (backend onnx) read."""
    (folder / GRAPH).parent.mkdir(parents=True, exist_ok=True)
    (folder / GRAPH).write_bytes(model.SerializeToString(deterministic=True))
    (folder / PIECES).write_text(tokenizer, encoding="utf-8")
    for name, held in _settings(shape, pieces).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


def _settings(shape: Shape, pieces: int) -> dict[str, Any]:
    start, padding, end, unknown = SPECIAL
    marks = {
        "bos_token": start,
        "cls_token": start,
        "eos_token": end,
        "sep_token": end,
        "pad_token": padding,
        "unk_token": unknown,
    }
    return {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_LIBRARY}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_LIBRARY}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_LIBRARY}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config.json": {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "vocab_size": pieces,
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "max_position_embeddings": shape.positions,
            "layer_norm_eps": shape.epsilon,
            "type_vocab_size": 1,
            "hidden_act": "gelu",
            "pad_token_id": SPECIAL.index(padding),
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "attention_mask"],
            **marks,
        },
        "special_tokens_map.json": marks,
    }
