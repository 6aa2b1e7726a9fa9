"""What one server does is known at the other: people, turns, what was learned, the library."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from server.base.errors import AuthError
from server.catalog.shared import SharedLibrary
from server.cli.parser import build_parser
from server.quality.audit_check import verify_audit
from server.store import ConversationRow, Database
from server.store.shared_work import JobRows
from tests.cluster.conftest import Pair, until
from tests.conftest import Running, say

CONVERSATION = "c-1"


def sit_down(server: Running, token: str) -> Any:
    ws = server.connect()
    welcome = say(ws, type="hello", protocol=1, token=token, client="t", shop="shop-a")
    assert welcome["type"] == "welcome"
    return ws


def ask(ws: Any, text: str, name: str) -> dict[str, Any]:
    return say(ws, type="message", request_id=name, conversation_id=CONVERSATION,
               message_id=name, text=text)  # fmt: skip


def test_accounts_codes_and_tickets_of_one_count_at_the_other(pair: Pair) -> None:
    one, two = pair.one.parts.auth, pair.two.parts.auth
    code = one.open_code("shop-a")
    assert two.open_code("shop-a") == code
    account, token, _ = two.pair(code.shown, "小王")
    with pytest.raises(AuthError):
        one.pair(code.shown, "小李")
    ticket = one.ticket(one.grant(token))
    assert two.grant(ticket).account == account
    with pytest.raises(AuthError):
        one.grant(ticket)
    secret = one.open_page(account)
    page = two.page(secret)
    assert page is not None
    assert page.account == account


def test_a_revoked_account_s_sockets_close_everywhere(pair: Pair) -> None:
    token = pair.one.token()
    ws = sit_down(pair.two, token)
    account = pair.one.parts.accounts.by_name("小王")
    assert account is not None
    pair.one.parts.auth.revoke(account.id)
    until(lambda: not ws.connected)


def test_a_conversation_goes_on_at_the_other_server(pair: Pair) -> None:
    """Back and forth: each knows what was said and sent at the other."""
    token = pair.one.token()
    first, second = sit_down(pair.one, token), sit_down(pair.two, token)
    made = ask(first, "什么时候发货", "m1")["suggestions"][0]
    until(lambda: pair.one.parts.database.rows("SELECT rowid FROM suggestions"))
    ask(second, "发什么快递", "m2")
    sent = {"type": "event", "event": "sent", "conversation_id": CONVERSATION}
    answer = say(second, **sent, request_id="e1", text=made["text"], at="2026-11-10T01:00:00.000Z",
                 suggestion_id=made["suggestion_id"])  # fmt: skip
    assert answer["type"] == "recorded"
    talk = ConversationRow("shop-a", "", CONVERSATION)
    (row,) = pair.one.parts.database.rows("SELECT outcome, script_id FROM events")
    assert (row["outcome"], row["script_id"]) == ("as_is", "ship.when")
    key = (talk.shop, talk.platform, talk.conversation_id)
    until(lambda: "ship.when" in pair.one.parts.desk._sessions.get(key).said)
    turns = ["什么时候发货", "发什么快递", made["text"]]
    # Each is told by itself, the newest last.
    until(lambda: [turn.text for turn in pair.one.parts.desk._sessions.get(key).turns] == turns)


def test_what_is_accepted_at_one_is_learned_at_the_other(pair: Pair) -> None:
    memory = pair.two.parts.memories.of("shop-a")
    assert len(memory) == 0
    ws = sit_down(pair.one, pair.one.token())
    made = ask(ws, "啥时候能发出来呀", "m1")["suggestions"][0]
    until(lambda: pair.one.parts.database.rows("SELECT rowid FROM suggestions"))
    say(ws, type="event", request_id="e1", event="inserted", conversation_id=CONVERSATION,
        suggestion_id=made["suggestion_id"], script_id=made["script_id"])  # fmt: skip
    until(lambda: len(pair.two.parts.memories.of("shop-a")) == 1)


@dataclass(frozen=True)
class Answer:
    """What a page or form got."""

    status: int
    text: str
    location: str = ""
    cookies: tuple[str, ...] = ()


def ask_page(server: Running, method: str, path: str, body: bytes, heads: dict[str, str]) -> Answer:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as line:
        line.request(method, path, body, heads)
        answer = line.getresponse()
        text = answer.read().decode("utf-8")
        cookies = tuple(c.split(";")[0] for c in answer.headers.get_all("Set-Cookie") or [])
        return Answer(answer.status, text, answer.headers.get("Location", ""), cookies)


def signed_in(server: Running, name: str = "主管") -> str:
    """The cookies of a lead of the shop."""
    token = server.parts.auth.issue(name, "lead", "shop-a")[1]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = ask_page(server, "POST", "/signin", urlencode({"token": token}).encode(), form)
    assert answer.status == 302
    return "; ".join(answer.cookies)


def lead_of(server: Running, name: str) -> Callable[..., Answer]:
    """Posts forms as a lead who signs in at a server."""
    heads = {
        "Cookie": signed_in(server, name),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return lambda path, **fields: ask_page(server, "POST", path, urlencode(fields).encode(), heads)


def test_a_file_handed_in_at_one_is_imported_at_the_other(pair: Pair) -> None:
    """The two servers share a page's session, the file, and how far its import is."""
    cookies = {"Cookie": signed_in(pair.one)}
    name, line = "话术.csv", "回复,问法\n今天就发出,哪天发\n".encode()
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + line + b"\r\n--b--\r\n"
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    given = ask_page(pair.one, "POST", "/lead/shop-a/import", body, cookies | form)
    assert given.status == 302
    listed = ask_page(pair.two, "GET", "/lead/shop-a/exchange", b"", cookies)
    assert name in listed.text
    assert "今天就发出" in ask_page(pair.two, "GET", given.location, b"", cookies).text
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    begun = ask_page(pair.two, "POST", given.location, b"do=publish", cookies | form)
    assert "/jobs/" in begun.location
    until(lambda: "data-done" in ask_page(pair.one, "GET", begun.location, b"", cookies).text)
    replies = [s.reply for s in pair.two.parts.catalog.snapshot.shop("shop-a").shop.scripts]
    assert "今天就发出" in replies
    page = ask_page(pair.one, "GET", "/lead/shop-a/exchange", b"", cookies).text
    assert given.location not in page


