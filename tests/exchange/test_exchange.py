"""Files in and out: encodings, formulas, bombs, mapping, duplicates, conflicts, round trips."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from server.base.config import shipped
from server.base.errors import UsageError
from server.exchange import (
    Choices,
    Plan,
    export_bytes,
    export_file,
    import_file,
    offer,
    plan_import,
    read_grids,
)
from server.exchange.cells import guard, join_list, split_list, unguard
from server.exchange.ids import new_id
from server.exchange.uploads import DAYS, MOST, ORDERS, FolderShelf, Uploads, new_key
from server.library import Script, Shop, load_library

QUICK_PHRASES = "分组,快捷编码,快捷短语\n物流,wl1,亲，今天发中通\n售后,sh1,七天无理由\n"


def shop(*scripts: Script) -> Shop:
    return Shop("s", scripts=scripts)


def plan_of(text: str, target: Shop | None = None, encoding: str = "utf-8") -> Plan:
    return plan_file(text.encode(encoding), "a.csv", target)


def plan_file(content: bytes, name: str, target: Shop | None = None) -> Plan:
    offered = offer(read_grids(content, name), Choices(), name)
    return plan_import([one.part for one in offered if one.used], target or shop())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "lib" / "s"
    folder.mkdir(parents=True)
    fields = ("id: ship.time", "category: 物流", "questions: [几点发货]", "reply: 今天发")
    text = "scripts:\n  - " + "\n    ".join(fields) + "\n"
    (folder / "logistics.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "lib"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_quick_phrases_in_every_encoding(encoding: str) -> None:
    scripts = [change.script for change in plan_of(QUICK_PHRASES, encoding=encoding).changes]
    assert [(s.category, s.tags, s.reply) for s in scripts if s] == [
        ("物流", ("wl1",), "亲，今天发中通"),
        ("售后", ("sh1",), "七天无理由"),
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters(delimiter: str) -> None:
    assert plan_of(QUICK_PHRASES.replace(",", delimiter)).count("new") == 2


def test_unknown_columns_are_named() -> None:
    with pytest.raises(UsageError, match="found columns: 甲、乙; expected one named 回复"):
        plan_of("甲,乙\n1,2\n")
    assert plan_of("回复,备注\n好,x\n").unmapped == ("备注",)


def test_rows_that_cannot_be_taken_are_refused_with_their_number() -> None:
    text = (
        "编号,回复,阶段,失效日期\n"
        "a.b,,,\n发货,好,,\na.c,好,中间,\na.d,好,,明天\na.e,好的,售前,2026/12/1\na.e,好吧,,\n"
    )
    found = [(c.row, c.kind, tuple(n.code for n in c.notes)) for c in plan_of(text).changes]
    assert found == [
        (2, "refused", ("no_reply",)),
        (3, "refused", ("bad_id",)),
        (4, "refused", ("bad_stage",)),
        (5, "refused", ("bad_date",)),
        (6, "new", ()),
        (7, "refused", ("id_twice",)),
    ]


def test_known_id_changes_only_the_columns_that_are_there() -> None:
    known = Script("a", "旧", title="标题", questions=("问",), shop="s")
    plan = plan_of("id,reply\na,新\n", shop(known))
    assert plan.changes[0].kind == "changed"
    assert plan.changes[0].script == Script("a", "新", title="标题", questions=("问",))


def test_same_reply_is_a_duplicate_and_writes_nothing() -> None:
    plan = plan_of("回复\n今天发！\n今天发\n明天发\n", shop(Script("a", "今天发")))
    assert [(c.kind, [n.detail for n in c.notes]) for c in plan.changes] == [
        ("same", ["a"]),
        ("same", ["a"]),
        ("new", []),
    ]


def test_question_with_another_answer_is_a_conflict() -> None:
    plan = plan_of(
        "id,问法,回复\nb,几点发货？,明天发\n", shop(Script("a", "今天发", questions=("几点发货",)))
    )
    assert plan.changes[0].conflicts == ("a",)


def test_title_and_category_stand_for_a_missing_id() -> None:
    known = Script("a", "旧", title="发货", category="物流")
    plan = plan_of("分类,标题,回复\n物流,发货,新\n售后,发货,新的\n", shop(known))
    assert [c.kind for c in plan.changes] == ["changed", "new"]


def test_new_ids_are_pinyin_and_never_taken() -> None:
    assert new_id("物流", "快递几天到 EMS?", set()) == "wu-liu.kuai-di-ji-tian-dao-ems"
    assert new_id("物流", "快", {"wu-liu.kuai"}) == "wu-liu.kuai-2"
    assert new_id("", "😀", set()) == "script"


def test_xlsx_keeps_ids_dates_and_formulas_as_text(tmp_path: Path) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["编号", "回复", "失效日期", "问法"])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_number(1, 0, 10001)
    page.write_string(1, 1, "<b>好</b><script>alert(1)</script>")
    page.write_number(1, 2, 46356, day)
    page.write_formula(1, 3, "=1+1", None, "在吗")
    book.close()
    script = plan_file(stream.getvalue(), "a.xlsx").changes[0].script
    assert script is not None
    assert (script.id, script.reply) == ("10001", "好")
    assert (str(script.valid_until), script.questions) == ("2026-11-30", ("在吗",))


def test_export_to_excel_runs_no_formula_and_keeps_ids() -> None:
    scripts = [Script("00123", "=HYPERLINK(1)", title="1e5"), Script("9" * 20, "+1")]
    book = openpyxl.load_workbook(io.BytesIO(export_bytes(scripts, ".xlsx")))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    rows = list(csv.reader(io.StringIO(export_bytes(scripts, ".csv").decode("utf-8-sig"))))
    assert rows[1][0] == "'00123" and rows[1][6] == "'=HYPERLINK(1)" and rows[2][6] == "'+1"
    assert rows[2][0] == "'" + "9" * 20


CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20
) | st.sampled_from(
    [
        "=1",
        "'=1",
        "-1",
        "@a",
        "0012",
        "1e5",
        "第一行\n第二行",
        "a|b",
        '["x"]',
        "[x]",
        "'",
        "a,b",
        "1-2",
    ]
)


@settings(max_examples=200, deadline=None)
@given(CELL)
def test_guard_comes_back(text: str) -> None:
    assert unguard(guard(text)) == text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(CELL.map(str.strip).filter(bool), max_size=4), st.sampled_from(["questions", "tags"])
)
def test_lists_come_back(items: list[str], field: str) -> None:
    assert split_list(join_list(tuple(items), field), field) == tuple(items)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".yaml", ".json"])
@pytest.mark.parametrize("name", ["beauty-care", "home-living"])
def test_sample_shop_goes_out_and_comes_back_unchanged(ending: str, name: str) -> None:
    samples = load_library(shipped("scripts_library"), name).shops[name]
    plan = plan_file(export_bytes(samples.scripts, ending), f"a{ending}", samples)
    assert {change.kind for change in plan.changes} == {"same"}
    assert len(plan.changes) == len(samples.scripts)


def test_zip_bomb_is_answered() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    assert len(stream.getvalue()) < 300_000
    with pytest.raises(UsageError, match="unpacks to 201 MB; expected at most 200 MB"):
        read_grids(stream.getvalue(), "a.xlsx")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"x" * (21 * 1024 * 1024), "a.csv", "has 21 MB; expected at most 20 MB"),
        (b"PK\x03\x04broken", "a.xlsx", "is no xlsx file"),
        (b"", "a.csv", "is empty"),
        (b"\xff\xff\xff", "a.csv", "is no text in UTF-8"),
        (b"a\x00b", "a.csv", "is no text in UTF-8"),
        (b"[1, 2]", "a.json", "holds no list of scripts"),
        (b"{", "a.json", "is no JSON"),
        (b"[" * 100_000, "a.json", "is no JSON"),
        (b"scripts: [", "a.yaml", "never closed"),
        (b"x", "a.doc", "ending is .doc"),
    ],
)
def test_broken_files_are_answered(content: bytes, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        read_grids(content, name)


def test_entities_that_grow_are_answered() -> None:
    """A workbook of two kilobytes whose one text would be three gigabytes long."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet().write_row(0, 0, ["回复", "问法"])
    book.close()
    grown = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'lol'}'>" for n in range(10))
    bomb = io.BytesIO()
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(bomb, "w") as archive:
        for name in made.namelist():
            content = made.read(name)
            if name == "xl/sharedStrings.xml":
                text = content.decode().replace("<sst", f"<!DOCTYPE sst [{grown}]><sst", 1)
                content = text.replace("回复", "&e9;").encode()
            archive.writestr(name, content)
    with pytest.raises(UsageError, match="xlsx"):
        read_grids(bomb.getvalue(), "a.xlsx")


