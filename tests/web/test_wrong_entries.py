"""What a console refuses: told beside its field, in the language of its reader, nothing lost."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.base.errors import LibraryError, Problem, StoreError
from server.lint.loading import LOADER_CODES
from server.lint.run import documentation
from server.parts import parts_of
from server.web.said import said
from server.web.texts import LANGUAGES, catalogue
from tests.conftest import COURIER, SHIP
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
SERVER = Path(__file__).parents[2] / "server"
# Rooms whose errors people read on a console.
ROOMS = ("web", "curation", "store/quality", "store/accounts.py")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("wrong")
    root = folder / "library"
    shop = {"name": "甲店", "platforms": ["douyin"], "facts": {"截止": "16:00"}}
    write_shop(root, "shop-a", [SHIP, COURIER], shop)
    made = create_app(Config(root, folder / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


Enter = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def enter(app: Flask) -> Enter:
    auth = parts_of(app).auth
    accounts = {role: auth.issue(role, role, "")[0] for role in ("agent", "lead", "admin")}

    def sign_in(role: str) -> FlaskClient:
        account = accounts[role]
        client = app.test_client()
        with client.session_transaction(base_url=BASE) as session:
            session["page"] = parts_of(app).auth.open_page(account)
        return client

    return sign_in


SETTINGS = {"base": "", "name": "新店名", "publishers": "阿明", "why": "换人"}
FACT = {"do": "save", "old": "", "owner": "仓库", "why": "换仓"}
WRONG = [
    pytest.param("scripts/bulk", {"ids": "ship.when", "set_valid_until": "1", "why": "续期到年底",
                                  "valid_until": "2026-13-40"}, "valid_until",
                 "填的是“2026-13-40”", "续期到年底", id="many scripts at once"),
    pytest.param("scripts", {"do": "publish", "title": "标题一", "reply": ""}, "reply",
                 "回复还是空的", "标题一", id="no reply"),
    pytest.param("scripts", {"do": "publish", "title": "标题一", "reply": "长" * 10_000}, "reply",
                 "有 10000 字，最多 2000 字", "标题一", id="ten thousand characters"),
    pytest.param("scripts", {"do": "publish", "title": "题", "reply": "答", "valid_until": "下周"},
                 "valid_until", "填的是“下周”", "下周", id="script's day"),
    pytest.param("scripts", {"do": "publish", "id": "坏 编号", "reply": "答"}, "id",
                 "编号“坏 编号”不能用", "坏 编号", id="script's id"),
    pytest.param("scripts", {"do": "publish", "id": "ship.when", "reply": "答案乙"}, "id",
                 "编号“ship.when”已被使用", "答案乙", id="id in use"),
    pytest.param("facts", FACT | {"name": "时效", "value": ""}, "value", "还没有填值", "仓库",
                 id="no value"),
    pytest.param("facts", FACT | {"name": "a{b", "value": "值甲"}, "name", "不能用作事实名称",
                 "值甲", id="fact's name"),
    pytest.param("facts", FACT | {"name": "截止", "value": "值甲"}, "name",
                 "已有名为“截止”的事实", "值甲", id="fact is there"),
    pytest.param("facts", FACT | {"name": "昵称", "value": "值甲"}, "name", "来自聊天页面", "值甲",
                 id="page's name"),
    pytest.param("facts", FACT | {"name": "时", "value": "值甲", "valid_from": "2026-13-01"},
                 "valid_from", "填的是“2026-13-01”", "值甲", id="fact's day"),
    pytest.param("facts", FACT | {"name": "时", "value": "甲", "valid_from": "2026-12-02",
                                  "valid_until": "2026-12-01"},
                 "valid_until", "结束早于开始", "2026-12-02", id="days reversed"),
    pytest.param("settings", SETTINGS | {"answer_s": "二十"}, "answer_s", "填的是“二十”", "阿明",
                 id="timer"),
    pytest.param("settings", SETTINGS | {"threshold": "7"}, "threshold", "填的是“7”", "新店名",
                 id="threshold"),
    pytest.param("settings", SETTINGS | {"synonyms": "发票"}, "synonyms", "“发票”不是一行用语",
                 "阿明", id="synonyms"),
    pytest.param("settings/rules", {"rules": "off: [nothing.such]"}, "rules", "规则没有保存",
                 "nothing.such", id="rules"),
    pytest.param("shops", {"id": "坏店", "name": "新店"}, "id", "编号“坏店”不能用", "新店",
                 id="shop's id"),
    pytest.param("shops", {"id": "shop-a", "name": "新店"}, "id", "已被使用", "新店",
                 id="shop is there"),
    pytest.param("people", {"do": "add", "name": "agent", "role": "qa"}, "name",
                 "已有名为“agent”的账号", "agent", id="account is there"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "form", "field", "told", "kept"), WRONG)
def test_told_beside_its_field_with_all_that_was_typed(
    app: Flask, enter: Enter, path: str, form: dict[str, str], field: str, told: str, kept: str
) -> None:
    client = enter("admin")
    answer = client.post(f"/lead/shop-a/{path}", data=form, base_url=BASE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    shown = re.search(rf'<p class="wrong" id="wrong-{field}" role="alert">([^<]*)</p>', page)
    assert shown is not None
    assert told in shown[1]
    assert "expected" not in shown[1]
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page)
    assert kept in page
    assert str(parts_of(app).catalog.root) not in page
    english = client.post(f"/lead/shop-a/{path}?lang=en", data=form, base_url=BASE)
    shown = re.search(
        rf'id="wrong-{field}" role="alert">([^<]*)</p>', english.get_data(as_text=True)
    )
    assert shown is not None
    quoted = re.sub(r"“[^”]*”|售前|售中|售后|四件套：床品套装、四件儿", "", shown[1])
    assert not CHINESE.search(quoted)


def raised(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def test_what_consoles_refuse_has_a_sentence_in_both_languages() -> None:
    codes = set()
    for path in SERVER.rglob("*.py"):
        for name, call in raised(path):
            if name == "EntryError" and isinstance(call.args[1], ast.Constant):
                codes.add(call.args[1].value)
    assert len(codes) > 30
    for language in LANGUAGES:
        assert {code for code in codes if f"wrong.{code}" not in catalogue(language)} == set()


def test_no_room_behind_a_console_phrases_an_error_itself() -> None:
    files = [
        path
        for room in ROOMS
        for path in ([SERVER / room] if room.endswith(".py") else (SERVER / room).rglob("*.py"))
    ]
    said_here = [path.name for path in files for name, call in raised(path) if name == "UsageError"]
    assert said_here == []


def test_every_finding_of_a_file_has_a_sentence() -> None:
    rules = [f"R{number:03d}" for number in range(1, 14)]
    codes = [*LOADER_CODES, *(code for code, _ in documentation()), "L000", *rules]
    for language in LANGUAGES:
        assert [code for code in codes if f"wrong.{code}" not in catalogue(language)] == []


def test_trouble_of_the_server_and_its_folders_stay_in_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    problem = Problem("/srv/data/lib/shop-a/rules.yaml", 3, "x", "R004", "pattern '(' is off", "")
    with app.test_request_context("/", base_url=BASE):
        told = said(StoreError("database /srv/data/bangda.db cannot be written"))
        finding = said(LibraryError([problem]))
    assert told.startswith("没有保存：服务器出了问题")
    assert "/srv/data/bangda.db" in caplog.text
    assert finding == "shop-a/rules.yaml 第 3 行 x：规则写法不对：(（R004）"


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/lead/shop-a/scripts/nothing", 404, "没有话术 nothing"),
        ("/no-such-page", 404, "地址不对，或内容已被删除"),
        ("/lead/shop-a/check", 405, "请从页面上的按钮或链接操作"),
        ("/lead/shop-a/review/99", 404, "地址不对，或内容已被删除"),
    ],
)
def test_error_pages_speak_the_readers_language(
    enter: Enter, address: str, status: int, told: str
) -> None:
    answer = enter("admin").get(address, base_url=BASE)
    assert answer.status_code == status
    assert told in answer.get_data(as_text=True)


def test_a_form_of_an_ended_session_leads_back_to_its_page(app: Flask) -> None:
    form = {"do": "publish", "reply": "答", "here": "/lead/shop-a/scripts/new"}
    answer = app.test_client().post("/lead/shop-a/scripts", data=form, base_url=BASE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "登录已结束" in page
    assert 'name="next" value="/lead/shop-a/scripts/new"' in page


@pytest.mark.parametrize(
    ("form", "confirmed"),
    [
        ({"do": "save", "name": "时效", "value": "48小时", "draft": "facts%2Fa"}, True),
        ({"do": "save", "name": "时效", "value": "", "draft": "facts%2Fa"}, False),
    ],
)
def test_a_draft_goes_only_when_it_is_saved(
    enter: Enter, form: dict[str, str], confirmed: bool
) -> None:
    answer = enter("lead").post("/lead/shop-a/facts", data=form, base_url=BASE)
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("bangda_saved=facts%2Fa") for cookie in cookies) is confirmed


NEW = {"do": "publish", "title": "退差价", "reply": "可以退差价", "questions": "能退差价吗"}


def scripts(app: Flask) -> list[str]:
    shop = parts_of(app).catalog.snapshot.shop("shop-a").shop
    return [
        script.reply for script in shop.scripts if script.id not in ("ship.when", "ship.courier")
    ]


def test_back_and_publish_again_makes_no_second_script(app: Flask, enter: Enter) -> None:
    client = enter("lead")
    page = client.get("/lead/shop-a/scripts/new", base_url=BASE).get_data(as_text=True)
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    form = NEW | {"once": once[1]}
    for reply in ("可以退差价", "可以退差价", "七天内可以退差价"):
        client.post("/lead/shop-a/scripts", data=form | {"reply": reply}, base_url=BASE)
    assert scripts(app) == ["七天内可以退差价"]
    other = form | {"title": "验货", "reply": "可以验货", "questions": "能验货吗"}
    client.post("/lead/shop-a/scripts", data=other, base_url=BASE)
    assert scripts(app) == ["七天内可以退差价", "可以验货"]
    client.post("/lead/shop-a/scripts", data=NEW | {"once": "another"}, base_url=BASE)
    assert len(scripts(app)) == 3


def test_back_and_send_again_makes_no_second_proposal(app: Flask, enter: Enter) -> None:
    agent, lead = enter("agent"), enter("lead")
    proposal = {"shop": "shop-a", "question": "能退吗", "once": "form-1"}
    for reply in ("能退", "能退的"):
        agent.post("/lead/propose", data=proposal | {"reply": reply}, base_url=BASE)
    for reply in ("可以", "可以的"):
        draft = NEW | {"do": "draft", "once": "form-2", "reply": reply}
        lead.post("/lead/shop-a/scripts", data=draft, base_url=BASE)
    page = lead.get("/lead/shop-a/review", base_url=BASE).get_data(as_text=True)
    assert page.count('name="ids"') == 2
    assert "能退的" in page and "可以的" in page


def test_the_same_standard_question_is_kept_once(app: Flask, enter: Enter) -> None:
    client = enter("lead")
    for _ in range(2):
        form = {"message": "几点发货", "expected": "ship.when"}
        client.post("/lead/shop-a/golden", data=form, base_url=BASE)
    page = client.get("/lead/shop-a/trial", base_url=BASE).get_data(as_text=True)
    assert page.count("几点发货") == 1