def test_a_job_whose_server_died_says_so_at_the_other(pair: Pair) -> None:
    rows = JobRows(pair.two.parts.database)
    number = rows.begin("import", "shop-a", "主管", time.time() - 3_600)
    cookies = {"Cookie": signed_in(pair.one)}
    page = ask_page(pair.one, "GET", f"/lead/shop-a/jobs/{number}", b"", cookies)
    assert "做这件事的服务器停了" in page.text
    assert ask_page(pair.one, "GET", f"/lead/shop-b/jobs/{number}", b"", cookies).status == 404


def script(name: str, reply: str, base: str = "") -> dict[str, str]:
    return {"id": name, "title": name, "reply": reply, "base": base, "why": "试"}


def test_a_lead_s_publish_at_one_is_served_by_the_other(pair: Pair) -> None:
    ws = sit_down(pair.two, pair.two.token())
    answer = lead_of(pair.one, "主管")("/lead/shop-a/scripts", **script("gift.card", "有礼品卡哦"))
    assert answer.status == 302, answer.text
    while True:
        frame = json.loads(ws.receive(timeout=30))
        if frame["type"] == "library_changed":
            break
    until(lambda: "gift.card" in pair.two.parts.catalog.snapshot.shop("shop-a").shop.by_id)
    until(lambda: say(ws, type="search", request_id="s", query="礼品卡")["suggestions"])


def test_no_second_server_embeds_what_the_first_has(pair: Pair) -> None:
    """At its start, and when a lead publishes at the other."""
    vectors = [server.parts.catalog._vectors for server in (pair.one, pair.two)]
    assert (vectors[0].embedded > 0, vectors[1].embedded) == (True, 0)
    before = vectors[0].embedded
    fields = script("gift.card", "有礼品卡哦")
    assert lead_of(pair.one, "主管")("/lead/shop-a/scripts", **fields).status == 302
    until(lambda: "gift.card" in pair.two.parts.catalog.snapshot.shop("shop-a").shop.by_id)
    assert vectors[0].embedded > before
    assert vectors[1].embedded == 0
    indexes = [s.parts.catalog.snapshot.shop("shop-a").index for s in (pair.one, pair.two)]
    assert indexes[0].plain.tolist() == indexes[1].plain.tolist()


def test_two_leads_at_two_servers_lose_no_edit(pair: Pair) -> None:
    posts = [lead_of(pair.one, "主管"), lead_of(pair.two, "主管二")]

    def publish(number: int) -> int:
        fields = script(f"new.{number}", f"第{number}条回复")
        return posts[number % 2]("/lead/shop-a/scripts", **fields).status

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(publish, range(12))) == [302] * 12
    wanted = {f"new.{number}" for number in range(12)}
    for server in (pair.one, pair.two):
        until(lambda s=server: wanted <= s.parts.catalog.snapshot.shop("shop-a").shop.by_id.keys())  # type: ignore[misc]
    assert verify_audit(pair.one.parts.database).problems == ()


def test_a_lead_who_opened_an_older_version_is_shown_the_newer_one(pair: Pair) -> None:
    base = pair.two.parts.catalog.snapshot.shop("shop-a").shop.by_id["ship.when"].version
    changed = script("ship.when", "明天发", base)
    assert lead_of(pair.one, "主管")("/lead/shop-a/scripts", **changed).status == 302
    late = script("ship.when", "后天发", base)
    answer = lead_of(pair.two, "主管二")("/lead/shop-a/scripts", **late)
    assert answer.status == 409
    assert "明天发" in answer.text