def test_workbook_without_sheets_parts_is_answered() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "x")
    with pytest.raises(UsageError, match="no readable xlsx"):
        read_grids(stream.getvalue(), "a.xlsx")


def test_large_file_is_not_read(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(UsageError, match="has 100 MB; expected at most 20 MB; split it"):
        import_file(path, "s", root)


def test_import_writes_files_by_category(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(QUICK_PHRASES, encoding="gb18030")
    before = (root / "s" / "logistics.yaml").read_text("utf-8")
    assert import_file(path, "s", root, dry_run=True).plan.count("new") == 2
    assert (root / "s" / "logistics.yaml").read_text("utf-8") == before
    import_file(path, "s", root)
    after = (root / "s" / "logistics.yaml").read_text("utf-8")
    assert after.startswith(before) and "今天发中通" in after
    assert (root / "s" / "shou-hou.yaml").exists()
    assert len(load_library(root).shops["s"].scripts) == 3


def test_import_into_unknown_shop_and_missing_file(tmp_path: Path, root: Path) -> None:
    with pytest.raises(UsageError, match="unknown shop 'x'"):
        import_file(tmp_path / "in.csv", "x", root)
    with pytest.raises(UsageError, match="cannot be read"):
        import_file(tmp_path / "in.csv", "s", root)


def test_export_file(tmp_path: Path, root: Path) -> None:
    assert export_file(tmp_path / "out.json", "s", root) == 1
    held = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert held["scripts"][0]["id"] == "ship.time"
    with pytest.raises(UsageError, match=r"ending is \.doc"):
        export_file(tmp_path / "out.doc", "s", root)


def test_uploads_have_a_limit_in_number_and_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr("server.exchange.uploads.time.time", lambda: clock[0])
    key = new_key()
    uploads = Uploads(FolderShelf(tmp_path), lambda: key)
    keys = []
    for number in range(MOST + 2):
        clock[0] += 60
        keys.append(uploads.keep("s", "主管", f"{number}.csv", QUICK_PHRASES.encode()))
    assert [u.key for u in uploads.waiting("s")] == keys[:1:-1]
    assert len(list(tmp_path.iterdir())) == 2 * MOST
    (tmp_path / "torn.file").write_bytes(b"x")
    clock[0] += DAYS["scripts"] * 86_400 + 1
    newest = uploads.keep("s", "主管", "neu.csv", QUICK_PHRASES.encode())
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{newest}.about", f"{newest}.file"]
    assert uploads.find("other", newest) is None
    assert uploads.find("s", "../" + newest) is None


def test_a_file_of_people_is_unreadable_and_goes_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr("server.exchange.uploads.time.time", lambda: clock[0])
    key = new_key()
    uploads = Uploads(FolderShelf(tmp_path), lambda: key)
    content = "订单编号,收货人,手机\n1234567890123456789,王小明,13800000000\n".encode()
    one = uploads.keep("s", "主管", "13800000000.csv", content, ORDERS)
    lying = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in ("13800000000", "王小明", "1234567890123456789"):
        assert secret.encode() not in lying
    again = Uploads(FolderShelf(tmp_path), lambda: key)
    found = again.find("s", one)
    assert found is not None and found.name == "‹手机号›.csv"
    assert again.grids(found)[0].rows[1].cells[1] == "王小明"
    assert Uploads(FolderShelf(tmp_path), new_key).find("s", one) is None
    clock[0] += DAYS[ORDERS] * 86_400 + 1
    assert again.find("s", one) is None
    again.sweep()
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_version_left_readable_is_swept(tmp_path: Path) -> None:
    (tmp_path / "AAAAAAAAAAAAAAAA.file").write_text("13800000000", encoding="utf-8")
    (tmp_path / "AAAAAAAAAAAAAAAA.json").write_text("{}", encoding="utf-8")
    Uploads(FolderShelf(tmp_path), new_key).sweep()
    assert list(tmp_path.iterdir()) == []
