"""The lead's console over one shop of 5,000 scripts: what each page costs, and a publish."""

from __future__ import annotations

import random
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from shutil import copyfile
from statistics import median
from typing import TYPE_CHECKING

from server.base.collecting import settle
from server.base.config import Config, shipped
from server.base.errors import BangdaError
from server.base.times import utc_text
from server.base.yaml_files import write_text
from server.bench.report import Report, Row
from server.bench.serving import FastEncoder, shop_of
from server.curation.golden_prerank import WARMING
from server.library import SHOP_FILE, Script
from server.library.save import dump_scripts, script_fields
from server.store.quality.bulk import Bulk, PastMessage, PastTalk
from server.store.rows import ConversationRow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from server.indexing.encoder import Encoder

SCRIPTS = 5000
_FILES = 10
_TESTED = 60
_GAPS, _WORDINGS, _DAYS = 3000, 600, 25
_RUNS = 5
_SHOP = "big"
_BASE = "http://127.0.0.1:8765"
_FROM = "home-living"
_ABOUT = (
    "{n} scripts in {files} files, tests in {tested} of them, {gaps} messages without an answer; "
    "{encoder}. Processor time of the answering thread until the page is back, golden questions "
    "ranked: the median and the slowest of {runs}, after one that is not counted."
)


def console(scripts: int = SCRIPTS, encoder: Encoder | None = None) -> Report:
    """Opens the console's pages and publishes single scripts; encoding is left out by default."""
    with tempfile.TemporaryDirectory(prefix="bangda-bench-", ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "library"
        shelf = tuple(
            one if number < _TESTED else replace(one, tests=())
            for number, one in enumerate(shop_of(scripts))
        )
        _write(root / _SHOP, shelf)
        rows = _measured(Config(root, Path(folder) / "data"), encoder or FastEncoder(), shelf)
    how = "encoding left out (a stand-in encoder)" if encoder is None else "bundled model"
    about = _ABOUT.format(
        n=scripts, files=_FILES, tested=_TESTED, gaps=_GAPS, encoder=how, runs=_RUNS
    )
    return Report("console", about, tuple(rows))


def _write(folder: Path, scripts: tuple[Script, ...]) -> None:
    folder.mkdir(parents=True)
    copyfile(shipped("scripts_library") / _FROM / SHOP_FILE, folder / SHOP_FILE)
    for part in range(_FILES):
        write_text(folder / f"part{part}.yaml", dump_scripts(scripts[part::_FILES]))


def _measured(config: Config, encoder: Encoder, scripts: tuple[Script, ...]) -> list[Row]:
    from server.app import create_app
    from server.parts import parts_of

    app = create_app(config, encoder)
    try:
        Bulk(parts_of(app).database).add(_unanswered(scripts))
        settle()  # as `bangda serve` does
        client = _signed_in(app)
        rows = [row for what, path in _pages(scripts) for row in _opened(client, what, path)]
        return rows + _published(app, client, scripts)
    finally:
        parts_of(app).close()


def _unanswered(scripts: tuple[Script, ...]) -> Iterator[PastTalk]:
    """Conversations of one message, over the last days, some wordings often and most seldom."""
    chance = random.Random(5)  # noqa: S311 - made-up traffic
    asked = [f"{one.title}{'呢' * (n % 3)}的{n % 40}号" for n, one in enumerate(scripts)]
    now = datetime.now(UTC)
    for number in range(_GAPS):
        at = utc_text(now - timedelta(days=_DAYS * number / _GAPS))
        text = asked[int(min(_WORDINGS, len(asked)) * chance.random() ** 2)]
        owner = ConversationRow(_SHOP, "taobao", f"c{number}", f"s{number}")
        yield PastTalk(owner, [PastMessage("shopper", text, at)])


def _signed_in(app: Flask) -> FlaskClient:
    from server.parts import parts_of

    auth = parts_of(app).auth
    account, _ = auth.issue("bench", "lead", _SHOP)
    client = app.test_client()
    with client.session_transaction(base_url=_BASE) as session:
        session["page"] = auth.open_page(account)
    return client


def _pages(scripts: tuple[Script, ...]) -> list[tuple[str, str]]:
    one = scripts[len(scripts) // 2]
    return [
        ("list", "scripts"),
        ("list, page 40, sorted by use", "scripts?sort=use&page=40"),
        ("search by words", "scripts?q=发货"),
        ("search by pinyin", "scripts?q=fahuo"),
        ("editor with all checks", f"scripts/{one.id}"),
        ("health", "health"),
        ("gaps", "gaps"),
        ("use", "use"),
        ("history", "history"),
        ("facts", "facts"),
        ("trial", "trial"),
        ("rules", "rules"),
        ("settings", "settings"),
    ]


def _opened(client: FlaskClient, what: str, path: str) -> list[Row]:
    def call() -> None:
        _get(client, f"/lead/{_SHOP}/{path}")

    call()
    _ranked()
    while _waits(client, path):
        time.sleep(0.2)
    return _rows(what, [_cost(call) for _ in range(_RUNS)])


def _get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=_BASE)
    if answer.status_code != 200:
        raise BangdaError(f"{path} answered {answer.status_code}; expected the page")
    return answer.get_data(as_text=True)


def _waits(client: FlaskClient, path: str) -> bool:
    """Whether a page says that it is still being worked out."""
    return "data-reload" in _get(client, f"/lead/{_SHOP}/{path}")


def _ranked() -> None:
    """Waits until the golden questions are ranked: a lead types meanwhile."""
    for thread in threading.enumerate():
        if thread.name == WARMING:
            thread.join()


def _cost(call: Callable[[], object]) -> float:
    begun = time.thread_time()
    call()
    return (time.thread_time() - begun) * 1000


def _rows(what: str, times: list[float]) -> list[Row]:
    return [Row(what, median(times), "ms"), Row(f"{what}, slowest", max(times), "ms")]


def _published(app: Flask, client: FlaskClient, scripts: tuple[Script, ...]) -> list[Row]:
    """Changes single replies by the editor's form; the health page is opened right after each."""
    from server.parts import parts_of

    catalog = parts_of(app).catalog
    taken: list[float] = []
    looked: list[float] = []
    for number in range(_RUNS + 1):
        script = scripts[number * 7 + 3]
        page = _get(client, f"/lead/{_SHOP}/scripts/{script.id}")
        form = _form(page, script, f"{script.reply}改{number}")
        _ranked()
        before = catalog.snapshot
        taken.append(_cost(partial(_post, client, form)))
        looked.append(_cost(lambda: _get(client, f"/lead/{_SHOP}/health")))
        while catalog.snapshot is before:
            time.sleep(0.05)
    return [*_rows("publish", taken[1:]), *_rows("health right after a publish", looked[1:])]


def _form(page: str, script: Script, reply: str) -> dict[str, object]:
    base = re.search(r'name="base" value="([^"]*)"', page)
    if base is None:
        raise BangdaError("the editor has no version in its form; expected the field base")
    fields = script_fields(script) | {"reply": reply, "why": "bench"}
    return fields | {"base": unescape(base[1]), "do": "publish"}


def _post(client: FlaskClient, form: dict[str, object]) -> None:
    answer = client.post(f"/lead/{_SHOP}/scripts", data=form, base_url=_BASE, follow_redirects=True)
    if answer.status_code != 200:
        raise BangdaError(f"publishing answered {answer.status_code}; expected the editor")
