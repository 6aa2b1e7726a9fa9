"""The pages of work: who sees and changes what, and that every text is there in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import create_app
from server.base.config import Config
from server.base.times import utc_now, utc_text
from server.desk.seat import Seat
from server.parts import Parts, parts_of
from server.protocol.frames import Event, Message, WorkAsk
from server.store.quality.bulk import Bulk, PastMessage, PastTalk
from server.store.quality.orders import Order, Orders
from server.store.rows import ConversationRow
from server.web import work
from server.web.texts import LANGUAGES, catalogue
from server.web.work.common import TABS
from tests.support import CharacterEncoder, write_shop

SHANGHAI = ZoneInfo("Asia/Shanghai")
BASE = "http://127.0.0.1:8765"
HTML = "<script>alert(1)</script>"
SCRIPT = {"id": "ship.when", "title": "什么时候发货", "reply": "今天发"}
Enter = Callable[..., FlaskClient]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    for shop in ("shop-a", "shop-b"):
        write_shop(root, shop, [SCRIPT])
    made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.fixture
def parts(app: Flask) -> Parts:
    return parts_of(app)


@pytest.fixture
def enter(app: Flask, parts: Parts) -> Enter:
    """A client that is signed in as somebody of shop-a."""

    def open_as(name: str, role: str = "agent", shop: str = "shop-a") -> FlaskClient:
        account = parts.accounts.by_name(name) or parts.auth.issue(name, role, shop)[0]
        client = app.test_client()
        with client.session_transaction(base_url=BASE) as session:
            session["page"] = parts.auth.open_page(account)
        return client

    return open_as


def send(parts: Parts, name: str, text: str, talk: str = "c1", shop: str = "shop-a") -> Seat:
    """An agent sends a text."""
    account = parts.accounts.by_name(name) or parts.auth.issue(name, "agent", shop)[0]
    seat = Seat(account, shop, "kuaishou")
    parts.desk.event(
        seat, Event(request_id=text, event="sent", conversation_id=talk, text=text, at=utc_now())
    )
    return seat


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=BASE, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def quoted(body: str) -> list[str]:
    """What stands in quotes on a page."""
    return re.findall(r"<blockquote>(.*?)</blockquote>", body)


def test_what_an_agent_sent_becomes_an_entry_and_is_kept(parts: Parts, enter: Enter) -> None:
    send(parts, "小王", "亲，24小时内给您回复")
    send(parts, "小李", "明天给您打电话", talk="c2")
    assert quoted(page(enter("小王"), "/work")) == ["24小时内给您回复"]
    everybody = page(enter("主管", "lead"), "/work")
    assert set(quoted(everybody)) == {"24小时内给您回复", "明天给您打电话"}
    send(parts, "小王", "亲，已经核实到了，今天会到")
    assert quoted(page(enter("小王"), "/work")) == []
    assert quoted(page(enter("小王"), "/work/promises?view=kept")) == ["24小时内给您回复"]


def test_the_panel_lists_and_changes_the_agents_own(parts: Parts) -> None:
    seat = send(parts, "小王", "24小时内给您回复")
    other = send(parts, "小李", "明天给您打电话", talk="c2")
    (mine,) = parts.desk.work(seat, WorkAsk(request_id="w")).promises
    assert (mine.kind, mine.conversation_id) == ("reply", "c1")
    assert mine.rings_at < mine.due_at
    due = "2099-01-01T08:00:00.000Z"
    mended = parts.desk.work(seat, WorkAsk(action="mend", promise_id=mine.promise_id, due_at=due))
    assert [one.due_at for one in mended.promises] == [due]
    with pytest.raises(Exception, match="不是你的"):
        parts.desk.work(other, WorkAsk(action="keep", promise_id=mine.promise_id))
    with pytest.raises(Exception, match="time to come"):
        past = WorkAsk(action="mend", promise_id=mine.promise_id, due_at="2020-01-01T00:00:00Z")
        parts.desk.work(seat, past)
    kept = parts.desk.work(seat, WorkAsk(action="keep", promise_id=mine.promise_id))
    assert kept.promises == []


def test_an_agent_changes_no_colleagues_promise(parts: Parts, enter: Enter) -> None:
    send(parts, "小王", "24小时内给您回复")
    number = parts.work.promises.listed("shop-a", "open", utc_now())[0]["id"]
    address = f"/work/promises/{number}"
    answer = enter("小李").post(address, data={"do": "drop"}, base_url=BASE)
    assert answer.status_code == 403
    foreign = enter("外主管", "lead", "shop-b").post(address, data={"do": "drop"}, base_url=BASE)
    assert foreign.status_code == 403
    assert len(parts.work.promises.listed("shop-a", "open", utc_now())) == 1
    assert enter("小王").post(address, data={"do": "keep"}, base_url=BASE).status_code == 302
    again = enter("小王").post(address, data={"do": "keep"}, base_url=BASE, follow_redirects=True)
    assert "已经处理过" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("due", "said"),
    [("", "应为日期和时间"), ("2020-01-01T10:00", "已经过去"), ("2099-01-01T10:00", "已改期")],
)
def test_a_new_time_is_the_shops_and_to_come(
    parts: Parts, enter: Enter, due: str, said: str
) -> None:
    send(parts, "小王", "24小时内给您回复")
    number = parts.work.promises.listed("shop-a", "open", utc_now())[0]["id"]
    form = {"do": "mend", "due": due}
    answer = enter("小王").post(
        f"/work/promises/{number}", data=form, base_url=BASE, follow_redirects=True
    )
    assert said in answer.get_data(as_text=True)
    if "2099" in due:
        assert parts.work.promises.one(number)["due_at"] == "2099-01-01T02:00:00.000Z"


def test_closed_days_move_what_is_promised_next(parts: Parts, enter: Enter) -> None:
    client = enter("主管", "lead")
    form = {"days": "2099-01-01 至 2099-01-03"}
    saved = client.post("/work/closed-days", data=form, base_url=BASE, follow_redirects=True)
    assert "已保存 3 个休息日" in saved.get_data(as_text=True)
    wrong = client.post(
        "/work/closed-days", data={"days": "春节"}, base_url=BASE, follow_redirects=True
    )
    assert "第 1 行是“春节”" in wrong.get_data(as_text=True)
    assert parts.work.closed_days.of("shop-a")[0] == date(2099, 1, 1)
    agent = enter("小王").post("/work/closed-days", data=form, base_url=BASE)
    assert agent.status_code == 403


def order(number: str, minutes: float, fen: int = 5000, shopper: str = "") -> Order:
    """An unpaid order that was placed so long ago."""
    placed = utc_text(datetime.now(UTC) - timedelta(minutes=minutes))
    return Order(number, shopper, fen=fen, paid=0, day="2026-11-30", ordered_at=placed,
                 product="收纳箱")  # fmt: skip


def take(parts: Parts, *orders: Order) -> None:
    Orders(parts.database, parts.quality.audit).take(list(orders), "shop-a", "taobao", "主管")


def test_an_order_is_taken_on_by_one_and_reminded_of_once(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", 60 * 30), order("1002", 1), order("1003", 60 * 30, fen=90_000))
    first, second = enter("小王"), enter("小李")
    assert "1003" in page(first, "/work/unpaid?view=calls")
    assert "1002" in page(first, "/work/unpaid?view=later")
    form = {"platform": "taobao", "order_id": "1001"}
    assert first.post("/work/unpaid/claim", data=form, base_url=BASE).location.endswith("view=mine")
    again = second.post("/work/unpaid/claim", data=form, base_url=BASE, follow_redirects=True)
    assert "同事正在跟进这一单" in again.get_data(as_text=True)
    mine = page(first, "/work/unpaid?view=mine")
    assert "1001" in mine and "没有合适的催付话术" in mine
    number = int(re.search(r"/work/unpaid/(\d+)", mine)[1])  # type: ignore[index]
    stolen = second.post(f"/work/unpaid/{number}", data={"do": "reminded"}, base_url=BASE)
    assert stolen.status_code == 403
    for form in ({"do": "reason", "reason": "price"}, {"do": "reminded"}):
        assert first.post(f"/work/unpaid/{number}", data=form, base_url=BASE).status_code == 302
    assert "嫌贵" in page(first, "/work/unpaid?view=reminded")
    assert first.get("/work/unpaid?view=figures", base_url=BASE).status_code == 404
    lead = page(enter("主管", "lead"), "/work/unpaid?view=figures")
    assert "看价格和满减是否说清" in lead and "这不是实验" in lead
    take(parts, Order("1001", fen=5000, paid=1, day="2026-11-30"))
    assert "1001" not in page(first, "/work/unpaid?view=reminded")


def test_a_holdout_leaves_one_in_ten_alone_and_says_so(parts: Parts, enter: Enter) -> None:
    take(parts, order("1007", 60 * 30, fen=90_000), order("1008", 60 * 30, fen=90_000))
    lead = enter("主管", "lead")
    form = {"held": "1", "large": "800"}
    assert lead.post("/work/unpaid/settings", data=form, base_url=BASE).status_code == 302
    calls = page(lead, "/work/unpaid?view=calls")
    assert "1008" in calls and "1007" not in calls
    assert "尾号为 7" in page(lead, "/work/unpaid?view=figures")
    wrong = {"large": "很多"}
    told = lead.post("/work/unpaid/settings", data=wrong, base_url=BASE, follow_redirects=True)
    assert "很多" in told.get_data(as_text=True)
    assert "留出不提醒的" in page(lead, "/work/unpaid?view=figures")  # nothing was changed
    agent = enter("小王").post("/work/unpaid/settings", data=form, base_url=BASE)
    assert agent.status_code == 403


def number_of(answer: TestResponse) -> int:
    """The number in the address that an answer leads to."""
    return int(answer.location.rsplit("/", 1)[1])


def test_a_request_from_talk_to_closed(parts: Parts, enter: Enter) -> None:
    client = enter("小王")
    form = {"order_id": "1001", "product": "收纳箱", "said": "箱子裂了，电话13800000000"}
    number = number_of(client.post("/work/requests", data=form, base_url=BASE))
    body = page(client, f"/work/requests/{number}")
    assert "质量 · 破损" in body and "‹手机号›" in body and "还没有这类问题的处理步骤" in body
    colleague = enter("小李")
    again = colleague.post("/work/requests", data={"order_id": "1001"}, base_url=BASE)
    assert number_of(again) == number
    assert "已有没结束的售后单" in page(colleague, f"/work/requests/{number}")
    other = {"order_id": "1001", "another": "1"}
    assert number_of(client.post("/work/requests", data=other, base_url=BASE)) != number
    address = f"/work/requests/{number}"
    client.post(address, data={"station": "returning"}, base_url=BASE)
    assert "1001" in page(client, "/work/requests?view=shopper")
    fields = {"solution": "repair", "waiting_for": "maker", "freight_fen": "12.50", "invoice": "1"}
    saved = client.post(address, data=fields, base_url=BASE, follow_redirects=True)
    assert "已保存" in saved.get_data(as_text=True)
    row = parts.work.requests.one(number)
    assert (row["freight_fen"], row["invoice"], row["waiting_for"]) == (1250, 1, "maker")
    wrong = client.post(address, data={"freight_fen": "十块"}, base_url=BASE, follow_redirects=True)
    assert "十块" in wrong.get_data(as_text=True)
    client.post(address, data={"station": "closed"}, base_url=BASE)
    assert "1001" in page(client, "/work/requests?view=closed")
    late = client.post(address, data={"station": "talked"}, base_url=BASE, follow_redirects=True)
    assert "已经处理过了" in late.get_data(as_text=True)
    lead = page(enter("主管", "lead"), "/work/requests?view=figures")
    assert "维修" in lead and "12.50" in lead and "反复售后的订单" in lead


def test_a_talk_becomes_a_request_and_opens_it_again(parts: Parts) -> None:
    account = parts.auth.issue("小王", "agent", "shop-a")[0]
    seat = Seat(account, "shop-a", "kuaishou")
    asked = WorkAsk(action="open", conversation_id="c1", page={"order_id": "9", "product": "箱"})
    with pytest.raises(Exception, match="nothing was said"):
        parts.desk.work(seat, WorkAsk(action="open", conversation_id="c1"))
    parts.desk.message(seat, Message(conversation_id="c1", message_id="m1", text="少发了一个盖子"))
    parts.database.flush()
    (made,) = parts.desk.work(seat, asked).requests
    assert (made.order_id, made.kind, made.station) == ("9", "wrong.missing", "talked")
    row = parts.work.requests.one(made.number)
    assert (row["said"], row["product"], row["agent"]) == ("少发了一个盖子", "箱", "小王")
    # The same order in another conversation, of a colleague: the same request.
    other = Seat(parts.auth.issue("小李", "agent", "shop-a")[0], "shop-a", "kuaishou")
    again = WorkAsk(action="open", conversation_id="c2", page={"order_id": "9"})
    assert [one.number for one in parts.desk.work(other, again).requests] == [made.number]
    listed = parts.desk.work(seat, WorkAsk(conversation_id="c1"))
    assert [one.number for one in listed.requests] == [made.number]
    assert parts.desk.work(seat, WorkAsk(conversation_id="c3")).requests == []


def test_requests_export_as_xlsx(parts: Parts, enter: Enter) -> None:
    client = enter("主管", "lead")
    form = {"order_id": "0012345678901234567", "said": "=1+1 发错货"}
    client.post("/work/requests", data=form, base_url=BASE)
    answer = client.get("/work/requests.xlsx", base_url=BASE)
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    told = dict(zip(head, row, strict=True))
    assert told["订单号"] == "0012345678901234567"
    assert told["问题类型"] == "发错漏发 · 发错商品"
    assert told["运费（元）"] == 0
    assert str(told["买家说了什么"]).endswith("=1+1 发错货")
    (noted,) = (r for r in parts.quality.access.newest("") if r["action"] == "requests export")
    assert noted["who"] == "主管"


def test_pages_escape_everything(parts: Parts, enter: Enter) -> None:
    send(parts, "小王", f"24小时内给您回复{HTML}", talk=HTML)
    body = page(enter("主管", "lead"), "/work")
    assert "&lt;script&gt;" in body and "<script>alert" not in body


def test_roles(enter: Enter) -> None:
    roles = ("agent", "qa", "lead", "admin")
    for tab, _ in TABS:
        path = f"/work/{tab.replace('_', '-')}"
        answers = [enter(r, r).get(path, base_url=BASE).status_code for r in roles]
        assert answers == [200, 403, 200, 200], tab


def test_every_text_that_is_named_exists_in_both_languages() -> None:
    room = Path(work.__file__).parent
    sources = [*room.rglob("*.html"), *room.glob("*.py")]
    texts = "".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r"""\bt\(\s*['"](work\.\w+)['"]\s*[,)]""", texts))
    named |= {f"work.{key}" for key in re.findall(r"""\bsay\(\s*"(\w+)"\s*[,)]""", texts)}
    assert "work.promises_hint" in named
    for language in LANGUAGES:
        assert named - set(catalogue(language)) == set()
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_a_day_writes_itself_and_takes_an_agents_lines(parts: Parts, enter: Enter) -> None:
    send(parts, "小王", "亲，24小时内给您回复")
    send(parts, "小李", "在的亲", talk="c2")
    mine = enter("小王")
    assert "1 个，按时 0，失约 0" in page(mine, "/work/day")
    words = "今天问尺码的多，电话13800138000"
    answer = mine.post("/work/day", data={"words": words}, base_url=BASE)
    assert answer.status_code == 302
    assert "今天问尺码的多" in page(mine, "/work/day")
    assert "13800138000" not in page(mine, "/work/day")
    assert "今天问尺码的多" not in page(enter("小李"), "/work/day")
    team = page(enter("主管", "lead"), "/work/day")
    assert "小李" in team
    assert "今天问尺码的多" in team
    long = mine.post(
        "/work/day", data={"words": "长" * 1001}, base_url=BASE, follow_redirects=True
    ).get_data(as_text=True)
    assert "1001" in long
    assert "今天问尺码的多" in page(mine, "/work/day")


