"""A shop's folder as sync programs and editors leave it: read, or told with what to type."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.base.errors import LibraryError, Problem
from server.base.yaml_faults import quoted
from server.base.yaml_files import parse_yaml, to_plain
from server.library import Shop, load_library
from server.library.save import edit_scripts
from server.library.understood import audience_of, platform_of, seconds_of, stage_of, zone_of
from server.lint import lint_library

SHIP = "scripts:\n  - id: ship.when\n    reply: 现货当天发\n"
Files = Mapping[str, str | bytes]


def folder_of(root: Path, files: Files) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def one(root: Path, text: str | bytes, shop: str = "") -> Path:
    files = {"s/a.yaml": text} | ({"s/shop.yaml": shop} if shop else {})
    return folder_of(root, files)


def shops_of(root: Path) -> Mapping[str, Shop]:
    return load_library(root).shops


def remarks_of(root: Path) -> list[tuple[str, int, str]]:
    return [(p.file, p.line, p.code) for p in load_library(root).remarks]


COPIES = [
    "ship (1).yaml",
    "ship（1）.yaml",
    "ship - 副本.yaml",
    "ship - 副本 (2).yaml",
    "ship - Copy.yaml",
    "ship copy 2.yaml",
    "ship（冲突副本 2026-11-30）.yaml",
    "ship (张三的冲突副本).yaml",
    "ship (conflicted copy 2026-11-30).yaml",
    "ship.sync-conflict-20261130-101112-ABCDEFG.yaml",
    "ship-DESKTOP-A1B2C3.yaml",
    "ship-LAPTOP-9Z8Y7X.yml",
    "SHIP (1).YAML",
    "Copy of ship.yaml",
]


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_beside_its_original_is_set_aside(tmp_path: Path, copy: str) -> None:
    root = folder_of(tmp_path, {"s/ship.yaml": SHIP, f"s/{copy}": SHIP.replace("当天", "次日")})
    assert shops_of(root)["s"].by_id["ship.when"].reply == "现货当天发"
    assert remarks_of(root) == [(f"s/{copy}", 1, "L020")]


@pytest.mark.parametrize("name", [*COPIES, "winter-sale.yaml", "price-macbook-pro.yaml"])
def test_the_same_name_alone_is_read(tmp_path: Path, name: str) -> None:
    root = folder_of(tmp_path, {f"s/{name}": SHIP})
    assert len(shops_of(root)["s"].scripts) == 1
    assert remarks_of(root) == []


@pytest.mark.parametrize("other", ["ship-winter.yaml", "ship-copywriting.yaml", "ship2.yaml"])
def test_a_longer_name_is_no_copy(tmp_path: Path, other: str) -> None:
    root = folder_of(tmp_path, {"s/ship.yaml": SHIP, f"s/{other}": SHIP.replace("when", "b")})
    assert len(shops_of(root)["s"].scripts) == 2


def test_a_copy_of_the_settings_changes_nothing(tmp_path: Path) -> None:
    root = folder_of(
        tmp_path,
        {
            "s/ship.yaml": SHIP,
            "s/shop.yaml": "name: 店\nfacts:\n  a: 1\n",
            "s/shop (1).yaml": "name: 店2\nfacts:\n  a: 2\n",
        },
    )
    assert (shops_of(root)["s"].name, shops_of(root)["s"].facts["a"].value) == ("店", "1")


def test_a_copied_folder_is_no_second_shop(tmp_path: Path) -> None:
    root = folder_of(tmp_path, {"s/ship.yaml": SHIP, "s - 副本/ship.yaml": SHIP})
    assert list(shops_of(root)) == ["s"]
    assert remarks_of(root) == [("s - 副本", 1, "L020")]
    assert [p.code for p in lint_library(root)] == ["L020"]


@pytest.mark.parametrize("name", ["ship.yml", "SHIP.YAML", "ship.Yml", "话术 第一版.yaml"])
def test_other_endings_are_read(tmp_path: Path, name: str) -> None:
    root = folder_of(tmp_path, {f"我的店 旗舰/{name}": SHIP})
    assert len(shops_of(root)["我的店 旗舰"].scripts) == 1
    assert lint_library(root) == []


def test_settings_with_another_ending_are_read(tmp_path: Path) -> None:
    root = folder_of(
        tmp_path, {"s/a.yaml": SHIP, "s/SHOP.yml": "name: 店\nplatforms: 淘宝、抖店\n"}
    )
    assert shops_of(root)["s"].name == "店"
    assert shops_of(root)["s"].platforms == ("taobao", "douyin")


def test_a_text_file_is_named(tmp_path: Path) -> None:
    root = folder_of(tmp_path, {"s/ship.yaml.txt": SHIP})
    assert shops_of(root)["s"].scripts == ()
    assert [(p.file, p.code) for p in lint_library(root)] == [("s/ship.yaml.txt", "L020")]
    assert lint_library(root)[0].fix.endswith("ship.yaml")


BROKEN = [
    ("reply: {昵称}您好，在的", 3, 'reply: "{昵称}您好，在的"'),
    ("reply: {昵称}", 3, 'reply: "{昵称}"'),
    ("reply: 现货\n    questions：[几点发]", 4, "questions: [几点发]"),
    ("reply：现货", 3, "reply: 现货"),
    ("reply:现货", 3, "reply: 现货"),
    ("reply: 温馨提示: 现货当天发", 3, 'reply: "温馨提示: 现货当天发"'),
    ('reply: "亲"您好', 3, "reply: '\"亲\"您好'"),
    ('reply: "没有关上', 3, 'reply: "没有关上"'),
    ("reply: *活动* 满减", 3, 'reply: "*活动* 满减"'),
    ("reply: @所有人 满减", 3, 'reply: "@所有人 满减"'),
    ("reply: 100%棉\n  - id: b\n    reply: %5 返现", 5, 'reply: "%5 返现"'),
    ("reply: - 第一步", 3, 'reply: "- 第一步"'),
    ("reply: `现货`", 3, 'reply: "`现货`"'),
    ("reply: !重要 现货", 3, '"!重要 现货"'),
    ("reply: 亲\x0b现货", 3, "重新打"),
    ("reply: 亲\u2028现货", 3, "重新打"),
    ("reply: 好\n   title: 斜了", 4, "对齐"),
    ("reply: 好\n    tags: [急, , 催]", 4, "tags: [急, 催]"),
]


@pytest.mark.parametrize(("script", "line", "typed"), BROKEN, ids=lambda v: str(v)[:18])
def test_a_fault_is_told_with_its_line_and_what_to_type(
    tmp_path: Path, script: str, line: int, typed: str
) -> None:
    problem = only_problem(one(tmp_path, f"scripts:\n  - id: a\n    {script}\n"))
    assert (problem.file, problem.line) == ("s/a.yaml", line)
    assert typed in problem.fix


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("scripts：\n  - id：a\n    reply：现货\n", 1, "全角冒号"),
        ("scripts:\n\t- id: a\n\t  reply: 现货\n", 2, "制表符"),
        ("scripts:\n\u00a0\u00a0- id: a\n\u00a0\u00a0\u00a0\u00a0reply: 现货\n", 2, "不间断空格"),
        ("scripts:\n\u3000- id: a\n\u3000\u3000reply: 现货\n", 2, "全角空格"),
        ("scripts:\n  — id: a\n    reply: 现货\n", 2, "破折号"),
        (f"scripts:\n<<<<<<< HEAD\n{SHIP[9:]}=======\n{SHIP[9:]}>>>>>>> x\n", 2, "合并"),
        (SHIP.encode("gbk"), 3, "GBK"),
        (SHIP.encode("utf-16"), 1, "UTF-16"),
        ("script:\n  - id: a\n    reply: 现货\n", 1, "'script'"),
        ("scirpts:\n  - id: a\n    reply: 现货\n", 1, "'scirpts'"),
        ("scripts:\n  - id: 发货\n    reply: 现货\n", 2, "发货"),
        ("scripts:\n  - id: a\n    reply: ~\n", 2, "reply"),
        ("scripts:\n  - id: a\n    reply: 好\n    valid_until: 下周\n", 4, "下周"),
    ],
)
def test_a_broken_file_is_one_sentence_with_a_line(
    tmp_path: Path, text: str | bytes, line: int, said: str
) -> None:
    problem = only_problem(one(tmp_path, text))
    assert (problem.file, problem.line) == ("s/a.yaml", line)
    assert said in problem.what


def only_problem(root: Path) -> Problem:
    with pytest.raises(LibraryError) as refused:
        load_library(root)
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]


@pytest.mark.parametrize("value", [b[0] for b in BROKEN if b[0].startswith("reply: ")])
def test_what_is_proposed_reads_as_the_text_that_was_meant(value: str) -> None:
    said = value.removeprefix("reply: ").split("\n")[0].replace("\x0b", "").replace("\u2028", "")
    assert to_plain(parse_yaml(f"reply: {quoted(said)}\n", "x")) == {"reply": said}


@given(st.text(max_size=60))
def test_any_text_is_read_or_told_with_a_line(text: str) -> None:
    try:
        parse_yaml(text, "x.yaml")
    except LibraryError as error:
        assert all(problem.line > 0 and problem.fix for problem in error.problems)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12))
def test_a_reply_of_any_words_is_that_text_or_told(words: str) -> None:
    try:
        held = to_plain(parse_yaml(f"reply: {words}\n", "x.yaml"))
    except LibraryError as error:
        assert [problem.line for problem in error.problems] == [1]
    else:
        assert isinstance(held, dict)
        # A lone sign such as > or # leaves nothing, which is told as a missing reply.
        assert held["reply"] == words or not held["reply"] or not isinstance(held["reply"], str)


def test_texts_stay_what_was_typed(tmp_path: Path) -> None:
    shop = "name: 007\nfacts:\n  截止: 16:00\n  退货: no\n  价: 1e3\n  比例: 1:1\n"
    text = "scripts:\n  - id: no\n    reply: yes\n    tags: [on, off, 007, 1:30, 1e5, 0x1F]\n"
    held = shops_of(one(tmp_path, text, shop))["s"]
    assert held.name == "007"
    assert [fact.value for fact in held.facts.values()] == ["16:00", "no", "1e3", "1:1"]
    assert held.scripts[0].id == "no"
    assert held.scripts[0].reply == "yes"
    assert held.scripts[0].tags == ("on", "off", "007", "1:30", "1e5", "0x1F")


def test_byte_order_mark_windows_lines_and_joined_emoji_are_read(tmp_path: Path) -> None:
    text = SHIP.replace("现货当天发", "亲👩‍👩‍👧😊").replace("\n", "\r\n")
    root = one(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert shops_of(root)["s"].scripts[0].reply == "亲👩‍👩‍👧😊"
    assert lint_library(root) == []


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("questions: [几点发，什么时候发]", "L018"),
        ("tags: [急、催]", "L018"),
        ("tags: [急, ~, 催]", "L018"),
        ("title: 第一行\n      第二行", "L019"),
        ("title: 满减 #活动", "L019"),
        ("platforms: [拼夕夕商店]", "L022"),
        ("audience: newbe", "L016"),
        ("stage: 半路", "L009"),
    ],
)
def test_what_is_read_otherwise_than_meant_is_a_finding_but_serves(
    tmp_path: Path, field: str, code: str
) -> None:
    root = one(tmp_path, f"{SHIP}    {field}\n")
    assert [(p.line, p.code) for p in load_library(root).remarks] == [(4, code)]
    assert [p.code for p in lint_library(root)] == [code]


@pytest.mark.parametrize(
    "field",
    [
        'questions: ["几点发，急", 几点到]',
        "questions:\n      - 几点发，急",
        "title: 满减 # 改过",
        "variants: 亲，现货、今天发",
    ],
)
def test_punctuation_where_it_belongs_is_none(tmp_path: Path, field: str) -> None:
    assert load_library(one(tmp_path, f"{SHIP}    {field}\n")).remarks == ()


def test_names_are_understood(tmp_path: Path) -> None:
    text = (
        f"{SHIP}    platforms: [拼多多, 抖音, PDD, taobao]\n    audience: 新客、VIP1\n"
        "    stage: 售后服务\n    tags: [急，催]\n    valid_until: 2026/11/3\n"
    )
    script = shops_of(one(tmp_path, text))["s"].scripts[0]
    assert script.platforms == ("pinduoduo", "douyin", "taobao")
    assert script.audience == ("new", "VIP1")
    assert script.stage == "售后"
    assert script.tags == ("急", "催")
    assert str(script.valid_until) == "2026-11-03"


def test_an_edit_leaves_names_as_they_were_typed(tmp_path: Path) -> None:
    text = f"{SHIP}    stage: 售后服务\n    platforms: [拼多多]\n    valid_until: 2026/11/3\n"
    script = shops_of(one(tmp_path, text))["s"].scripts[0]
    from dataclasses import replace

    changed = edit_scripts(text, "a.yaml", {script.id: replace(script, reply="今天发")})
    assert changed == text.replace("现货当天发", "今天发")


def test_timers_hold_units_and_an_empty_fact_is_told(tmp_path: Path) -> None:
    root = one(tmp_path, SHIP, "timers:\n  answer_s: 20s\n  platform_s: 3分钟\nfacts:\n  空: ~\n")
    timers = shops_of(root)["s"].timers
    assert (timers.answer_s, timers.platform_s) == (20, 180)
    assert [(p.subject, p.code) for p in lint_library(root)] == [("空", "L110")]


def test_a_copy_of_shared_rules_is_set_aside(tmp_path: Path) -> None:
    rules = "clauses:\n  c:\n    source: 店规\n"
    root = folder_of(tmp_path, {"s/a.yaml": SHIP, "rules/a.yaml": rules, "rules/a (1).yaml": rules})
    assert [(p.file, p.code) for p in lint_library(root)] == [("rules/a (1).yaml", "L020")]
    assert remarks_of(root) == [("rules/a (1).yaml", 1, "L020")]


def test_an_unknown_time_zone_is_told_and_the_usual_one_holds(tmp_path: Path) -> None:
    root = one(tmp_path, SHIP, "settings:\n  timezone: Mars/Base\n")
    assert remarks_of(root) == [("s/shop.yaml", 2, "L017")]
    shop = shops_of(root)["s"]
    assert shop.local_now() is not None
    assert shop.settings["timezone"] == "Asia/Shanghai"


def test_empty_files_are_told(tmp_path: Path) -> None:
    root = folder_of(tmp_path, {"s/a.yaml": SHIP, "s/b.yaml": "", "s/c.yaml": "# nothing\n"})
    assert len(shops_of(root)["s"].scripts) == 1
    assert remarks_of(root) == [("s/b.yaml", 1, "L021"), ("s/c.yaml", 1, "L021")]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("拼多多", "pinduoduo"),
        ("PDD", "pinduoduo"),
        ("抖店", "douyin"),
        ("微信小店", "weixin"),
        ("京东商城", "jd"),
        ("全部", ""),
        ("某某", None),
    ],
)
def test_platforms(typed: str, read: str | None) -> None:
    assert platform_of(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [("new", "new"), ("老客", "returning"), ("VIP 2", "VIP 2"), ("金卡", "金卡"), ("nwe", None)],
)
def test_audiences(typed: str, read: str | None) -> None:
    assert audience_of(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"), [("", ""), ("售後", "售后"), ("pre-sale", "售前"), ("半路", None)]
)
def test_stages(typed: str, read: str | None) -> None:
    assert stage_of(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Asia/Beijing", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
        ("UTC+8", "Asia/Shanghai"),
        ("asia/tokyo", "Asia/Tokyo"),
        ("Mars/Base", None),
        ("../etc", None),
    ],
)
def test_time_zones(typed: str, read: str | None) -> None:
    assert zone_of(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("20", 20),
        ("20s", 20),
        ("20 秒", 20),
        ("3分钟", 180),
        ("1h", 3600),
        ("快", None),
        ("-1", None),
    ],
)
def test_seconds(typed: str, read: int | None) -> None:
    assert seconds_of(typed) == read


def test_a_group_of_the_shop_is_an_audience_whatever_it_is_called(tmp_path: Path) -> None:
    root = one(tmp_path, f"{SHIP}    audience: [孕妈, 老客]\n")
    assert [p.code for p in load_library(root).remarks] == ["L016"]
    own = "levels:\n  银卡: {spend: 500}\n  VIP:\n"
    own += "groups:\n  孕妈: 手动\n  沉睡客: {idle_days: 180}\n"
    one(tmp_path, f"{SHIP}    audience: [孕妈, 老客]\n", own)
    library = load_library(root)
    assert library.remarks == ()
    shop = library.shop("s")
    assert [(tier.name, tier.conditions) for tier in (*shop.levels, *shop.groups)] == [
        ("银卡", {"spend_fen": 50_000}),
        ("VIP", {}),
        ("孕妈", {}),
        ("沉睡客", {"idle_days": 180}),
    ]
    assert shop.speaks_to == {"孕妈", "returning"}
