"""Anything at all as frame, as file and as text: an answer or one of our own errors, nothing else.

A hundred examples each; `BANGDA_FUZZ=20000 pytest tests/wire/test_fuzz.py` looks for longer.
"""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.base.errors import BangdaError, ProtocolError
from server.exchange.tables import read_grids
from server.protocol.frames import frame_from
from server.text.masking import PHONE, mask
from server.text.undisguise import plain, tight

fuzzed = settings(
    max_examples=int(os.environ.get("BANGDA_FUZZ", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
KINDS = ["hello", "message", "draft", "event", "search", "phrase", "waiting", "work", "image", "x"]
FIELDS = [
    "type", "token", "protocol", "text", "query", "event", "details", "page", "history", "shopper",
    "conversation_id", "message_id", "suggestion_id", "at", "sent_at", "top", "waiting", "shop",
]  # fmt: skip
SIGNS = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from("0123456789一三八零①③⑧❤ -.()（）#@微信vxqq号路栋oOlI\n+"), max_size=60),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SIGNS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SIGNS, inner, max_size=4),
    max_leaves=12,
)
FRAMES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8)


@fuzzed
@given(FRAMES, st.sampled_from(KINDS))
def test_a_frame_is_read_or_refused(fields: dict[str, object], kind: str) -> None:
    try:
        found, _, _ = frame_from(json.dumps(fields | {"type": kind}))
    except ProtocolError:
        return
    assert found == kind


@fuzzed
@given(st.binary(max_size=300) | SIGNS)
def test_junk_is_read_or_refused(content: bytes | str) -> None:
    with pytest.raises(ProtocolError):
        frame_from(content)


@fuzzed
@given(st.binary(max_size=400) | SIGNS.map(lambda text: text.encode("utf-8", "replace")),
       st.sampled_from(["a.csv", "a.xlsx", "a.json", "a.yaml", "a.txt", "a.xls", "a"]))  # fmt: skip
def test_a_file_is_read_or_refused(content: bytes, name: str) -> None:
    try:
        read_grids(content, name)
    except BangdaError as error:
        assert str(error)


@fuzzed
@given(SIGNS)
def test_folding_keeps_its_map_and_masking_its_length(text: str) -> None:
    for folded in (plain(text), tight(plain(text))):
        assert len(folded.text) == len(folded.starts) == len(folded.ends)
        assert list(folded.starts) == sorted(folded.starts)
        assert all(
            0 <= a <= b <= len(text) for a, b in zip(folded.starts, folded.ends, strict=True)
        )
    mask(text)


@fuzzed
@given(st.text(st.characters(exclude_categories=["Nd", "Nl", "No", "Cs"]), max_size=20),
       st.integers(10**8, 10**9 - 1), st.sampled_from(["", " ", "-", "，", "❤"]))  # fmt: skip
def test_a_phone_is_masked_in_any_text(before: str, rest: int, between: str) -> None:
    number = f"1{3 + rest % 7}{rest}"
    written = f"{number[:3]}{between}{number[3:7]}{between}{number[7:]}"
    masked = mask(f"{before}。电话{written}。")
    assert PHONE in masked
    assert number[3:] not in masked
