"""The product that is meant and its size, above the replies."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.extension.panel.stage import SHIP, PanelStage, suggestion

PRODUCT = {"id": "hoodie", "name": "加绒连帽卫衣"}
SIZED = suggestion(1, "建议拍M。", values={"推荐尺码": "M"})
ASKS = suggestion(1, "麻烦说下身高、体重。", values={"尺码所需": "身高、体重"})


def advice(**said: Any) -> dict[str, Any]:
    """What the chart says; nothing but what is named."""
    lists: dict[str, Any] = {"sizes": [], "rows": [], "missing": []}
    return {"person": "", **lists, "measured": "", "note": "", "says": "", "leans": 0} | said


def goods(stage: PanelStage) -> Locator:
    return stage.page.locator("bangda-panel .goods")


FITS = advice(sizes=["M"], rows=["M：身高158–163cm，体重48.5–55kg"], measured="身高160cm、体重52kg")
BETWEEN = advice(
    person="老公",
    sizes=["M", "L"],
    rows=["M：身高158–163cm", "L：身高164–169cm"],
    measured="身高163.5cm",
    note="版型宽松，喜欢合身选小一码",
    leans=-1,
)


def test_the_size_stands_with_its_row(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(SIZED, size=[FITS], product=PRODUCT)
    expect(goods(stage)).to_contain_text("商品：加绒连帽卫衣")
    expect(goods(stage).locator("strong")).to_have_text("M")
    expect(goods(stage)).to_contain_text("身高160cm、体重52kg")
    expect(goods(stage)).to_contain_text("M：身高158–163cm，体重48.5–55kg")


def test_a_border_case_says_both_rows_build_and_fit(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(SIZED, size=[FITS, BETWEEN], product=PRODUCT)
    expect(goods(stage).locator("strong")).to_have_text(["M", "M", "L"])
    between = goods(stage).locator(".size").nth(1)
    expect(between).to_contain_text("推荐尺码M或L老公 身高163.5cm")
    expect(between).to_contain_text("偏瘦或喜欢修身，可先看小的")
    expect(between).to_contain_text("版型宽松，喜欢合身选小一码")


def test_missing_measures_are_named_when_a_size_is_asked_for(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(ASKS, size=[advice(missing=["身高", "体重"])], product=PRODUCT)
    expect(goods(stage)).to_contain_text("选尺码还缺 身高、体重")


def test_a_question_about_something_else_shows_the_product_alone(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(SHIP, size=[advice(missing=["身高", "体重"])], product=PRODUCT)
    expect(goods(stage)).to_have_text("商品：加绒连帽卫衣")
    stage.show(SHIP)
    expect(goods(stage)).to_be_hidden()


def test_an_english_reader_finds_the_measures_in_english(stage: PanelStage) -> None:
    stage.mount(docked=True, locale="en")
    stage.show(SIZED, size=[FITS], product=PRODUCT)
    expect(goods(stage)).to_contain_text("Suggested size")
    expect(goods(stage)).to_contain_text("height 160cm, weight 52kg")
    expect(goods(stage)).to_contain_text("M: height 158–163cm, weight 48.5–55kg")
    stage.show(SIZED, size=[advice(measured="身高190cm")], product=PRODUCT)
    expect(goods(stage)).to_contain_text("No single row")


def test_where_it_could_be_two_products_the_agent_is_told_to_ask(stage: PanelStage) -> None:
    stage.mount(docked=True)
    others = [{"id": "a", "name": "牛仔裤"}, {"id": "b", "name": "围巾"}]
    stage.show(SHIP, product={}, perhaps=others)
    expect(goods(stage)).to_have_text("买家说的可能是 牛仔裤、围巾，先问清是哪款")
