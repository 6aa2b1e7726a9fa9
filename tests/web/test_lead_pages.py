"""Who may open the lead's console, and what its pages answer without a browser."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.catalog.site_adapters import open_platforms
from server.library.fields import LIST_FIELDS, TEXT_FIELDS
from server.parts import parts_of
from server.store import ConversationRow, EventRow, MessageRow
from server.web import lead
from server.web.texts import LANGUAGES, catalogue
from tests.conftest import COURIER, SHIP
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
HTML = "<script>alert(1)</script>"
PAGES = ("scripts", "scripts/new", "scripts/ship.when", "scripts/ship.when/history", "trial",
         "review", "gaps", "use", "phrases", "use/ship.when", "facts", "exchange", "history",
         "settings", "people", "shoppers", "health", "replace", "rules")  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    nasty = dict.fromkeys(TEXT_FIELDS, HTML) | {name: [HTML] for name in LIST_FIELDS}
    nasty |= {"id": "html", "stage": "售后", "reply": f"{HTML}{{{HTML}}}"}
    facts = {"截止": "16:00", HTML: {"value": HTML, "owner": HTML}}
    settings = {"publishers": f"{HTML}、admin、lead、老板、乙", "timezone": "Asia/Shanghai"}
    shop = {"name": HTML, "platforms": [HTML], "facts": facts, "settings": settings}
    write_shop(root, "shop-a", [SHIP, COURIER, nasty], shop)
    write_shop(root, "shop-b", [COURIER])
    made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


Enter = Callable[..., FlaskClient]


@pytest.fixture
def enter(app: Flask) -> Enter:
    def sign_in(role: str, shop: str = "", name: str = "") -> FlaskClient:
        account, _ = parts_of(app).auth.issue(name or f"{role}{shop}", role, shop)
        client = app.test_client()
        with client.session_transaction(base_url=BASE) as session:
            session["page"] = parts_of(app).auth.open_page(account)
        return client

    return sign_in


@pytest.mark.parametrize(("role", "told"), [("lead", True), ("agent", False)])
def test_the_start_page_names_what_is_broken_and_what_is_set_aside(
    app: Flask, enter: Enter, role: str, told: bool
) -> None:
    catalog = parts_of(app).catalog
    (catalog.root / "shop-b" / "more.yaml").write_text("scripts: [", encoding="utf-8")
    (catalog.root / "shop-b" / "scripts (1).yaml").write_text("scripts: []\n", encoding="utf-8")
    catalog.reload()
    page = enter(role).get("/", base_url=BASE).get_data(as_text=True)
    assert ("shop-b/more.yaml 第 1 行：[ 没有配对的 ]" in page) == told
    assert ("shop-b/scripts (1).yaml" in page) == told


@pytest.mark.parametrize("held", ["", "short"])
def test_a_damaged_session_key_is_made_anew(tmp_path: Path, held: str) -> None:
    write_shop(tmp_path / "library", "shop-a", [SHIP])
    key = tmp_path / "data" / "session.key"
    key.parent.mkdir()
    key.write_text(held, encoding="ascii")
    config = Config(tmp_path / "library", tmp_path / "data", port=8765)
    keys = []
    for _ in range(2):
        made = create_app(config, CharacterEncoder())
        keys.append(made.secret_key)
        parts_of(made).close()
    assert len(str(keys[0])) >= 32
    assert keys == [key.read_text(encoding="ascii")] * 2


def seed_html(app: Flask, client: FlaskClient) -> str:
    """The same text as a proposal, a message, a task, a golden question and a file; its plan."""
    parts = parts_of(app)
    # A name of its own: a shopper's name is hidden wherever it stands in a text.
    owner = ConversationRow("shop-a", "", "c", HTML, "<b>某人</b>", HTML)
    parts.traffic.record_turn(owner, MessageRow("m0", "shopper", HTML, ""))
    for number in range(3):
        parts.traffic.record_event(
            owner, EventRow("sent", f"o{number}", text=HTML, outcome="other")
        )
        sent = EventRow("sent", f"e{number}", text=HTML, outcome="edited", script_id="html")
        parts.traffic.record_event(owner, sent)
    # Behind what was sent: a miss in it is told with that, also where a second ends in between.
    parts.traffic.record_turn(owner, MessageRow("m1", "agent", HTML, ""))
    parts.traffic.record_event(owner, EventRow("missing_script", "r", text=HTML))
    number = parts.database.rows("SELECT id FROM messages WHERE sender = 'agent'")[0]["id"]
    findings = parts.quality.findings
    findings.add_task(findings.report_miss(number, "qa", "rudeness", HTML), "fix", HTML)
    form = {"shop": "shop-a", "question": HTML, "reply": HTML, "note": HTML}
    client.post("/lead/propose", data=form, base_url=BASE)
    form = {"message": HTML, "expected": "html", "turns": HTML}
    client.post("/lead/shop-a/golden", data=form, base_url=BASE)
    base = parts.catalog.snapshot.shop("shop-a").shop.by_id["html"].version
    form = {"id": "html", "reply": HTML, "base": base, "why": HTML, "do": "publish"}
    form |= {"title": HTML, "questions": HTML}
    assert client.post("/lead/shop-a/scripts", data=form, base_url=BASE).status_code == 302
    text = f"回复,问法,{HTML}\n{HTML},{HTML},{HTML}\n"
    file = (io.BytesIO(text.encode()), f"{HTML.replace('/', '')}.csv")
    posted = client.post("/lead/shop-a/import", data={"file": file}, base_url=BASE)
    return posted.location.removeprefix("/lead/shop-a/")


def test_pages_escape_everything_and_name_every_text(app: Flask, enter: Enter) -> None:
    client = enter("admin")
    plan = seed_html(app, client)
    more = ("review/1", "review/1/edit", f"trial?message={HTML}&turns={HTML}", plan,
            f"scripts?q={HTML}")  # fmt: skip
    gaps = client.get("/lead/shop-a/gaps", base_url=BASE).get_data(as_text=True)
    assert gaps.count("&lt;script&gt;") >= 8
    for page in ("propose", *(f"shop-a/{page}" for page in (*PAGES, *more))):
        for language in ("zh", "en"):
            mark = "&" if "?" in page else "?"
            answer = client.get(f"/lead/{page}{mark}lang={language}", base_url=BASE,
                                follow_redirects=True)  # fmt: skip
            body = answer.get_data(as_text=True)
            assert answer.status_code == 200, page
            assert "<script>alert" not in body, page
            assert ">lead." not in body and '"lead.' not in body, page


def test_every_text_that_is_named_exists_in_both_languages() -> None:
    room = Path(lead.__file__).parent
    sources = [*room.rglob("*.html"), *room.glob("*.py")]
    texts = "".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r"""\bt\(\s*['"](lead\.\w+)['"]\s*[,)]""", texts))
    named |= {f"lead.{key}" for key in re.findall(r"""\bsay\(\s*"(\w+)"\s*[,)]""", texts)}
    assert "lead.propose_hint" in named and "lead.published" in named
    assert {lang: named - set(catalogue(lang)) for lang in LANGUAGES} == {"zh": set(), "en": set()}
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_roles(enter: Enter) -> None:
    page = "/lead/shop-a/scripts"
    roles = ("agent", "qa", "lead", "admin")
    answers = [enter(role).get(page, base_url=BASE).status_code for role in roles]
    assert answers == [403, 403, 200, 200]


