"""Saving keeps the canonical form, and every byte of what was not changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.base.config import shipped
from server.base.errors import LibraryError
from server.library import Fact, Script, load_library, parse_moment, script_files
from server.library.save import dump_scripts, edit_scripts, edit_shop, save_scripts

SAMPLES = shipped("scripts_library")
FILES = [f for shop in ("beauty-care", "home-living") for f in script_files(SAMPLES / shop)]

COMMENTED = """# 发货的话术，改动请告诉小周
scripts:
  - id: a.one   # 第一条
    # 大家都这样问
    questions: [几点发货, "今天发吗"]
    reply: 今天发   # 等仓库确认
    note: 自己加的字段

  # 第二条
  - id: b.two
    reply: |
      第一行
      第二行

  - {id: c.three, reply: 明天发}
# 文件末尾
"""


def library_with(tmp_path: Path, text: str, shop: str = "") -> Path:
    folder = tmp_path / "lib" / "s"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.yaml").write_bytes(text.encode())
    if shop:
        (folder / "shop.yaml").write_bytes(shop.encode())
    return tmp_path / "lib"


def scripts_of(tmp_path: Path, text: str) -> dict[str, Script]:
    return dict(load_library(library_with(tmp_path, text)).shops["s"].by_id)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_sample_files_are_canonical(path: Path) -> None:
    scripts = load_library(SAMPLES, path.parent.name).shops[path.parent.name].scripts
    held = [s for s in scripts if s.file == f"{path.parent.name}/{path.name}"]
    assert dump_scripts(held) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES[:4], ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_change_keeps_every_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    scripts = load_library(SAMPLES, path.parent.name).shops[path.parent.name].by_id
    held = {i: s for i, s in scripts.items() if s.file == f"{path.parent.name}/{path.name}"}
    assert edit_scripts(text, path.name, held) == text


def test_one_field_changes_one_line(tmp_path: Path) -> None:
    known = scripts_of(tmp_path, COMMENTED)
    new = edit_scripts(COMMENTED, "a.yaml", {"a.one": replace(known["a.one"], reply="明早发")})
    assert new == COMMENTED.replace("reply: 今天发   #", "reply: 明早发 #")


def test_a_flow_list_becomes_a_block_and_its_comment_stays(tmp_path: Path) -> None:
    script = replace(scripts_of(tmp_path, COMMENTED)["a.one"], questions=("几时发",))
    new = edit_scripts(COMMENTED, "a.yaml", {"a.one": script})
    assert "    # 大家都这样问\n    questions:\n      - 几时发\n    reply: 今天发   # 等" in new
    assert "note: 自己加的字段" in new


def test_added_field_stands_in_canonical_order(tmp_path: Path) -> None:
    script = replace(scripts_of(tmp_path, COMMENTED)["a.one"], title="发货", tags=("急",))
    new = edit_scripts(COMMENTED, "a.yaml", {"a.one": script})
    assert "- id: a.one   # 第一条\n    title: 发货\n    # 大家" in new
    assert "reply: 今天发   # 等仓库确认\n    tags:\n      - 急\n    note:" in new


def test_removed_script_takes_only_its_lines(tmp_path: Path) -> None:
    new = edit_scripts(COMMENTED, "a.yaml", {"b.two": None})
    assert "b.two" not in new
    assert new.startswith("# 发货的话术") and new.endswith("明天发}\n# 文件末尾\n")
    assert set(scripts_of(tmp_path, new)) == {"a.one", "c.three"}


def test_script_in_flow_style_is_written_as_block(tmp_path: Path) -> None:
    script = replace(scripts_of(tmp_path, COMMENTED)["c.three"], reply="后天发")
    new = edit_scripts(COMMENTED, "a.yaml", {"c.three": script})
    assert new.endswith("  - id: c.three\n    reply: 后天发\n# 文件末尾\n")


def test_new_script_stands_in_id_order(tmp_path: Path) -> None:
    new = edit_scripts(COMMENTED, "a.yaml", {"b.zwei": Script("b.zwei", "好的")})
    ids = list(scripts_of(tmp_path, new))
    assert ids == ["a.one", "b.two", "b.zwei", "c.three"]


@pytest.mark.parametrize(
    "text", ["", "scripts:\n", "scripts: []\n", "# nur\n", "\ufeffscripts: []\n", "{scripts: []}\n"]
)
def test_new_script_in_an_empty_file(tmp_path: Path, text: str) -> None:
    new = edit_scripts(text, "a.yaml", {"x": Script("x", "好")})
    assert scripts_of(tmp_path, new)["x"].reply == "好"


def test_removing_the_last_script_leaves_an_empty_list(tmp_path: Path) -> None:
    text = "# Kopf\nscripts:\n  - id: x\n    reply: y\n"
    assert edit_scripts(text, "a.yaml", {"x": None}) == "# Kopf\nscripts: []\n"


def test_windows_newlines_stay(tmp_path: Path) -> None:
    text = COMMENTED.replace("\n", "\r\n")
    script = replace(scripts_of(tmp_path, text)["a.one"], reply="明早发", title="发货")
    new = edit_scripts(text, "a.yaml", {"a.one": script})
    assert new.count("\n") == new.count("\r\n") == text.count("\n") + 1


def test_broken_file_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("scripts: [", encoding="utf-8")
    with pytest.raises(LibraryError):
        save_scripts(path, {"x": Script("x", "好")})
    assert path.read_text(encoding="utf-8") == "scripts: ["


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30
) | st.sampled_from(
    [
        "null",
        "no",
        "2026-11-01",
        "16:00",
        "1e5",
        "- a",
        "# b",
        "a: b",
        "第一行\n第二行",
        "a\n\n b\n",
        "{x}",
        "'",
        '"',
        "\n  indented",
        "tab\tin",
        "~",
        "=1+1",
        "%",
        "@",
        "a #b",
        "\u2028",
        "\x85x",
        "😀",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reply=TEXT, questions=st.lists(TEXT, max_size=3), title=TEXT)
def test_any_text_comes_back(tmp_path: Path, reply: str, questions: list[str], title: str) -> None:
    asked = tuple(q.strip() for q in questions if q.strip())
    script = Script("x", reply.strip() or "y", title=title.strip(), questions=asked)
    assert scripts_of(tmp_path, dump_scripts([script])) == {"x": script}
    again = edit_scripts(COMMENTED, "a.yaml", {"a.one": replace(script, id="a.one")})
    held = scripts_of(tmp_path, again)
    assert held["a.one"] == replace(script, id="a.one")
    assert held["b.two"].reply == "第一行\n第二行"


SHOP = """name: 店
facts:
  # 发货
  发货时效: 48小时
  活动: # 到月底
    value: 满100减10
    valid_until: 2026-11-30
