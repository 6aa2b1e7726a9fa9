"""Rules that held are not tried again at the next start, unless anything about them changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.base.errors import LibraryError
from server.compliance import proven, rule_files
from server.compliance.matching import levels_of
from server.compliance.proven import FILE, Proven

RULES = """\
clauses:
  house.1: {{source: 店规, number: "1", quote: 不许说甲, standing: house}}
rules:
  - id: house.a
    category: rudeness
    severity: medium
    clause: house.1
    patterns: ["{pattern}"]
    message: 不许说甲
    examples:
      violating: ["这是甲"]
      near_miss: ["这是乙"]
"""


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts on which rules are tried."""
    seen: list[str] = []

    def noting(text: str) -> object:
        seen.append(text)
        return levels_of(text)

    monkeypatch.setattr(rule_files, "levels_of", noting)
    return seen


def start(folder: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has just begun."""
    fresh = Proven()
    monkeypatch.setattr(rule_files, "PROVEN", fresh)
    fresh.recall(folder)
    rule_files.load_rules(rules)
    fresh.keep()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "house.yaml").write_text(RULES.format(pattern="甲"), encoding="utf-8")
    return folder


def test_the_next_start_tries_nothing_again(
    rules: Path, tmp_path: Path, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path / "cache", rules, monkeypatch)
    assert tried == ["这是甲", "这是乙"]
    start(tmp_path / "cache", rules, monkeypatch)
    assert len(tried) == 2


def test_a_changed_rule_is_tried_and_a_wrong_one_refused(
    rules: Path, tmp_path: Path, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path / "cache", rules, monkeypatch)
    (rules / "house.yaml").write_text(RULES.format(pattern="丙"), encoding="utf-8")
    with pytest.raises(LibraryError, match="does not find its violating example"):
        start(tmp_path / "cache", rules, monkeypatch)
    assert len(tried) == 4


@pytest.mark.parametrize("left", [b"other-code\n", b"\xff\xfe", b""], ids=["code", "torn", "empty"])
def test_what_other_code_or_a_torn_disk_left_counts_for_nothing(
    left: bytes, rules: Path, tmp_path: Path, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    start(cache, rules, monkeypatch)
    held = (cache / FILE).read_bytes()
    (cache / FILE).write_bytes(left + held.partition(b"\n")[2] if left == b"other-code\n" else left)
    start(cache, rules, monkeypatch)
    assert len(tried) == 4
    assert (cache / FILE).read_bytes() == held


def test_another_version_of_the_code_has_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = proven._code()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "normal.py").write_text("changed = True\n", encoding="utf-8")
    monkeypatch.setattr(proven, "_SERVER", tmp_path)
    proven._code.cache_clear()
    try:
        assert proven._code() != before
    finally:
        proven._code.cache_clear()
