"""Who asks decides between scripts for one question; nobody is offered what is for others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.catalog.catalog import Catalog
from server.desk.english import reason
from server.suggest import Query, Ranking, suggest
from tests.support import CharacterEncoder, write_shop

QUESTIONS = ["有优惠吗", "能便宜点吗"]
FOR_ALL = {"id": "all", "reply": "全店满减中", "questions": QUESTIONS}
FOR_NEW = {"id": "new", "reply": "新客首单减十元", "questions": QUESTIONS, "audience": ["新客"]}
FOR_OLD = {"id": "old", "reply": "老客专享九折", "questions": QUESTIONS, "audience": ["老客"]}
FOR_GOLD = {"id": "gold", "reply": "金卡再送礼品", "questions": QUESTIONS, "audience": ["金卡"]}
OTHERS = [
    {"id": f"other-{n}", "reply": f"说明{n}", "questions": [f"第{n}个问题怎么办"]} for n in range(4)
]


def ranked(
    root: Path, scripts: list[dict[str, Any]], text: str, *audience: str, unknown: bool = False
) -> Ranking:
    write_shop(root, "a", [*scripts, *OTHERS])
    served = Catalog(root, CharacterEncoder()).snapshot.shop("a")
    asks = None if unknown else frozenset(audience)
    return suggest(Query(text, audience=asks), served.index, terms=served.terms())


def ids(ranking: Ranking) -> list[str]:
    return [candidate.script.id for candidate in ranking.candidates]


@pytest.mark.parametrize(
    ("audience", "first", "never"),
    [
        (("new",), "new", {"old", "gold"}),
        (("returning",), "old", {"new", "gold"}),
        (("returning", "金卡"), "gold", {"new"}),
        (("银卡",), "all", {"new", "old", "gold"}),
    ],
    ids=["new", "returning", "a level", "a level that no script is for"],
)
def test_the_shopper_decides(
    tmp_path: Path, audience: tuple[str, ...], first: str, never: set[str]
) -> None:
    scripts = [FOR_ALL, FOR_NEW, FOR_OLD, FOR_GOLD]
    if "金卡" in audience:
        scripts = [FOR_ALL, FOR_NEW, FOR_GOLD]
    found = ids(ranked(tmp_path, scripts, "有优惠吗", *audience))
    assert found[0] == first and not never & set(found)


def test_somebody_unknown_gets_what_is_for_everybody(tmp_path: Path) -> None:
    found = ids(ranked(tmp_path, [FOR_NEW, FOR_OLD, FOR_ALL], "有优惠吗", unknown=True))
    assert found[0] == "all"
    assert len({"new", "old"} & set(found[:3])) == 1


def test_scripts_for_different_people_never_both_stand_first(tmp_path: Path) -> None:
    for asked in ("有优惠吗", "便宜点"):
        found = ids(ranked(tmp_path, [FOR_NEW, FOR_OLD, FOR_GOLD], asked, unknown=True))
        assert len({"new", "old", "gold"} & set(found[:3])) == 1


def test_without_audiences_nothing_changes(tmp_path: Path) -> None:
    known = ranked(tmp_path, [FOR_ALL], "有优惠吗", "returning")
    assert known == ranked(tmp_path, [FOR_ALL], "有优惠吗", unknown=True)


def test_the_reason_names_the_audience(tmp_path: Path) -> None:
    known = ranked(tmp_path, [FOR_ALL, FOR_OLD], "有优惠吗", "returning")
    why = known.candidates[0].why
    assert why.startswith("适用老客；常见问法")
    assert reason(why).startswith("for returning shoppers; asked like")
    unknown = ranked(tmp_path, [FOR_OLD], "有优惠吗", unknown=True).candidates[0].why
    assert unknown.startswith("只给老客；")
    assert reason(unknown).startswith("only for returning shoppers; ")