timers:
  greeting_s: 15
"""


def shop_after(tmp_path: Path, text: str) -> dict[str, Fact]:
    root = library_with(tmp_path, "scripts:\n  - id: x\n    reply: y\n", text)
    return dict(load_library(root).shops["s"].facts)


def test_facts_change_in_place(tmp_path: Path) -> None:
    until = parse_moment("2026-12-31")
    facts = {
        "发货时效": Fact("发货时效", "24小时"),
        "质保": Fact("质保", "一年", valid_until=until),
    }
    new = edit_shop(SHOP, {}, facts)
    added = "  质保:\n    value: 一年\n    valid_until: 2026-12-31\ntimers:"
    assert new == SHOP.replace("48小时", "24小时").replace("timers:", added)
    assert shop_after(tmp_path, new)["质保"].valid_until == until
    assert "# 发货" in new and "# 到月底" in new


def test_the_last_day_that_there_is_stands_for_always() -> None:
    until = parse_moment("9999-12-31")
    assert until is not None and until.last.year == 9999


def test_fact_removed_and_table_closed(tmp_path: Path) -> None:
    new = edit_shop(SHOP, {"timers": {"greeting_s": "20"}}, {"发货时效": None, "活动": None})
    assert "facts" not in new and "greeting_s: '20'" in new
    assert shop_after(tmp_path, new) == {}


def test_settings_in_a_new_file(tmp_path: Path) -> None:
    new = edit_shop("", {"name": "新店", "platforms": ["jd"]}, {"a": Fact("a", "b")})
    assert new == "name: 新店\nplatforms:\n  - jd\nfacts:\n  a: b\n"
