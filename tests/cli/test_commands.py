"""The commands from the outside: what they print, their exit codes, and their errors."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.__main__ import main
from server.base.config import shipped
from server.cli.serve import sample_library
from tests.conftest import SHIP
from tests.support import write_shop

Break = Callable[[Path], list[str]]


def _missing(root: Path) -> list[str]:
    return ["suggest", "x", "--shop", "a", "--library", str(root / "nowhere")]


def _empty(root: Path) -> list[str]:
    (root / "empty").mkdir()
    return ["suggest", "x", "--shop", "a", "--library", str(root / "empty")]


def _unknown_shop(root: Path) -> list[str]:
    write_shop(root / "lib", "shop-a", [SHIP])
    return ["suggest", "x", "--shop", "b", "--library", str(root / "lib")]


def _broken_yaml(root: Path) -> list[str]:
    path = write_shop(root / "lib", "shop-a", [SHIP])
    path.write_text("scripts:\n  - id: a\n    reply: 'open\n", encoding="utf-8")
    return ["suggest", "x", "--shop", "shop-a", "--library", str(root / "lib")]


def _two_ids(root: Path) -> list[str]:
    write_shop(root / "lib", "shop-a", [SHIP, SHIP])
    return ["suggest", "x", "--shop", "shop-a", "--library", str(root / "lib")]


def _no_model(root: Path) -> list[str]:
    write_shop(root / "lib", "shop-a", [SHIP])
    (root / "model").mkdir()
    (root / "model" / "readme.txt").write_text("no model")
    library = ["--library", str(root / "lib")]
    return ["suggest", "x", "--shop", "shop-a", *library, "--model", str(root / "model")]


def _no_messages(root: Path) -> list[str]:
    write_shop(root / "lib", "shop-a", [SHIP])
    (root / "m.jsonl").write_text('{"message": 3}\n')
    library = ["--library", str(root / "lib")]
    return ["evaluate", str(root / "m.jsonl"), "--shop", "shop-a", *library]


def _not_utf8(root: Path) -> list[str]:
    (root / "lines.txt").write_bytes("加微信".encode("gbk"))
    return ["check", str(root / "lines.txt")]


def _data_is_a_file(root: Path) -> list[str]:
    (root / "data").write_text("")
    return ["account", "add", "小王", "--role", "agent", "--data", str(root / "data")]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (_missing, ["nowhere", "--library DIR"]),
        (_empty, ["library folder is empty", "scripts.yaml"]),
        (_unknown_shop, ["unknown shop 'b'", "shop-a"]),
        (_broken_yaml, ["shop-a/scripts.yaml:", "never closed"]),
        (_two_ids, ["L012", "already used at shop-a/scripts.yaml:2"]),
        (_no_model, ["model", "expected"]),
        (_no_messages, ["m.jsonl:1", "expected"]),
        (_not_utf8, ["not UTF-8"]),
        (_data_is_a_file, ["not writable", "--data DIR"]),
    ],
)
def test_an_error_is_one_line_that_names_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: Break, said: list[str]
) -> None:
    assert main(broken(tmp_path)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    for words in said:
        assert words in err


def test_a_taken_port_is_said_before_anything_is_served(tmp_path: Path) -> None:
    write_shop(tmp_path / "lib", "shop-a", [SHIP])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = ["serve", "--library", str(tmp_path / "lib"), "--data", str(tmp_path / "d")]
        done = subprocess.run(
            [sys.executable, "-m", "server", *command, "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


def test_a_token_is_printed_once_and_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["account", "add", "小王", "--role", "lead", "--data", str(tmp_path / "d")]
    assert main(add) == 0
    out = capsys.readouterr().out
    assert out.startswith("bd_")
    assert len(out.split()) == 1
    assert main(add) == 2
    assert "already an account" in capsys.readouterr().err
    assert out.strip().encode() not in (tmp_path / "d" / "bangda.db").read_bytes()


def test_check_answers_line_by_line_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("加我微信 shop_abc123\n今天16点前付款今天发\n\n", encoding="utf-8")
    assert main(["check", str(path), "--json"]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["text"] for row in rows] == ["加我微信 shop_abc123", "今天16点前付款今天发", ""]
    assert rows[0]["warnings"][0]["category"] == "contact_diversion"
    assert rows[2]["warnings"] == []


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    commands = "serve demo suggest check evaluate lint import export learn account fit bench audit"
    for command in commands.split():
        with pytest.raises(SystemExit) as done:
            main([command, "--help"])
        assert done.value.code == 0
        assert "usage: bangda" in capsys.readouterr().out


def test_importing_the_command_line_brings_no_heavy_package() -> None:
    heavy = "('torch', 'faiss', 'numpy', 'flask')"
    code = f"import sys, server.__main__; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_what_a_visitor_edits_in_the_demo_is_not_what_ships(tmp_path: Path) -> None:
    data = tmp_path / "data"
    copy = sample_library(data)
    (copy / "home-living" / "rules.yaml").write_text("off: []\n", encoding="utf-8")
    assert sample_library(data) == copy
    assert (copy / "home-living" / "rules.yaml").exists()
    assert not (shipped("scripts_library") / "home-living" / "rules.yaml").exists()


SIZED = ("suggest", "--shop", "clothes", "--library", str(shipped("scripts_library")))


def test_suggest_fills_the_size_of_the_page_s_product_and_prints_its_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = ["--page", "product=加绒连帽卫衣", "--page", "order_id=1", "--data", str(tmp_path / "d")]
    assert main([*SIZED, "160 110斤穿多大", *page]) == 0
    printed = capsys.readouterr().out
    assert "建议拍M" in printed and "M：身高158–163cm，体重48.5–55kg" in printed
    assert main([*SIZED, "我穿多大", *page, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["product"] == {"id": "hoodie", "name": "加绒连帽卫衣"}
    assert answer["size"][0]["missing"] == ["身高", "体重"]
    assert "身高、体重" in answer["suggestions"][0]["text"]


def test_a_page_value_without_a_key_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SIZED, "穿多大", "--page", "卫衣"]) == 2
    assert "KEY=VALUE" in capsys.readouterr().err


def test_suggest_answers_as_for_a_shopper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = ["有优惠吗"]
    scripts = [
        {"id": "all", "reply": "全店满减中", "questions": questions},
        {"id": "old", "reply": "老客专享九折", "questions": questions, "audience": ["老客"]},
    ]
    root, data = tmp_path / "lib", tmp_path / "data"
    write_shop(root, "a", scripts, {"platforms": ["taobao"]})
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间\n"
        "1234567890123456789,tb_flower01,89.90,交易成功,2026-11-20 10:05:00\n",
        "utf-8",
    )
    where = ["--library", str(root), "--data", str(data), "--shop", "a"]
    assert main(["import", str(orders), "--as", "orders", *where]) == 0
    for more in (
        ["--audience", "老客"],
        ["--page", "shopper_id=tb_flower01"],
        ["--page", "order_id=1234567890123456789"],
    ):
        capsys.readouterr()
        main(["suggest", "有优惠吗", *where, *more])
        first = capsys.readouterr().out.split("2. ")[0]
        assert "[old]" in first and "适用老客" in first, more
    main(["suggest", "有优惠吗", *where])
    assert "[all]" in capsys.readouterr().out.split("2. ")[0]
