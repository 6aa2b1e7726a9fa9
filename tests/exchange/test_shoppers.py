"""Members and customers from the platforms' lists, by the command."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.__main__ import main
from server.base.errors import UsageError
from server.exchange.shoppers import read_shoppers
from tests.exchange.test_guard import workbook

QIANNIU = (
    "会员名,客户昵称,手机号,会员等级,交易总额(元),交易笔数,最近交易时间,客户分组,备注\n"
    "tb_flower01,花花,13800001111,金牌会员,2500.50,6,2026-11-20 10:05:00,大单客、孕妈,"
    "电话13800001111下午打\n"
)
DOUDIAN = (
    "用户ID,用户昵称,会员等级,累计消费金额,累计消费次数,最近消费时间\n"
    "7301234567890123456,小雨,V2,89.9,1,2026/11/20\n"
)
JD = "会员账号,会员等级,累计消费金额,下单次数,最近下单时间\njd_abc12,钻石,1200,4,2026-11-20\n"
KUAISHOU = "用户ID,用户昵称,成交金额,成交订单数,标签\n1029384756,花,300,2,-\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "lib" / "a"
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text("name: 甲\nplatforms: [taobao, douyin]\n", "utf-8")
    (folder / "s.yaml").write_text("scripts:\n  - {id: a, reply: 好}\n", "utf-8")
    return tmp_path


def bring(root: Path, text: str | bytes, *more: str, name: str = "members.csv") -> int:
    file = root / name
    file.write_bytes(text.encode("gb18030") if isinstance(text, str) else text)
    where = ["--library", str(root / "lib"), "--data", str(root / "data")]
    wish = ["import", str(file), "--shop", "a", "--as", "shoppers", "--platform", "taobao"]
    return main([*wish, *where, *more])


def held(root: Path, sql: str = "SELECT * FROM shoppers ORDER BY shopper_id") -> list[sqlite3.Row]:
    base = sqlite3.connect(root / "data" / "bangda.db")
    base.row_factory = sqlite3.Row
    try:
        return base.execute(sql).fetchall()
    finally:
        base.close()


@pytest.mark.parametrize(
    ("text", "platform", "shopper_id", "level", "fen", "orders"),
    [
        (QIANNIU, "taobao", "tb_flower01", "金牌会员", 250_050, 6),
        (DOUDIAN, "douyin", "7301234567890123456", "V2", 8_990, 1),
        (JD, "jd", "jd_abc12", "钻石", 120_000, 4),
        (KUAISHOU, "kuaishou", "1029384756", "", 30_000, 2),
    ],
    ids=["qianniu", "doudian", "jd", "kuaishou"],
)
def test_usual_heads(
    text: str, platform: str, shopper_id: str, level: str, fen: int, orders: int
) -> None:
    read = read_shoppers(text.encode("utf-8-sig"), "a.csv", platform)
    assert read.refused == ()
    (one,) = read.members
    assert (one.shopper_id, one.given_level, one.fen, one.orders) == (
        shopper_id,
        level,
        fen,
        orders,
    )


def test_a_list_is_written_once_and_masked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(root, QIANNIU) == 0
    assert "1 shoppers of taobao: 1 new, 0 changed, 0 same" in capsys.readouterr().out
    (row,) = held(root)
    assert (row["name"], row["given_groups"], row["last_day"]) == (
        "花花",
        "大单客\n孕妈",
        "2026-11-20",
    )
    assert row["remark"] == "电话‹手机号›下午打"
    trail = held(root, "SELECT count(*) AS n FROM audit_log")[0]["n"]
    assert bring(root, QIANNIU) == 0
    assert "0 new, 0 changed, 1 same" in capsys.readouterr().out
    assert held(root, "SELECT count(*) AS n FROM audit_log")[0]["n"] == trail


def test_what_was_given_by_hand_outlives_a_new_list(root: Path) -> None:
    bring(root, QIANNIU)
    base = sqlite3.connect(root / "data" / "bangda.db")
    base.execute("UPDATE shoppers SET hand_level = 'VIP'")
    base.commit()
    base.close()
    assert bring(root, QIANNIU.replace("2500.50", "2600")) == 0
    (row,) = held(root)
    assert (row["hand_level"], row["fen"]) == ("VIP", 260_000)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("t***8", "masked"),
        ("1.23E+17", "cut by a spreadsheet"),
        ("", "no shopper id"),
    ],
)
def test_a_row_that_names_nobody_is_refused_and_the_others_are_taken(
    root: Path, capsys: pytest.CaptureFixture[str], cell: str, why: str
) -> None:
    text = f"会员名,交易总额\n{cell},10\ntb_other,20\n"
    assert bring(root, text) == 1
    out = capsys.readouterr().out
    assert "members.csv:2 refused" in out and why in out
    assert [row["shopper_id"] for row in held(root)] == ["tb_other"]


def test_an_id_that_is_contact_data_is_kept_as_a_hash(root: Path) -> None:
    assert bring(root, "会员名,交易总额\n13800001111,10\n13800002222,20\n") == 0
    found = [row["shopper_id"] for row in held(root)]
    assert len(set(found)) == 2 and all(one.startswith("id-") for one in found)


def test_a_shopper_who_stands_there_twice_is_refused(root: Path) -> None:
    read = read_shoppers("会员名,交易总额\na1,1\na1,2\n".encode(), "a.csv", "taobao")
    assert [(one.row, "twice" in one.reason) for one in read.refused] == [(3, True)]
    assert [one.fen for one in read.members] == [100]


def test_a_dry_run_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(root, QIANNIU, "--dry-run") == 0
    assert "1 would be written" in capsys.readouterr().out
    assert not (root / "data" / "bangda.db").exists()


def test_a_workbook_is_read_too(root: Path) -> None:
    rows = [line.split(",") for line in QIANNIU.strip().split("\n")]
    assert bring(root, workbook(rows), name="members.xlsx") == 0
    assert [row["shopper_id"] for row in held(root)] == ["tb_flower01"]


def test_a_file_of_something_else_says_what_was_expected() -> None:
    with pytest.raises(UsageError, match="choose the export of members or customers"):
        read_shoppers(b"a,b\n1,2\n", "a.csv", "taobao")


def test_nothing_of_a_broken_file_is_half_in(root: Path) -> None:
    broken = '会员名,交易总额\ntb_first,10\n"tb_second,20\n'
    assert bring(root, broken) == 2
    assert not (root / "data" / "bangda.db").exists()
