"""Versions and merges, the golden gate, rivals, gaps, use: pure logic, figures by hand."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from server.base.config import shipped
from server.base.errors import BangdaError, EntryError, LibraryError, Problem, UsageError
from server.catalog.index_update import update_index
from server.curation.conflicts import rivals_of, taken_by_others
from server.curation.curator import StaleError
from server.curation.diff import differences, merge
from server.curation.fields import script_from
from server.curation.gaps import Item, _joined, cluster, meaning_rows, often_edited, repeated
from server.curation.golden import Gate, Tried, carried, questions_of, try_change
from server.curation.golden_ranks import Question, _compared, scores_of, stand_of
from server.curation.use import Use, coverage, days_until, falling, use_by_script
from server.exchange.problems import FileError
from server.indexing.models import load_encoder
from server.indexing.vector_cache import RememberingEncoder, VectorCache
from server.library import Script, load_library
from server.library.save import script_fields
from server.ranking.evidence import gather
from server.ranking.fusion import load_fusion
from server.scripts_index import ScriptsIndex, build_index
from server.store import Database
from server.store.shared_work import JobRows
from server.suggest import Terms
from server.text.differ import text_pieces
from server.text.understanding import understand
from server.web.lead.job_outcome import error_text, read_error
from server.web.lead.jobs import Jobs, Progress
from tests.support import CharacterEncoder

NOON = datetime(2026, 11, 21, 12)
SHIP = Script(
    "ship", "今天发货", title="发货时间", questions=("几点发货",), tests=("什么时候发货",)
)
RETURN = Script("return", "七天退换", title="退货", questions=("怎么退货",), tests=("退货流程",))


def build(scripts: object) -> ScriptsIndex:
    return build_index(list(scripts), VectorCache(None, CharacterEncoder()))  # type: ignore[call-overload]


def test_pieces_show_what_changed_in_place() -> None:
    pieces = [(p.mark, p.text) for p in text_pieces("今天{时间}发", "明天{时间}发")]
    assert pieces == [("removed", "今"), ("added", "明"), ("same", "天{时间}发")]


def test_differences_by_field() -> None:
    found = differences({"reply": "好", "tags": ["a", "b"]}, {"reply": "好", "tags": ["a", "c"]})
    assert [(f.name, [[p.text for p in line] for line in f.lines]) for f in found] == [
        ("tags", [["b", "c"]])
    ]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged", "clashes"),
    [
        ({"reply": "a"}, {"reply": "b"}, {"reply": "a"}, {"reply": "b"}, ()),
        ({"reply": "a"}, {"reply": "a"}, {"reply": "b"}, {"reply": "b"}, ()),
        ({"reply": "a"}, {"reply": "b"}, {"reply": "c"}, {"reply": "b"}, ("reply",)),
        ({"tags": ["a", "b"]}, {"tags": ["a", "c"]}, {"tags": ["a", "b", "d"]},
         {"tags": ["a", "d", "c"]}, ()),
        ({"title": "x"}, {}, {"title": "x"}, {}, ()),
    ],
    ids=["mine", "theirs", "both", "lists", "removed"],
)  # fmt: skip
def test_merge(base: dict, mine: dict, theirs: dict, merged: dict, clashes: tuple) -> None:
    found = merge(base, mine, theirs)
    assert (dict(found.fields), found.clashes) == (merged, clashes)


def test_script_from_fields_and_back() -> None:
    assert script_from(script_fields(SHIP), "") == SHIP
    for wrong in ({"id": "a"}, {"id": "中", "reply": "x"}, {"id": "a", "reply": "x", "stage": "y"},
                  {"id": "a", "reply": "x", "valid_until": "z"}):  # fmt: skip
        with pytest.raises(UsageError, match="expected"):
            script_from(wrong, "s")


def change(index: ScriptsIndex, changes: dict, saved: list | None = None, **more: Any) -> Gate:  # type: ignore[type-arg]
    cache = VectorCache(None, index.encoder)

    def update(old: ScriptsIndex, scripts: Sequence[Script]) -> ScriptsIndex:
        return replace(update_index(old, scripts, cache), encoder=old.encoder)

    return try_change(index, changes, saved or [], update, Terms(local_now=NOON), **more)


def test_gate_names_the_question_that_got_worse() -> None:
    emptied = replace(RETURN, title="别的", questions=(), reply="稍等")
    gate = change(build([SHIP, RETURN]), {"return": emptied, "ship": None})
    assert [(t.question.expected, t.before, t.after) for t in gate.worse] == [("ship", 1, 0)]
    assert gate.needs_reason
    assert (gate.hit(1, "before"), gate.hit(3, "after")) == (1.0, 0.5)


def test_gate_is_quiet_when_nothing_moves() -> None:
    saved = [Question("几点能发货呢", "ship", saved=3)]
    better = replace(SHIP, questions=(*SHIP.questions, "什么时候能发"))
    gate = change(build([SHIP, RETURN]), {"ship": better}, saved)
    assert (gate.flips, gate.total, gate.left, gate.needs_reason) == ((), 3, 0, False)


def test_gate_tries_the_nearest_first_and_counts_what_is_left() -> None:
    far = Script("far", "xyz", title="xyz", tests=("xyz",))
    changed = replace(SHIP, questions=("发货几点",))
    gate = change(build([far, RETURN, SHIP]), {"ship": changed}, most=2)
    assert [tried.question.expected for tried in gate.tried] == ["ship", "return"]
    assert (gate.left, gate.total) == (1, 3)


@pytest.fixture(scope="module")
def sample() -> ScriptsIndex:
    """A sample shop under the bundled model, whose vectors ship."""
    scripts = load_library(shipped("scripts_library"), "home-living").shops["home-living"].scripts
    held = [replace(s, tests=s.tests[:1] if n % 4 == 0 else ()) for n, s in enumerate(scripts)]
    cache = VectorCache(None, load_encoder())
    return replace(build_index(held, cache), encoder=RememberingEncoder(cache))


def test_a_script_scores_for_all_questions_what_ranking_gives_it(sample: ScriptsIndex) -> None:
    messages = ["快递丢了怎么办", "能开发票吗，什么时候发货", "破了 想退 运费谁出，要寄回去吗" * 3]
    for number in (0, 40, 118):
        for message in messages:
            asked = _compared(message, sample, frozenset(s.id for s in sample.scripts))[1]
            understood = understand(message)
            evidence = gather(understood, sample, *sample.embed(understood.texts))
            scores = load_fusion().scores(evidence.values)
            assert scores_of([asked, asked], number, sample)[1] == pytest.approx(
                float(scores[evidence.numbers == number][0]), abs=1e-3
            )


def test_the_gate_tries_every_question_that_a_change_moves(sample: ScriptsIndex) -> None:
    cache = VectorCache(None, sample.encoder)
    questions = questions_of(sample.scripts, [])
    stands = {q: stand_of(q, sample, Terms(local_now=NOON)) for q in questions}
    by_id = {script.id: script for script in sample.scripts}
    broad = replace(by_id["logi.lost"], questions=("什么时候", "怎么办", "可以吗", "多少钱"))
    for changes in ({"logi.lost": broad}, {"logi.lost": None}):
        gate = change(sample, changes, stands=dict(stands))
        scripts = [changes.get(s.id, s) for s in sample.scripts]
        built = build_index([s for s in scripts if s], cache)
        after = replace(built, encoder=sample.encoder)
        now = {q: stand_of(q, after, Terms(local_now=NOON)).rank for q in questions}
        flipped = {q for q in questions if Tried(q, stands[q].rank, now[q], "", "").flip}
        assert {tried.question for tried in gate.flips} == flipped
        assert gate.left == 0 and len(gate.tried) < len(questions)
        ranks = list(now.values())
        assert gate.hit(3, "after") == sum(0 < r <= 3 for r in ranks) / len(ranks)
        kept = carried(dict(stands), sample.scripts, after)
        assert {q: stand.rank for q, stand in kept.items()} == {q: now[q] for q in kept}
        assert len(kept) > len(questions) // 2


def test_rivals_same_question_first() -> None:
    twin = replace(SHIP, id="twin", questions=("几点发货？",), reply="明天发货")
    copy = replace(SHIP, id="copy", questions=(), title="")
    found = rivals_of(SHIP, build([SHIP, RETURN, twin, copy]))
    assert [(r.kind, r.script.id) for r in found[:2]] == [
        ("conflict", "twin"),
        ("duplicate", "copy"),
    ]
    assert "return" not in {rival.script.id for rival in found}


def test_question_that_another_script_wins() -> None:
    found = taken_by_others(
        "ship", ["怎么退货", "几点发货"], build([SHIP, RETURN]), Terms(local_now=NOON)
    )
    assert [(t.question, t.winner.id) for t in found] == [("怎么退货", "return")]


def item(ref: int, text: str, day: int = 1, **more: str) -> Item:
    return Item("message", ref, text, f"2026-11-{day:02}T08:00:00.000Z", "nothing", **more)


def test_same_words_and_same_meaning_stand_together() -> None:
    vectors = {"有儿童款吗": [1, 0], "儿童款有没有": [0.9, 0.1], "能寄部队吗": [0, 1]}

    def embed(texts: object) -> np.ndarray:
        rows = np.asarray([vectors[t.rstrip("？")] for t in texts], dtype=np.float32)  # type: ignore[attr-defined]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    items = [item(1, "有儿童款吗"), item(2, "有儿童款吗？", 3), item(3, "儿童款有没有"),
             item(4, "能寄部队吗"), item(5, "？")]  # fmt: skip
    found = cluster(items, embed)
    assert [(c.count, c.text) for c in found] == [(3, "有儿童款吗"), (1, "能寄部队吗")]
    assert [line.text for line in found[0].lines] == ["有儿童款吗", "儿童款有没有"]
    assert found[0].per_day(["2026-11-01", "2026-11-02", "2026-11-03"], ZoneInfo("UTC")) == [
        2,
        0,
        1,
    ]


def test_groups_join_by_their_mean_likeness() -> None:
    """a and b lie 20° apart, b and c 40°, a and c 60°; d lies apart from all."""
    angles = np.radians([0, 20, 60, 180])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    # Mean likeness of c to {a, b}: (cos 60° + cos 40°) / 2 = 0.633.
    assert [sorted(group) for group in _joined(rows, 0.62)] == [[0, 1, 2], [3]]
    assert [sorted(group) for group in _joined(rows, 0.64)] == [[0, 1], [2], [3]]
    assert _joined(rows, 0.95) == [[0], [1], [2], [3]]


def test_topics_of_gaps_stay_apart(sample: ScriptsIndex) -> None:
    topics = (
        ("有没有洗碗机专用的沥水架", "洗碗机能用的沥水架有吗", "有洗碗机沥水架吗"),
        ("可以寄到部队吗", "部队地址能收货吗"),
        ("你们招代理吗", "想做代理怎么联系"),
    )
    items = [item(n, text) for n, text in enumerate(t for topic in topics for t in topic)]
    found = cluster(items, lambda texts: meaning_rows(texts, sample))
    assert {frozenset(i.text for i in c.items) for c in found} == {frozenset(t) for t in topics}


def test_meaning_rows_join_rewordings_and_keep_others_apart() -> None:
    texts = ["有没有洗碗机专用沥水架", "洗碗机沥水架有吗", "可以寄到部队吗"]
    rows = meaning_rows(texts, build([SHIP, RETURN]))
    likeness = rows @ rows.T
    assert likeness[0, 1] > likeness[0, 2]
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_typed_and_edited_need_three() -> None:
    def embed(texts: object) -> np.ndarray:
        return np.ones((len(list(texts)), 1), dtype=np.float32)  # type: ignore[call-overload]

    typed = [item(n, "仓库在义乌哦", beside="从哪发") for n in range(3)]
    assert [c.count for c in repeated(typed, embed)] == [3]
    assert repeated(typed[:2], embed) == []
    edits = [item(n, "改过的", script_id="ship") for n in range(3)] + [item(9, "x", script_id="b")]
    assert [(i, c.count) for i, c in often_edited(edits)] == [("ship", 3)]


def test_use_by_day_and_agent() -> None:
    shown = [{"script_id": "a", "at": "2026-11-20T02:00", "agent": "甲", "n": 4, "passed": 3}]
    events = [
        {
            "script_id": "a",
            "at": "2026-11-20T02:00",
            "agent": "甲",
            "inserted": 1,
            "sent": 0,
            "edited": 0,
        },
        {
            "script_id": "a",
            "at": "2026-11-20T02:01",
            "agent": "甲",
            "inserted": 0,
            "sent": 1,
            "edited": 0,
        },
        {
            "script_id": "a",
            "at": "2026-11-20T16:30",
            "agent": "乙",
            "inserted": 2,
            "sent": 0,
            "edited": 1,
        },
    ]
    use = use_by_script(shown, events, ZoneInfo("Asia/Shanghai"))["a"]
    assert (use.used, use.passed_share, use.by_agent) == (3, 0.75, {"甲": 1, "乙": 2})
    assert use.series(days_until(date(2026, 11, 21), 3)) == [0, 1, 2]
    rows = [{"shown": 1, "used": 0}, {"shown": 0, "used": 0}, {"shown": 1, "used": 1}]
    assert coverage(rows) == type(coverage([]))(3, 2, 1)


@pytest.mark.parametrize(
    ("series", "falls"), [([3, 3, 1, 1], True), ([3, 3, 2, 2], False), ([1, 1, 0, 0], False)]
)
def test_falling(series: list[int], falls: bool) -> None:
    days = days_until(date(2026, 11, 21), 4)
    use = Use("a", by_day=dict(zip(days, series, strict=True)))
    assert falling(use, days) is falls


def test_jobs_tell_progress_result_and_failure(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "bangda.db")) as database:
        jobs, go_on = Jobs(JobRows(database)), threading.Event()

        def work(progress: Progress) -> dict[str, int]:
            progress("step", 1, 2)
            assert go_on.wait(30)
            return {"published": 2}

        def fails(progress: Progress) -> None:
            raise EntryError("no such file", "no_platform", "file")

        good, bad = jobs.start("import", "s", "主管", work), jobs.start("b", "s", "主管", fails)
        for thread in [t for t in threading.enumerate() if t.name == "job-b"]:
            thread.join(30)
        assert [job.id for job in jobs.running("s")] == [good.id]
        go_on.set()
        for thread in [t for t in threading.enumerate() if t.name == "job-import"]:
            thread.join(30)
        done, failed = jobs.job(good.id), jobs.job(bad.id)
        assert done is not None and failed is not None
        told = (done.state, done.result, done.step, done.total)
        assert told == ("done", {"published": 2}, "step", 2)
        assert isinstance(failed.error, EntryError)
        assert (failed.state, failed.error.code, failed.error.field) == (
            "failed",
            "no_platform",
            "file",
        )
        assert jobs.running("s") == []
        assert [job.id for job in jobs.done("import", "s")] == [good.id]


@pytest.mark.parametrize(
    "error",
    [
        FileError("text_file", name="a.xls"),
        StaleError("ship.when", None),
        LibraryError([Problem("s/a.yaml", 3, "a", "L001", "what", "fix")]),
        BangdaError("a plain one"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_a_job_is_read_again_as_it_was(error: BangdaError) -> None:
    again = read_error(error_text(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
