"""Anything at all in tables, workbooks, library and rule files, adapters, past chats and checks.

What comes is a result, or one of our own errors with a sentence; `BANGDA_FUZZ=20000` looks longer.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from server.base.errors import BangdaError
from server.catalog.site_adapters import site_adapters
from server.compliance.checker import Checker
from server.compliance.rule_files import load_rules
from server.evaluation.past_chats import learn
from server.exchange.choices import Choices, offer
from server.exchange.orders import read_orders
from server.exchange.plan import plan_import
from server.exchange.products import read_products
from server.exchange.reviews import read_reviews
from server.exchange.shoppers import read_shoppers
from server.exchange.tables import read_grids
from server.library.model import Shop
from server.library.reader import load_library
from tests.wire.test_fuzz import SIGNS, VALUES

RULES = Path(__file__).parents[2] / "scripts_library" / "rules"
fuzzed = settings(
    max_examples=int(os.environ.get("BANGDA_FUZZ", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
HEADS = [
    "订单编号", "买家昵称", "实付", "订单状态", "付款时间", "下单时间", "商品标题", "规格",
    "数量", "会员名", "用户ID", "会员等级", "累计消费金额", "交易笔数", "分组", "备注", "商品ID",
    "商品名称", "别名", "链接", "评价内容", "星级", "提问", "回复", "问法", "标题", "分类",
    "标签", "id", "reply", "steps", "评价时间",
]  # fmt: skip
CELLS = SIGNS | st.sampled_from([
    "", "1.23E+17", "1,234.50", "=1+1", "2026-02-30", "0000-00-00", "99999-1-1", "45999.5", "5星",
    "¥1e999", "-0", "nan", "１２３", "12345678901234567890123", "\ufeff", "\x00",
    "2026/1/1 25:61:61", "M:155-162", "a;b；c|d", "\"", "已付款", "{昵称}", "{", "}}",
])  # fmt: skip
TABLES = st.lists(st.lists(CELLS, max_size=6), max_size=5)
READERS: list[Callable[[bytes, str], Any]] = [
    read_orders,
    lambda content, name: read_shoppers(content, name, "taobao"),
    lambda content, name: read_products(content, name, {}),
    read_reviews,
    lambda content, name: plan_of(content, name),
]


def plan_of(content: bytes, name: str) -> Any:
    used = [one.part for one in offer(read_grids(content, name), Choices(), name) if one.used]
    return plan_import(used, Shop("s", "店"))


def as_csv(rows: list[list[str]], encoding: str) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode(encoding, "replace")


def as_xlsx(rows: list[list[str]]) -> bytes:
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return written.getvalue()


def as_json(rows: list[list[str]]) -> bytes:
    head, *rest = rows
    return json.dumps([dict(zip(head, cells, strict=False)) for cells in rest]).encode()


FORMS: list[tuple[str, Callable[[list[list[str]]], bytes]]] = [
    ("a.csv", lambda rows: as_csv(rows, "utf-8")),
    ("a.csv", lambda rows: as_csv(rows, "gb18030")),
    ("a.csv", lambda rows: as_csv(rows, "utf-16")),
    ("a.xlsx", as_xlsx),
    ("a.json", as_json),
]


@fuzzed
@given(st.lists(st.sampled_from(HEADS), min_size=1, max_size=6), TABLES, st.sampled_from(FORMS),
       st.sampled_from(READERS))  # fmt: skip
def test_any_cells_under_known_heads(
    heads: list[str],
    rows: list[list[str]],
    form: tuple[str, Callable[[list[list[str]]], bytes]],
    reader: Callable[[bytes, str], Any],
) -> None:
    answered(lambda: reader(form[1]([heads, *rows]), form[0]))


@cache
def parts_of_a_workbook() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(as_xlsx([["回复", "问法"], ["今天发", "什么时候发"]]))) as held:
        return {name: held.read(name) for name in held.namelist()}


@fuzzed
@given(st.sampled_from(sorted(parts_of_a_workbook())), st.integers(0, 3000), st.integers(0, 40),
       st.binary(max_size=30) | st.sampled_from([
           b"<si/>", b"<v>9999999999</v>", b"<v>-1</v>", b' t="s"', b' r="XFE1"', b' r="A99999999"',
           b"<c>", b"&e;", b"]]>", b'count="999999999"', b"<!DOCTYPE a>", b"<row/>",
       ]))  # fmt: skip
@example(part="[Content_Types].xml", start=31, cut=0, put=b"-")
def test_any_damage_inside_a_workbook(part: str, start: int, cut: int, put: bytes) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as out:
        for name, held in parts_of_a_workbook().items():
            at = start % (len(held) + 1)
            out.writestr(name, held[:at] + put + held[at + cut :] if name == part else held)
    answered(lambda: read_grids(written.getvalue(), "a.xlsx"))


@fuzzed
@given(st.integers(0, 10_000), st.integers(0, 60), st.binary(max_size=20))
@example(start=49, cut=8, put=bytes(8))
def test_any_damage_to_a_workbooks_container(start: int, cut: int, put: bytes) -> None:
    held = as_xlsx([["回复"], ["今天发"]])
    at = start % len(held)
    answered(lambda: read_grids(held[:at] + put + held[at + cut :], "a.xlsx"))


SCRIPT_KEYS = [
    "id", "reply", "title", "category", "stage", "questions", "tests", "tags", "products",
    "audience", "platforms", "valid_from", "valid_until", "variants", "parts", "images", "steps",
    "follow_ups", "owner", "reviewed",
]  # fmt: skip
SHOP_KEYS = ["name", "platforms", "facts", "timers", "settings", "levels", "groups", "synonyms"]
PRODUCT_KEYS = [
    "id", "name", "aliases", "links", "attributes", "size_chart", "goes_with", "pushed", "images",
]  # fmt: skip
MEASURES = st.sampled_from(["身高", "体重", "胸围", "年龄"])
CHARTS = st.fixed_dictionaries({
    "measures": st.dictionaries(MEASURES, VALUES, max_size=3),
    "rows": st.lists(st.dictionaries(MEASURES | st.just("尺码"), VALUES, max_size=3)),
})  # fmt: skip
ROWS = st.dictionaries(st.sampled_from(SCRIPT_KEYS), VALUES | st.dates(), max_size=6)


@fuzzed
@given(
    st.lists(ROWS, max_size=3),
    st.dictionaries(st.sampled_from(SHOP_KEYS), VALUES | st.dates(), max_size=4),
    st.lists(
        st.dictionaries(st.sampled_from(PRODUCT_KEYS), VALUES | CHARTS, max_size=5), max_size=2
    ),
)
def test_any_values_in_library_files(scripts: Any, shop: Any, products: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "shop-a"
        room.mkdir()
        written = {
            "scripts": {"scripts": scripts},
            "shop": shop,
            "products": {"products": products},
        }
        for name, document in written.items():
            (room / f"{name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        answered(lambda: load_library(Path(folder)))


@fuzzed
@given(st.integers(0, 400), st.integers(0, 30), st.text(max_size=12) | st.sampled_from([
    "&a ", "*a", "<<: ", "!!python/object:os.system ", "\t", "- - - ", "{" * 40, "[" * 400,
    "? ", "|",
]))  # fmt: skip
def test_any_damage_to_a_scripts_file(start: int, cut: int, put: str) -> None:
    held = "scripts:\n- id: ship.when\n  reply: 今天发\n  questions: [什么时候发, '发货？']\n" * 3
    at = start % len(held)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "shop-a"
        room.mkdir()
        text = held[:at] + put + held[at + cut :]
        (room / "scripts.yaml").write_text(text, encoding="utf-8", errors="replace")
        answered(lambda: load_library(Path(folder)))


RULE_KEYS = [
    "id", "category", "severity", "message", "patterns", "unless", "unless_anywhere", "needs",
    "platforms", "clause", "fact", "rewrite", "examples", "strength", "version", "negation",
]  # fmt: skip
PATTERNS = st.text(st.sampled_from("ab微信.*+?()[]{}|\\^$加V<>!:=1,9-"), max_size=20)


@fuzzed
@given(st.lists(st.dictionaries(st.sampled_from(RULE_KEYS), VALUES, max_size=6), max_size=2),
       st.lists(PATTERNS, min_size=1, max_size=3), SIGNS)  # fmt: skip
@example(rules=[], patterns=["(" * 1200], text="微信")
@example(rules=[], patterns=["((a{1,1000}){1,1000})"], text="a" * 100)
def test_any_rules_and_patterns(rules: Any, patterns: list[str], text: str) -> None:
    whole = {"id": "own.fuzz", "category": "rudeness", "severity": "low", "message": "注意",
             "patterns": patterns}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(yaml.safe_dump({"rules": [whole, *rules]}), encoding="utf-8")

        def check() -> None:
            for finding in Checker(load_rules(RULES, path)).check(text):
                assert 0 <= finding.start < finding.end <= len(text)

        answered(check)


@cache
def checker() -> Checker:
    return Checker(load_rules(RULES))


@fuzzed
@given(
    SIGNS
    | st.text(st.sampled_from("微信加我V❤️亻言 .·*最第一全网绝对退款假一赔十❶①🐧qQ"), max_size=60)
)
def test_findings_stand_within_the_text(text: str) -> None:
    for direction in ("outgoing", "incoming"):
        for finding in checker().check(text, direction=direction):
            assert 0 <= finding.start < finding.end <= len(text)
            assert finding.matched == text[finding.start : finding.end]


@fuzzed
@given(VALUES | st.text(max_size=30))
def test_any_adapter(content: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "adapters"
        room.mkdir()
        (room / "a.json").write_text(json.dumps(content), encoding="utf-8")
        (room / "b.json").write_bytes(repr(content).encode("utf-8", "replace"))
        for allowed in (None, frozenset({"taobao"})):
            assert isinstance(site_adapters(Path(folder), allowed), list)


CHAT_KEYS = ["message", "script_id", "conversation_id", "from", "text", "at"]


@fuzzed
@given(
    st.lists(st.dictionaries(st.sampled_from(CHAT_KEYS), VALUES, max_size=5) | VALUES, max_size=4)
)
def test_any_past_chats(rows: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chats.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        answered(lambda: learn(path, []))


def answered(read: Callable[[], Any]) -> None:
    """Calls `read`; what it raises must be one of our own errors, in words."""
    try:
        read()
    except BangdaError as error:
        assert str(error)


def test_what_is_no_error_of_ours_is_not_taken_for_one() -> None:
    with pytest.raises(ZeroDivisionError):
        answered(lambda: 1 / 0)
