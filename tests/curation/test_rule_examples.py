"""A shop's examples of rules: written into its own file, checked by lint, never refusing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.base.errors import LibraryError, UsageError
from server.compliance.rule_files import load_rules
from server.compliance.shop_examples import contradictions, read_examples
from server.curation.rule_examples import contradicted, drop_examples, keep_example
from server.library.example_edit import with_example, without_example
from tests.conftest import Running

OWN = """# 本店规则
off: [harass.spam]  # 太吵
"""
WITH_ONE = (
    OWN
    + """examples:
  contact.wechat:
    near_miss:
      - 请不要加微信哦
"""
)
RULE = """clauses:
  ks-1: {source: 快手, number: "1"}
rules:
  - id: fruit.apple
    category: contact_diversion
    severity: high
    clause: ks-1
    patterns: [烂苹果]
    message: 别说
    examples: {violating: [真是个烂苹果], near_miss: [苹果很甜]}
  - id: promise.time
    category: false_promise
    severity: medium
    clause: ks-1
    patterns: [马上到]
    message: 别说
    examples: {violating: [马上到], near_miss: [快了]}
"""


def test_an_example_is_added_and_removed_and_nothing_else_changes() -> None:
    assert with_example(OWN, "contact.wechat", "near_miss", "请不要加微信哦") == WITH_ONE
    assert without_example(WITH_ONE, "contact.wechat", "请不要加微信哦") == OWN
    assert without_example(OWN, "contact.wechat", "别的") == OWN


def test_an_example_stands_once_and_a_later_verdict_wins() -> None:
    again = with_example(WITH_ONE, "contact.wechat", "near_miss", "请不要加微信哦")
    assert again == WITH_ONE
    turned = with_example(WITH_ONE, "contact.wechat", "violating", "请不要加微信哦")
    assert turned == WITH_ONE.replace("near_miss", "violating")


@pytest.mark.parametrize("text", ["- a\n", "examples: [a]\n"])
def test_a_file_of_another_shape_is_not_changed(text: str) -> None:
    with pytest.raises(UsageError, match="no table"):
        with_example(text, "contact.wechat", "near_miss", "好")


@pytest.mark.parametrize(
    ("own", "codes"),
    [
        ("{fruit.apple: {near_miss: [不是烂苹果呀]}}", []),
        ("{fruit.apple: {near_miss: [你这烂苹果]}}", ["fruit.apple R013 flags"]),
        ("{fruit.apple: {near_miss: [你这烂苹果]}}\nseverity: {fruit.apple: low}", []),
        ("{fruit.apple: {near_miss: [你这烂苹果]}}\noff: [fruit.apple]", []),
        ("{fruit.apple: {violating: [你这烂苹果]}}", []),
        ("{fruit.apple: {violating: [你这烂梨]}}", ["fruit.apple R013 does not find"]),
        ("{fruit.apple: {violating: [打‹手机号›]}}", []),
        ("{fruit.apple: {violating: [马上到]}}", ["fruit.apple R013 does not find"]),
        ("{fruit.pear: {violating: [你这烂梨]}}", ["fruit.pear R010 has examples"]),
    ],
)
def test_what_contradicts_is_named_and_refuses_nothing(
    tmp_path: Path, own: str, codes: list[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULE, encoding="utf-8")
    file = tmp_path / "rules.yaml"
    file.write_text(f"examples: {own}\n", encoding="utf-8")
    shared = load_rules(tmp_path / "rules")
    found = contradictions(
        read_examples(file), "rules.yaml", load_rules(tmp_path / "rules", file), shared
    )
    lines = [f"{p.subject} {p.code} {p.what}" for _, p in found]
    assert [line[: len(code)] for line, code in zip(lines, codes, strict=True)] == codes


def test_a_rule_of_the_shop_s_own_settles_a_miss(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULE, encoding="utf-8")
    file = tmp_path / "rules.yaml"
    own = (
        "{id: own.pear, category: contact_diversion, severity: high, patterns: [烂梨], message: x}"
    )
    file.write_text(
        f"rules:\n  - {own}\nexamples: {{fruit.apple: {{violating: [你这烂梨]}}}}\n",
        encoding="utf-8",
    )
    rules, shared = load_rules(tmp_path / "rules", file), load_rules(tmp_path / "rules")
    assert contradictions(read_examples(file), "rules.yaml", rules, shared) == []


@pytest.mark.parametrize(
    "own",
    [
        "[a]",
        "{a.b: [x]}",
        "{a.b: {wrong: [x]}}",
        "{a.b: {near_miss: x}}",
        "{a.b: {near_miss: [{}]}}",
    ],
)
def test_misshapen_examples_are_named(tmp_path: Path, own: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(f"examples: {own}\n", encoding="utf-8")
    with pytest.raises(LibraryError, match=r"rules\.yaml:1 .*R001 has misshapen examples"):
        read_examples(file)


def test_examples_go_to_the_shop_s_file_and_leave_it_again(running: Running) -> None:
    catalog = running.parts.catalog
    file = catalog.root / "shop-a" / "rules.yaml"
    assert keep_example(catalog, "shop-a", "contact.wechat", "near_miss", "请不要加微信哦")
    assert not keep_example(catalog, "shop-a", "contact.wechat", "near_miss", "加我微信")
    assert contradicted(catalog, "shop-a") == {("contact.wechat", "加我微信")}
    assert catalog.trouble == ()
    drop_examples(
        catalog, "shop-a", [("contact.wechat", t) for t in ("加我微信", "请不要加微信哦")]
    )
    assert not file.exists()


def test_a_broken_file_is_left_as_it_was(running: Running) -> None:
    catalog = running.parts.catalog
    file = catalog.root / "shop-a" / "rules.yaml"
    broken = "off: [no.such.rule]\n"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(UsageError, match=r"rules file is broken: .*R010"):
        keep_example(catalog, "shop-a", "contact.wechat", "near_miss", "请不要加微信哦")
    assert file.read_text(encoding="utf-8") == broken
    assert contradicted(catalog, "shop-a") == set()
    with pytest.raises(UsageError, match="no-shop"):
        keep_example(catalog, "no-shop", "contact.wechat", "near_miss", "请不要加微信哦")
