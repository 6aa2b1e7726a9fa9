"""Index, ranking, history, learning, evaluation: worked out by hand, and with the real model."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from server.base.conversation import Turn
from server.base.errors import UsageError
from server.catalog.index_files import load_index, open_index, save_index
from server.catalog.index_update import update_index
from server.evaluation.evaluate import (
    Labelled,
    Outcome,
    auroc,
    calibration,
    evaluate,
    figures,
    read_labelled,
)
from server.evaluation.past_chats import Said, learn, learn_chats, memory_of
from server.evaluation.plot import plot
from server.evaluation.report import table
from server.indexing.encoder import Encoder, Identity
from server.indexing.models import load_encoder
from server.indexing.passages import Kind, passages_of
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.ranking.memory import Memory, Vote, weigh
from server.scripts_index import Nearest, ScriptsIndex, build_index, largest
from server.suggest import Query, suggest, understood_in
from server.text.synonyms import synonyms_of
from tests.support import CharacterEncoder

SHIP = Script("ship", "今天16点前付款当天发出", title="什么时候发货", questions=("几时发货",))
INVOICE = Script("invoice", "订单详情里申请电子发票", title="怎么开发票", questions=("能开票吗",))
COURIER = Script("courier", "默认发中通快递", title="发什么快递", questions=("用哪家物流",))
REFUND = Script("refund", "退款一到三个工作日原路退回", title="退款多久到账")
SHOP = (SHIP, INVOICE, COURIER, REFUND)


@pytest.fixture(scope="module")
def index() -> ScriptsIndex:
    """The four scripts under the bundled model."""
    return build_index(SHOP, VectorCache(None, load_encoder()))


def first(index: ScriptsIndex, text: str, *turns: Turn, memory: Memory | None = None) -> str:
    return suggest(Query(text, turns), index, memory=memory).candidates[0].script.id


def test_passages_leave_out_tests_and_doubles() -> None:
    script = Script(
        "a",
        "发{时间}",
        title="发货",
        questions=("何时发", "何時發"),
        tests=("几天",),
        parts=("发时间",),
    )
    passages = passages_of([script])
    assert passages.texts == ("何时发", "发货", "发{时间}")
    assert [Kind(kind).name for kind in passages.kind] == ["QUESTION", "TITLE", "REPLY"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("啥时候能发", "ship"),
        ("法票", "invoice"),
        ("發咩快遞", "courier"),
        ("钱怎么还没退给我", "refund"),
    ],
)
def test_the_right_script_stands_first(index: ScriptsIndex, typed: str, expected: str) -> None:
    assert first(index, typed) == expected


@pytest.mark.parametrize("typed", ["好的谢谢", "在吗", "哈哈哈", "[玫瑰]", "收到啦 辛苦了"])
def test_nothing_is_shown_for_what_asks_nothing_even_within_a_talk(
    index: ScriptsIndex, typed: str
) -> None:
    talk = (Turn("shopper", "我的退款啥时候到"), Turn("agent", REFUND.reply))
    assert suggest(Query(typed), index).shown == 0
    assert suggest(Query(typed, talk), index).shown == 0
    assert suggest(Query("能开票吗", talk), index).candidates[0].script.id == "invoice"


def test_the_shops_words_stand_for_what_shoppers_say(index: ScriptsIndex) -> None:
    own = replace(index, synonyms=synonyms_of({"发票": ["小蓝条"], "快递": ["XX速达"]}))
    assert suggest(Query("小蓝条怎么弄"), own) == suggest(Query("发票怎么弄"), index)
    assert understood_in(Query("小蓝条怎么弄"), own) == understood_in(Query("发票怎么弄"), index)
    talk = (Turn("shopper", "xx速达送得到吗"), Turn("agent", COURIER.reply))
    said = (Turn("shopper", "快递送得到吗"), Turn("agent", COURIER.reply))
    assert suggest(Query("那多久", talk), own) == suggest(Query("那多久", said), index)


def test_history_is_asked_with_what_was_typed(index: ScriptsIndex) -> None:
    own = replace(index, synonyms=synonyms_of({"四件套床上用品": ["老样子"]}))
    memory = Memory(load_encoder())
    memory.add([("老样子来一份", "refund", "accepted")] * 3)
    best = suggest(Query("老样子来一份"), own, memory=memory).candidates[0]
    assert (best.script.id, best.why) == ("refund", "本店常用于类似问题")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("小白有货吗", "小白鞋有货吗"),
        ("小白鞋有货吗", "小白鞋有货吗"),
        ("白白的那双和小白色", "小白鞋的那双和小白鞋色"),
        ("發貨了嗎", "發貨了嗎"),
    ],
)
def test_the_longest_word_is_read_and_the_rest_stays(typed: str, read: str) -> None:
    assert synonyms_of({"小白鞋": ["小白", "白白"], "空": []}).said(typed) == read


def test_a_question_typed_just_as_a_lead_wrote_it_wins() -> None:
    scripts = [
        Script("ship", "今天发", questions=("几点发",)),
        Script("refund", "三天到账", title="退款", questions=("几点能发货",)),
    ]
    index = build_index(scripts, VectorCache(None, CharacterEncoder()))
    assert first(index, "几点能发货") == "refund"


def test_same_input_same_result(index: ScriptsIndex) -> None:
    one, two = (suggest(Query("多久能到"), index) for _ in range(2))
    assert one == two


def test_each_of_two_asks_has_its_script_among_three(index: ScriptsIndex) -> None:
    ids = [c.script.id for c in suggest(Query("发什么快递，能开发票吗"), index).candidates[:3]]
    assert {"courier", "invoice"} <= set(ids)


def test_a_follow_up_leans_on_the_conversation(index: ScriptsIndex) -> None:
    turns = (Turn("shopper", "退款了吗"), Turn("agent", "已经退了"))
    assert first(index, "要多久", *turns) == "refund"


@pytest.mark.parametrize(
    "typed",
    ["", "😂😂😂", "\x00\x07", "[图片]", "   "],
    ids=["empty", "emoji", "control", "card", "space"],
)
def test_nothing_said_suggests_nothing(index: ScriptsIndex, typed: str) -> None:
    assert suggest(Query(typed), index).candidates == ()


@pytest.mark.parametrize("typed", ["谢谢", "你好呀", "哈哈哈哈哈", "加微信兼职日结三百"])
def test_what_no_script_answers_stays_quiet(index: ScriptsIndex, typed: str) -> None:
    assert suggest(Query(typed), index).shown == 0


def test_ten_thousand_characters(index: ScriptsIndex) -> None:
    story = "我跟你说这件事情特别气人。" * 900 + "发票到底怎么开"
    assert first(index, story) == "invoice"


def test_one_script_and_doubles() -> None:
    cache = VectorCache(None, CharacterEncoder())
    assert first(build_index([SHIP], cache), "发货") == "ship"
    twins = build_index([SHIP, replace(SHIP, id="twin")], cache)
    assert [c.script.id for c in suggest(Query("发货"), twins).candidates] == ["ship", "twin"]
    assert suggest(Query("发货"), build_index([], cache)).candidates == ()


def test_a_reply_of_signs_only_is_never_suggested() -> None:
    index = build_index([Script("signs", "😊"), SHIP], VectorCache(None, CharacterEncoder()))
    assert [c.script.id for c in suggest(Query("发货"), index).candidates] == ["ship"]


def test_platform_narrows(index: ScriptsIndex) -> None:
    only = build_index(
        [replace(SHIP, platforms=("taobao",)), COURIER], VectorCache(None, CharacterEncoder())
    )
    ids = [c.script.id for c in suggest(Query("发货", platform="jd"), only).candidates]
    assert ids == ["courier"]


def test_an_order_on_the_page_parts_equals_by_stage() -> None:
    twins = [replace(SHIP, id="before", stage="售前"), replace(SHIP, id="after", stage="售后")]
    index = build_index(twins, VectorCache(None, CharacterEncoder()))
    for page, expected in (({}, "before"), ({"order_id": "250101-1"}, "after")):
        assert suggest(Query("几时发货", page=page), index).candidates[0].script.id == expected


def test_the_product_on_the_page_parts_equals() -> None:
    twins = [
        replace(SHIP, id="lamp", products=("台灯",)),
        replace(SHIP, id="pan", products=("炒锅",)),
    ]
    index = build_index(twins, VectorCache(None, CharacterEncoder()))
    for product, expected in (("护眼台灯 白色", "lamp"), ("不粘炒锅 30cm", "pan")):
        ranking = suggest(Query("几时发货", page={"product": product}), index)
        assert ranking.candidates[0].script.id == expected


def test_why_names_the_reason(index: ScriptsIndex) -> None:
    assert suggest(Query("几时发货呀"), index).candidates[0].why == "常见问法“几时发货”"


def test_large_libraries_are_searched_and_agree_with_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scripts = [
        Script(f"s{n}", f"第{n}款退换说明{n * 7}", title=f"型号{n}怎么退") for n in range(300)
    ]
    asked = {f"s{number}": f"型号{number}怎么退" for number in (3, 123, 299)}
    whole = build_index(scripts, VectorCache(None, CharacterEncoder()))
    assert [first(whole, text) for text in asked.values()] == list(asked)
    for module in ("server.scripts_index", "server.ranking.evidence"):
        monkeypatch.setattr(f"{module}.WHOLE_UP_TO", 10)
    searched = build_index(scripts, VectorCache(None, CharacterEncoder()))
    assert [first(searched, text) for text in asked.values()] == list(asked)


def test_the_nearest_rows_are_found_roughly_first() -> None:
    chance = np.random.default_rng(1)
    held = (chance.standard_normal((5_000, 40)) * 0.9 ** np.arange(40)).astype(np.float32)
    rows = held @ chance.standard_normal((40, 256)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    near = Nearest(rows)
    for number in range(0, 5_000, 500):
        exact = np.argsort(-(rows @ rows[number]))[:80]
        found = near.search(rows[number], 80)
        assert len(found) == 80
        assert len(set(found.tolist()) & set(exact[:20].tolist())) == 20
    assert sorted(Nearest(rows[:50]).search(rows[0], 80).tolist()) == list(range(50))
    assert Nearest(rows[:0]).search(rows[0], 80).tolist() == []


@pytest.mark.parametrize("size", [3, 30, 1_000, 50_000])
@pytest.mark.parametrize("levels", [1, 7, 10**6])
def test_the_largest_of_many_values(size: int, levels: int) -> None:
    values = np.random.default_rng(size).integers(0, levels, size).astype(np.float32)
    places = largest(values, 30)
    assert len(set(places.tolist())) == min(30, size)
    assert sorted(values[places]) == sorted(values)[-30:]


@pytest.mark.parametrize(
    "change",
    [
        lambda held: [replace(held[1], reply="退款三天到账"), *held[2:], held[0]],
        lambda held: [*held, Script("new", "可以寄到海外", questions=("能寄国外吗", "海外发吗"))],
        lambda held: [],
        lambda held: held,
    ],
    ids=["edited, removed and moved", "added", "emptied", "the same"],
)
@pytest.mark.parametrize("encoder", [CharacterEncoder(), None], ids=["letters", "bundled"])
def test_an_updated_index_answers_as_one_built_anew(
    change: Callable[[list[Script]], list[Script]], encoder: Encoder | None
) -> None:
    cache = VectorCache(None, encoder or load_encoder())
    scripts = change(list(SHOP))
    updated = update_index(build_index(SHOP, cache), scripts, cache)
    known = cache.embedded
    built = build_index(scripts, cache)
    assert cache.embedded == known
    assert updated.built == built.built
    assert updated.codes == built.codes
    again = update_index(updated, SHOP, cache)
    for one, other in ((updated, built), (again, build_index(SHOP, cache))):
        for query in ("开发票", "退款几天", "能寄国外吗", "发货"):
            found, expected = (suggest(Query(query), index) for index in (one, other))
            assert [c.script for c in found.candidates] == [c.script for c in expected.candidates]
            scores = [[c.score for c in ranking.candidates] for ranking in (found, expected)]
            assert scores[0] == pytest.approx(scores[1], abs=1e-3)


def test_a_saved_index_is_loaded_without_embedding(tmp_path: Path) -> None:
    path = tmp_path / "shop.index"
    built = open_index(SHOP, VectorCache(None, CharacterEncoder()), path=path)
    cache = VectorCache(None, CharacterEncoder())
    loaded = open_index(SHOP, cache, path=path)
    assert cache.embedded == 0
    assert suggest(Query("开票"), loaded) == suggest(Query("开票"), built)


@pytest.mark.parametrize("counting", ["as before", "otherwise"])
def test_a_saved_index_holds_its_words_for_as_long_as_they_are_counted_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counting: str
) -> None:
    path, cache = tmp_path / "shop.index", VectorCache(None, load_encoder())
    save_index(build_index(SHOP, cache), path)
    if counting == "otherwise":
        monkeypatch.setattr("server.scripts_index.grams", lambda text: list(text))
        monkeypatch.setattr("server.catalog.index_files._counting", lambda: "otherwise")
    loaded, built = load_index(path, SHOP, cache), build_index(SHOP, cache)
    assert loaded is not None
    assert list(loaded.chars.terms) == list(built.chars.terms)
    assert list(loaded.sounds.terms) == list(built.sounds.terms)
    for name in ("rows", "impacts", "starts"):
        assert np.array_equal(getattr(loaded.chars, name), getattr(built.chars, name))
    assert np.array_equal(loaded.intents, built.intents)
    assert suggest(Query("开票"), loaded) == suggest(Query("开票"), built)


@pytest.mark.parametrize(
    "harm", ["other model", "other scripts", "torn", "flipped", "no file at all"]
)
def test_an_index_that_does_not_fit_is_never_served(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "shop.index"
    save_index(build_index(SHOP, VectorCache(None, CharacterEncoder())), path)
    encoder, scripts = CharacterEncoder(), SHOP
    if harm == "other model":

        class Other(CharacterEncoder):
            identity = Identity("other", "1", 64)

        encoder = Other()
    elif harm == "other scripts":
        scripts = (*SHOP[:3], replace(REFUND, reply="退款要一周"))
    elif harm == "torn":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "flipped":
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(bytes(content))
    else:
        path.write_bytes(b"nothing")
    cache = VectorCache(None, encoder)
    assert load_index(path, scripts, cache) is None
    assert first(open_index(scripts, cache, path=path), "开票") == "invoice"


def test_history_moves_what_was_asked_before_and_nothing_else(index: ScriptsIndex) -> None:
    memory = Memory(load_encoder())
    assert first(index, "老样子来一份") != "refund" or len(memory) == 0
    memory.add([("老样子来一份", "refund", "accepted")] * 3)
    ranking = suggest(Query("老样子来一份"), index, memory=memory)
    assert ranking.candidates[0].script.id == "refund"
    assert ranking.candidates[0].why == "本店常用于类似问题"
    assert first(index, "能开发票吗", memory=memory) == "invoice"
    assert memory.forget("老样子来一份") == 3
    assert suggest(Query("老样子来一份"), index, memory=memory) == suggest(
        Query("老样子来一份"), index
    )


def test_likeness_to_history_stands_in_for_questions_only_where_there_are_none() -> None:
    none = np.zeros(2, dtype=np.float32)
    lift, even = np.asarray([0, 5], dtype=np.float32), np.ones(2, dtype=np.float32)
    vote = Vote(held=none, trust=0.0, mass=0.0, lift=lift, prior=even, against=none)
    held = np.asarray([0.7, 0.3], dtype=np.float32)
    assert weigh(held, vote, bare=even).argmax() == 1
    assert weigh(held, vote, bare=none).tolist() == pytest.approx([0.7, 0.3])


def test_rejections_lower_confidence(index: ScriptsIndex) -> None:
    memory = Memory(load_encoder())
    before = suggest(Query("能开发票吗"), index, memory=memory).candidates[0]
    memory.add([("能开发票吗", "invoice", "rejected")] * 4)
    after = next(
        c
        for c in suggest(Query("能开发票吗"), index, memory=memory).candidates
        if c.script.id == "invoice"
    )
    assert after.confidence < before.confidence


def test_chats_become_history_and_proposals() -> None:
    greeting = "亲 我们周末也有人在线的哦"
    chats = [
        [
            Said(f"c{n}", "shopper", "我电话13800000000"),
            Said(f"c{n}", "shopper", "几时发货"),
            Said(f"c{n}", "agent", "今天16点前付款，当天发出~"),
            Said(f"c{n}", "shopper", "周末有人吗"),
            Said(f"c{n}", "agent", greeting),
        ]
        for n in range(3)
    ]
    lesson = learn_chats(chats, SHOP)
    assert {learnt.script_id for learnt in lesson.history} == {"ship"}
    assert all("13800000000" not in learnt.message for learnt in lesson.history)
    assert lesson.history[0].message.endswith("几时发货")
    assert (lesson.exact, lesson.near, lesson.unmatched) == (3, 0, 3)
    (proposal,) = lesson.proposals
    assert (proposal.reply, proposal.count, proposal.asked) == (greeting, 3, ("周末有人吗",))


def test_variables_and_small_edits_still_match() -> None:
    scripts = [Script("cut", "{昵称}您好，{时间}前付款的订单当天发出，请放心下单")]
    chat = [
        Said("c", "shopper", "几时发"),
        Said("c", "agent", "小美您好，16:00前付款的订单当天发出，请放心下单"),
        Said("c", "shopper", "好"),
        Said("c", "agent", "昵称您好 时间前付款的订单都当天发出 请放心下单哦"),
    ]
    lesson = learn_chats([chat], scripts)
    assert (lesson.exact, lesson.near) == (1, 1)


def test_a_history_file_of_both_kinds(tmp_path: Path) -> None:
    rows = [
        {"message": "几时发", "script_id": "ship"},
        {"message": "咋开票", "script_id": "gone"},
        {"conversation_id": "1", "from": "shopper", "text": "走什么快递"},
        {"conversation_id": "1", "from": "agent", "text": "默认发中通快递"},
    ]
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    lesson = learn(path, SHOP)
    assert [(learnt.message, learnt.script_id) for learnt in lesson.history] == [
        ("几时发", "ship"),
        ("走什么快递", "courier"),
    ]
    assert lesson.unknown == 1
    assert len(memory_of(lesson, CharacterEncoder())) == 2


def test_labelled_lines_of_other_shops_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    rows = [
        {"id": "1", "message": "几时发", "expected": ["ship"], "shop": "a"},
        {"id": "2", "message": "在", "expected": [], "shop": "b"},
        {
            "id": "3",
            "message": "那呢",
            "expected": [],
            "context": [{"from": "agent", "text": "有"}],
        },
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    read = read_labelled(path, "a")
    assert [labelled.id for labelled in read] == ["1", "3"]
    assert read[1].turns == (Turn("agent", "有"),)


@pytest.mark.parametrize("line", ["{", "[]", '{"message": 1, "expected": []}', '{"message": "a"}'])
def test_unreadable_labelled_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text("\n" + line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"m\.jsonl:2"):
        read_labelled(path)


def outcome(
    rank: int, confidence: float, shown: int, expected: tuple[str, ...] = ("a",)
) -> Outcome:

    return Outcome(Labelled("1", "m", expected, "plain"), rank, confidence, shown, 1.0)


def test_figures_by_hand() -> None:
    found = figures(
        [outcome(1, 0.9, 3), outcome(3, 0.8, 2), outcome(0, 0.3, 0), outcome(0, 0.5, 1, ())]
    )
    assert (found["n"], found["answerable"]) == (4, 3)
    assert (found["hit@1"], found["hit@3"]) == (0.3333, 0.6667)
    assert found["mrr@10"] == round((1 + 1 / 3) / 3, 4)
    assert found["no_answer_auroc"] == round(2 / 3, 4)
    assert found["shown"] == {"in_scope_shown": 0.3333, "out_of_scope_shown": 1.0}
    assert found["by_kind"]["plain"]["hit@1"] == 0.3333


def test_auroc_counts_ties_half() -> None:
    assert auroc([0.5, 0.7], [0.5]) == 0.75
    assert auroc([], [0.5]) is None


def test_calibration_by_hand() -> None:
    held = calibration([outcome(1, 0.95, 3), outcome(0, 0.95, 3)])
    assert held["bins"] == [{"n": 2, "confidence": 0.95, "right": 0.5}]
    assert held["ece"] == pytest.approx(0.45)


def test_evaluation_with_table_and_plot(index: ScriptsIndex, tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    rows = [
        {"id": "1", "message": "几时发呢", "expected": ["ship"], "kind": "plain"},
        {"id": "2", "message": "谢谢", "expected": [], "kind": "thanks"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = evaluate(
        read_labelled(path),
        lambda query: suggest(query, index),
        scripts=len(SHOP),
        model="characters",
        learned=lambda query: suggest(query, index),
    )
    assert found["hit@1"] == 1.0
    assert found["with_history"]["hit@1"] == 1.0
    assert "首条命中" in table(found)
    plot(found, tmp_path / "hits.svg")
    drawn = ElementTree.parse(tmp_path / "hits.svg").getroot()
    texts = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "plain (1)" in texts
    assert "thanks (0)" not in texts


def test_bundled_knowledge_fits_the_bundled_model(index: ScriptsIndex) -> None:
    assert index.adapter is not None
    assert index.adapted.shape[1] == 256
    assert np.linalg.norm(index.adapted, axis=1) == pytest.approx(
        np.ones(len(index.passages)), abs=1e-4
    )
