"""The pieces that are kept of 250,002, and the tokenizer file made of them.

Kept: every piece of simplified Chinese, single signs of Chinese, Latin, digits, punctuation and
emoji, and of longer other pieces those that occur in what `knowledge/` holds, in the samples, in
pinyin. Texts are folded before they are embedded (`wording.fold`), hence no longer capitals and no
longer traditional pieces.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from server.text.normal import simplify

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_SPACE = "▁"
_SHORT = 2
_FREQUENT = -11.5  # log likelihood of a Latin piece from which on it is kept without being met
# Symbols, pictographs, arrows, dingbats, full-width forms, kana, bopomofo, CJK punctuation.
_SIGNS = (
    (0x00A0, 0x00FF),
    (0x2000, 0x2BFF),
    (0x3000, 0x312F),
    (0x3200, 0x33FF),
    (0xFE00, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x1F000, 0x1FAFF),
)


def kept_pieces(pieces: Sequence[str], scores: Sequence[float], texts: Iterable[str]) -> list[int]:
    """The places of the pieces to keep, in their order, special ones first."""
    whole = tokenizer(pieces, scores)
    met = {place for encoding in whole.encode_batch(list(texts)) for place in encoding.ids}
    return [
        place
        for place, (piece, score) in enumerate(zip(pieces, scores, strict=True))
        if place < len(SPECIAL) or place in met or _is_kept(piece.replace(_SPACE, ""), score)
    ]


def _is_kept(body: str, score: float) -> bool:
    if not body:
        return True
    if any(map(_is_han, body)):
        ours = all(_is_han(sign) or sign.isascii() or _is_sign(sign) for sign in body)
        return ours and (len(body) == 1 or simplify(body) == body)
    if len(body) == 1:
        return body.isascii() or _is_sign(body)
    if body.isdigit() and body.isascii():
        return True
    plain = body.isascii() and body == body.lower()
    return plain and (len(body) <= _SHORT or (body.isalpha() and score > _FREQUENT))


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff"


def _is_sign(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _SIGNS)


def tokenizer_json(pieces: Sequence[str], scores: Sequence[float]) -> str:
    """The `tokenizers` file of these pieces: NFKC, runs of spaces made one, unigram."""
    held = [[piece, round(float(score), 6)] for piece, score in zip(pieces, scores, strict=True)]
    start, end = (
        {"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"SpecialToken": {"id": "</s>", "type_id": 0}},
    )
    text = {"Sequence": {"id": "A", "type_id": 0}}
    special = {
        name: {"id": name, "ids": [SPECIAL.index(name)], "tokens": [name]}
        for name in ("<s>", "</s>")
    }
    file: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": _SPACE,
            "prepend_scheme": "always",
            "split": False,
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, text, end],
            "pair": [start, text, end, start, {"Sequence": {"id": "B", "type_id": 0}}, end],
            "special_tokens": special,
        },
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": SPECIAL.index("<unk>"),
            "vocab": held,
            "byte_fallback": False,
        },
    }
    return json.dumps(file, ensure_ascii=False, separators=(",", ":")) + "\n"


def tokenizer(pieces: Sequence[str], scores: Sequence[float]) -> Any:
    """A `tokenizers.Tokenizer` of these pieces."""
    from tokenizers import Tokenizer

    return Tokenizer.from_str(tokenizer_json(pieces, scores))


def unknown_signs(texts: Iterable[str], tokens: Any) -> set[str]:
    """Signs of `texts` that no piece covers."""
    signs = {sign for text in texts for sign in unicodedata.normalize("NFKC", text)}
    unknown = SPECIAL.index("<unk>")
    return {sign for sign in signs if unknown in tokens.encode(sign).ids}
