"""The script that Windows starts on a double click, read as cmd reads it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = (ROOT / "start-windows.cmd").read_bytes()


def test_lines_end_as_cmd_needs_them() -> None:
    """cmd loses labels in files whose lines end with a bare line feed."""
    assert SCRIPT.count(b"\n") == SCRIPT.count(b"\r\n") > 20
    assert not SCRIPT.startswith(b"\xef\xbb\xbf")


def test_every_jump_has_its_label() -> None:
    text = SCRIPT.decode()
    labels = set(re.findall(r"(?m)^:(\w+)", text))
    assert set(re.findall(r"goto (\w+)", text)) <= labels


def test_parentheses_open_no_block() -> None:
    """A bracket in an echoed line would close a block: there is none."""
    code = [line for line in SCRIPT.decode().splitlines() if not line.startswith(("rem", "echo"))]
    assert [line for line in code if line.rstrip().endswith("(")] == []