def test_nobody_without_signing_in(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/lead/shop-a/scripts", base_url=BASE).status_code == 302
    assert client.post("/lead/shop-a/scripts", base_url=BASE).status_code == 401


def test_lead_of_one_shop_sees_no_other(enter: Enter) -> None:
    client = enter("lead", "shop-b")
    assert client.get("/lead/shop-a/scripts", base_url=BASE).status_code == 404
    assert client.get("/lead", base_url=BASE).location.endswith("/lead/shop-b/scripts")


def test_only_admins_see_and_change_accounts(enter: Enter) -> None:
    body = enter("lead").get("/lead/shop-a/people", base_url=BASE).get_data(as_text=True)
    assert "新增账号" not in body
    form = {"do": "add", "name": "x", "role": "admin"}
    assert (
        enter("lead", name="另一个")
        .post("/lead/shop-a/people", data=form, base_url=BASE)
        .status_code
        == 403
    )
    code = {"do": "code", "role": "admin"}
    assert (
        enter("lead", name="第三个")
        .post("/lead/shop-a/people", data=code, base_url=BASE)
        .status_code
        == 403
    )


def test_publishers_setting_sends_others_to_review(app: Flask, enter: Enter) -> None:
    boss = enter("lead", name="老板")
    settings = {"name": "店", "publishers": "老板"}
    boss.post("/lead/shop-a/settings", data=settings, base_url=BASE)
    form = {"id": "new.one", "reply": "好的", "questions": "在不在", "do": "publish"}
    junior = enter("lead", name="新人")
    junior.post("/lead/shop-a/scripts", data=form, base_url=BASE)
    assert "new.one" not in parts_of(app).catalog.snapshot.shop("shop-a").shop.by_id
    assert junior.post("/lead/shop-a/scripts/ship.when/remove", base_url=BASE).status_code == 400
    boss.post("/lead/shop-a/review/1", data={"do": "approve", "comment": "可以"}, base_url=BASE)
    assert "new.one" in parts_of(app).catalog.snapshot.shop("shop-a").shop.by_id


def test_agent_proposes_and_review_off_publishes(app: Flask, enter: Enter) -> None:
    agent = enter("agent", "shop-a", name="小王")
    form = {"question": "周末发货吗\r\n周日发不发", "reply": "周末照常发货"}
    agent.post("/lead/propose", data=form, base_url=BASE)
    body = enter("lead").get("/lead/shop-a/review", base_url=BASE).get_data(as_text=True)
    assert "周末照常发货" in body and "小王" in body
    enter("lead", name="乙").post(
        "/lead/shop-a/settings", data={"name": "店", "review": "off"}, base_url=BASE
    )
    agent.post("/lead/propose", data=form | {"reply": "周日也发"}, base_url=BASE)
    scripts = parts_of(app).catalog.snapshot.shop("shop-a").shop.scripts
    assert [s.questions for s in scripts if s.reply == "周日也发"] == [("周末发货吗", "周日发不发")]


def test_broken_rules_are_never_written(app: Flask, enter: Enter, tmp_path: Path) -> None:
    client = enter("lead")
    answer = client.post("/lead/shop-a/settings/rules", data={"rules": "rules: ["}, base_url=BASE)
    assert answer.status_code == 400
    assert not (tmp_path / "library" / "shop-a" / "rules.yaml").exists()


def test_new_shop(app: Flask, enter: Enter) -> None:
    client = enter("admin")
    made = client.post("/lead/shop-a/shops", data={"id": "neu", "name": "新店"}, base_url=BASE)
    assert made.location.endswith("/lead/neu/settings")
    assert "还没有话术" in client.get("/lead/neu/scripts", base_url=BASE).get_data(as_text=True)
    form = {"reply": "您好", "title": "问候", "do": "publish"}
    client.post("/lead/neu/scripts", data=form, base_url=BASE)
    assert parts_of(app).catalog.snapshot.shop("neu").shop.by_id["wen-hou"].reply == "您好"


def test_what_the_gate_left_is_tried_afterwards_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.web.lead.common.most_of", lambda _index: 0)
    root = tmp_path / "library"
    ship = {"id": "ship", "reply": "今天发", "questions": ["几点发"], "tests": ["几点能发货"]}
    write_shop(root, "shop-a", [ship, {"id": "refund", "title": "退款", "reply": "三天到账"}])
    made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
    account = parts_of(made).auth.issue("主管", "lead", "")[0]
    client = made.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = parts_of(made).auth.open_page(account)
    base = parts_of(made).catalog.snapshot.shop("shop-a").shop.by_id["refund"].version
    form = {"id": "refund", "title": "退款", "reply": "三天到账", "base": base, "do": "publish",
            "questions": "几点能发货"}  # fmt: skip
    assert client.post("/lead/shop-a/scripts", data=form, base_url=BASE).status_code == 302
    for thread in [t for t in threading.enumerate() if t.name == "job-gate"]:
        thread.join(20)
    page = client.get("/lead/shop-a/facts", base_url=BASE).get_data(as_text=True)
    assert "发布“退款”后，有 1 个标准问题变差" in page
    job = client.get("/lead/shop-a/jobs/1", base_url=BASE).get_data(as_text=True)
    assert "几点能发货" in job and "变差" in job
    page = client.get("/lead/shop-a/facts", base_url=BASE).get_data(as_text=True)
    assert "变差" not in page
    parts_of(made).close()


def test_open_pages_are_kept_in_the_settings(app: Flask, enter: Enter) -> None:
    client, form = enter("lead"), {"name": "店", "pages_shown": "1"}
    platforms = {"platforms": ["douyin", "kuaishou"]}
    kept = []
    for ticked in (["douyin"], [], ["douyin", "kuaishou"]):
        sent = form | platforms | {"adapters": ticked}
        # Which pages there are to open follows the platforms that were saved before.
        for _ in range(2):
            client.post("/lead/shop-a/settings", data=sent, base_url=BASE)
        shop = parts_of(app).catalog.snapshot.shop("shop-a").shop
        kept.append((shop.settings.get("adapters"), open_platforms(shop)))
    assert kept == [("douyin", {"douyin"}), ("off", set()), (None, None)]
    client.post("/lead/shop-a/settings", data=form | platforms, base_url=BASE)
    body = client.get("/lead/shop-a/settings", base_url=BASE).get_data(as_text=True)
    assert 'name="adapters" value="douyin" >' in body


def test_the_shops_words_are_kept_and_used(app: Flask, enter: Enter) -> None:
    client, path = enter("lead"), "/lead/shop-a/settings"
    given = "发票：小票、 fapiao\n\n快递=物流"
    client.post(path, data={"name": "店", "synonyms": given}, base_url=BASE)
    served = parts_of(app).catalog.snapshot.shop("shop-a")
    assert dict(served.shop.synonyms) == {"发票": ("小票", "fapiao"), "快递": ("物流",)}
    assert served.index.synonyms.said("小票 FaPiao") == "发票 发票"
    body = client.get(path, base_url=BASE).get_data(as_text=True)
    assert "发票：小票、fapiao\n快递：物流" in body
    refused = client.post(path, data={"name": "店", "synonyms": "发票"}, base_url=BASE)
    assert "四件套：床品套装" in refused.get_data(as_text=True)
    client.post(path, data={"name": "店", "synonyms": ""}, base_url=BASE)
    assert parts_of(app).catalog.snapshot.shop("shop-a").index.synonyms.words == {}


def test_an_upload_survives_a_restart_and_can_be_dropped(tmp_path: Path) -> None:
    root = tmp_path / "library"
    write_shop(root, "shop-a", [SHIP], {"facts": {"截止": "16:00"}})
    plan = ""
    for deed in ("upload", "look", "drop"):
        made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
        account = parts_of(made).auth.issue(deed, "lead", "")[0]
        client = made.test_client()
        with client.session_transaction(base_url=BASE) as session:
            session["page"] = parts_of(made).auth.open_page(account)
        if deed == "upload":
            file = (io.BytesIO("回复,问法\n答复一,问题一\n".encode()), "话术.csv")
            posted = client.post("/lead/shop-a/import", data={"file": file}, base_url=BASE)
            plan = posted.location
        listed = client.get("/lead/shop-a/exchange", base_url=BASE).get_data(as_text=True)
        assert "话术.csv" in listed
        assert "答复一" in client.get(plan, base_url=BASE).get_data(as_text=True)
        if deed == "drop":
            client.post(plan, data={"do": "drop"}, base_url=BASE)
            assert client.get(plan, base_url=BASE).status_code == 302
            assert list((tmp_path / "data" / "uploads").iterdir()) == []
        parts_of(made).close()


def test_import_mapping_by_hand(app: Flask, enter: Enter) -> None:
    client = enter("lead")
    file = (io.BytesIO("甲,乙\n答复一,问题一\n".encode()), "a.csv")
    plan = client.post("/lead/shop-b/import", data={"file": file}, base_url=BASE).location
    assert "没有“回复”列" in client.get(plan, base_url=BASE).get_data(as_text=True)
    chosen = f"{plan}?map_0_0=reply&map_0_1=questions"
    assert "答复一" in client.get(chosen, base_url=BASE).get_data(as_text=True)
    job = client.post(chosen, data={"do": "publish"}, base_url=BASE).location
    assert "/jobs/" in job
    assert client.get(job, base_url=BASE).status_code == 200
    jobs = [t for t in threading.enumerate() if t.name == "job-import"]
    for thread in jobs:
        thread.join(20)
    scripts = parts_of(app).catalog.snapshot.shop("shop-b").shop.scripts
    assert [(s.reply, s.questions) for s in scripts][-1] == ("答复一", ("问题一",))