def test_a_hand_edit_goes_to_the_other_copy(pair: Pair) -> None:
    path = pair.one.parts.catalog.root / "shop-a" / "scripts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("默认中通", "默认顺丰"), "utf-8")
    pair.one.parts.catalog.reload()
    other = pair.two.parts.catalog.root / "shop-a" / "scripts.yaml"
    until(lambda: "默认顺丰" in other.read_text(encoding="utf-8"))
    shop = pair.two.parts.catalog
    until(lambda: "顺丰" in shop.snapshot.shop("shop-a").shop.by_id["ship.courier"].reply)


def copies(where: str, folder: Path) -> list[tuple[Path, SharedLibrary, Database]]:
    """Two folders with one file each of twenty lines, in agreement."""
    made = []
    for name in ("a", "b"):
        (folder / name / "data").mkdir(parents=True)
        database = Database(where, folder / name / "data")
        root = folder / name / "library"
        root.mkdir()
        made.append((root, SharedLibrary(root, database), database))
    lines = "".join(f"line {number}\n" for number in range(20))
    (made[0][0] / "x.yaml").write_text(lines, encoding="utf-8")
    assert made[0][1].sync().sent == ("x.yaml",)
    assert made[1][1].sync().taken == ("x.yaml",)
    return made


def change(root: Path, old: str, new: str) -> None:
    path = root / "x.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("second", "both", "aside"),
    [("line 17\n", True, ()), ("line 2\n", False, ("x.yaml",))],
    ids=["other lines", "the same line"],
)
def test_edits_of_two_copies_meet(
    cluster: Any, tmp_path: Path, second: str, both: bool, aside: tuple[str, ...]
) -> None:
    (a, one, first), (b, two, other) = copies(cluster.fresh(), tmp_path)
    change(a, "line 2\n", "line 2 of a\n")
    change(b, second, "of b\n")
    assert one.sync().sent == ("x.yaml",)
    done = two.sync()
    assert done.aside == aside
    text = (b / "x.yaml").read_text(encoding="utf-8")
    assert "line 2 of a\n" in text
    assert ("of b\n" in text.replace("of a\n", "")) == both
    kept = other.folder / "library.put-aside" / "x.yaml"
    assert kept.exists() != both
    if not both:
        assert "of b\n" in kept.read_text(encoding="utf-8")
    one.sync()
    assert (a / "x.yaml").read_text(encoding="utf-8") == text
    (a / "x.yaml").unlink()
    one.sync()
    two.sync()
    assert not (b / "x.yaml").exists()
    first.close()
    other.close()


def test_a_pull_sends_nothing_and_a_push_does(pair: Pair, tmp_path: Path) -> None:
    folder, data = tmp_path / "git", tmp_path / "git-data"
    where = ["--library", str(folder), "--data", str(data), "--database", pair.address]

    def run(*words: str) -> int:
        arguments = build_parser().parse_args(["library", *words, *where])
        return int(arguments.run(arguments))

    assert run("pull") == 0
    path = folder / "shop-a" / "scripts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("默认中通", "默认圆通"), "utf-8")
    assert run("pull") == 0
    held = pair.one.parts.catalog.root / "shop-a" / "scripts.yaml"
    assert "默认中通" in held.read_text(encoding="utf-8")
    assert run("push") == 0
    until(lambda: "默认圆通" in held.read_text(encoding="utf-8"))


def test_ready_says_when_nobody_should_be_sent_here(pair: Pair) -> None:
    def status(path: str) -> int:
        try:
            with urllib.request.urlopen(pair.one.url + path, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    assert (status("/healthz"), status("/readyz")) == (200, 200)
    pair.one.parts.closing.set()
    assert (status("/healthz"), status("/readyz")) == (200, 503)


def test_one_server_at_a_time_sums_up(pair: Pair) -> None:
    """Both tick at once: figures and audit entries are those of one."""
    ask(sit_down(pair.one, pair.one.token()), "什么时候发货", "m1")
    until(lambda: pair.one.parts.database.rows("SELECT id FROM messages"))
    rounds = [threading.Thread(target=s.parts.background.tick) for s in (pair.one, pair.two)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    pair.two.parts.background.tick()
    (row,) = pair.one.parts.database.rows("SELECT sum(shopper_messages) AS n FROM day_counts")
    assert row["n"] == 1
    for server in (pair.one, pair.two):
        server.parts.background.record_library(server.parts.catalog.snapshot)
    kinds = [row["kind"] for row in pair.one.parts.quality.audit.entries()]
    assert (kinds.count("library"), kinds.count("rules")) == (1, 1)