def test_a_day_is_exported_by_leads_only(parts: Parts, enter: Enter) -> None:
    send(parts, "小王", "明天给您打电话")
    assert enter("小王").get("/work/day.xlsx", base_url=BASE).status_code == 403
    answer = enter("主管", "lead").get("/work/day.xlsx", base_url=BASE)
    heads, row = list(openpyxl.load_workbook(BytesIO(answer.data)).active.values)
    found = dict(zip(heads, row, strict=True))
    assert (found["客服"], found["会话"], found["承诺"]) == ("小王", 1, 1)


@pytest.mark.parametrize("asked", ["昨天", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_told(enter: Enter, asked: str) -> None:
    answer = enter("主管", "lead").get(f"/work/day?day={asked}", base_url=BASE)
    assert answer.status_code in (400, 404)


def test_before_a_shift_stands_what_is_due_and_what_changed(
    app: Flask, parts: Parts, enter: Enter
) -> None:
    send(parts, "小王", "今天给您回复")
    today = datetime.now(SHANGHAI).date().isoformat()
    folder = parts.config.library_dir
    ends = SCRIPT | {
        "id": "sale.end",
        "title": "满减活动",
        "reply": "满 99 减 10",
        "valid_until": today,
    }
    write_shop(folder, "shop-a", [SCRIPT, ends])
    parts.catalog.reload()
    body = page(enter("小王"), "/work/shift")
    assert "今天给您回复" in body
    assert "满减活动" in body
    assert "满 99 减 10" in body
    assert "今天给您回复" not in page(enter("小李"), "/work/shift")


REVIEWS = (
    "订单编号,买家昵称,评分,评价内容,评价时间,商品标题\n"
    "A1001,u1,1,质量太差，电话13800138000,2026-11-20 10:00,四件套\n"
    "A1002,u2,5,很好,2026-11-20,四件套\n"
    "A1003,u3,十,还行,2026-11-20,四件套\n"
)
QUESTIONS = "问题,提问时间\n什么时候发货,2026-11-21\n能不能上月球,2026-11-21\n"


def upload(client: FlaskClient, content: str, **form: str) -> TestResponse:
    data = {"platform": "kuaishou", "file": (BytesIO(content.encode()), "r.csv"), **form}
    return client.post(
        "/work/reviews/import", data=data, base_url=BASE, follow_redirects=True,
        content_type="multipart/form-data",
    )  # fmt: skip


def test_bad_reviews_come_first_masked_once_and_with_their_talk(parts: Parts, enter: Enter) -> None:
    order = Order("A1001", "u1", fen=100, day="2026-11-19")
    Orders(parts.database, parts.quality.audit).take([order], "shop-a", "kuaishou", "主管")
    owner = ConversationRow("shop-a", "kuaishou", "c9", parts.desk.kept_id("u1"), "小*", "小王")
    asked = PastMessage("shopper", "在吗", utc_now())
    Bulk(parts.database).add([PastTalk(owner, [asked])])
    lead = enter("主管", "lead")
    said = upload(lead, REVIEWS).get_data(as_text=True)
    assert "新增 2 条，已有 0 条" in said
    assert "第 4 行没有导入：评分“十”看不懂" in said
    assert "13800138000" not in said
    assert len(quoted(said)) == 1
    assert ">看会话</a>" in said
    assert "新增 0 条，已有 2 条" in upload(lead, REVIEWS).get_data(as_text=True)
    assert enter("小王").post("/work/reviews/import", base_url=BASE).status_code == 403
    number = parts.work.reviews.listed("shop-a", "bad")[0]["id"]
    foreign = enter("外人", "lead", "shop-b")
    assert foreign.post(f"/work/reviews/{number}", base_url=BASE).status_code == 403
    done = {"do": "done"}
    enter("小王").post(f"/work/reviews/{number}", data=done, base_url=BASE)
    assert parts.work.reviews.counts("shop-a") == {"bad": 0, "questions": 0, "other": 1, "done": 1}


def test_a_question_without_a_script_goes_to_the_gaps(parts: Parts, enter: Enter) -> None:
    lead = enter("主管", "lead")
    upload(lead, QUESTIONS)
    rows = {row["words"]: row["id"] for row in parts.work.reviews.listed("shop-a", "questions")}
    lead.post(f"/work/reviews/{rows['能不能上月球']}", data={"do": "gap"}, base_url=BASE)
    events = parts.database.rows("SELECT text FROM events WHERE event = 'missing_script'")
    assert [row["text"] for row in events] == ["能不能上月球"]


def test_a_review_file_that_is_none_is_told(enter: Enter) -> None:
    lead = enter("主管", "lead")
    assert "没有评价或问题这一列" in upload(lead, "a,b\n1,2\n").get_data(as_text=True)
    assert "不在可选项里" in upload(lead, REVIEWS, platform="月球").get_data(as_text=True)
