"""The images of a reply: seen, copied, dragged, pasted; what fails is said."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.extension.panel.stage import PanelStage, button, suggestion

NAME = "images/尺码表.png"
SIZES = suggestion(1, "亲，尺码表在图里。", images=[NAME])
# What the stage's server hands out is drawn by the browser itself: 6 × 4, one colour.
DRAW = """async (type) => {
    const canvas = new OffscreenCanvas(6, 4);
    canvas.getContext("2d").fillRect(0, 0, 6, 4);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
}"""


def show(stage: PanelStage, media_type: str = "image/png", **options: Any) -> Locator:
    """The panel with an image in its first card."""
    content = stage.page.evaluate(DRAW, media_type)
    stage.answer("image", {"media_type": media_type, "content": content})
    stage.mount(docked=True, **options)
    stage.show(SIZES)
    return stage.page.locator("bangda-panel .image img")


def test_the_image_stands_in_its_card_and_is_asked_for_once(stage: PanelStage) -> None:
    image = show(stage)
    expect(image).to_have_attribute("alt", NAME)
    expect(image).to_have_js_property("naturalWidth", 6)
    stage.message("还有吗", number=2)
    expect(image).to_have_js_property("naturalWidth", 6)
    assert [asked["image"] for asked in stage.asked("image")] == [NAME]


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "image/webp"])
def test_it_is_copied_as_an_image(stage: PanelStage, media_type: str) -> None:
    show(stage, media_type)
    button(stage, "复制图")
    expect(stage.panel).to_contain_text("图已复制，到聊天框按 Ctrl+V")
    kinds = stage.page.evaluate(
        "async () => (await navigator.clipboard.read()).flatMap((item) => item.types)"
    )
    assert kinds == ["image/png"]


def test_it_is_dragged_as_the_browser_drags_images(stage: PanelStage) -> None:
    image = show(stage)
    expect(image).to_have_js_property("naturalWidth", 6)
    stage.page.evaluate(
        """() => {
            const box = document.querySelector("#box");
            box.addEventListener("dragover", (event) => event.preventDefault());
            box.addEventListener("drop", (event) => {
                event.preventDefault();
                window.dropped = event.dataTransfer.getData("text/html");
            });
        }"""
    )
    image.drag_to(stage.box)
    stage.page.wait_for_function("() => window.dropped")
    assert "<img" in stage.page.evaluate("window.dropped")


def test_it_is_pasted_into_the_box_of_its_conversation(stage: PanelStage) -> None:
    show(stage)
    button(stage, "贴图")
    expect(stage.panel).to_contain_text("图已放好，没有发送")
    [(image, binding)] = stage.page.evaluate("stage.pasted")
    assert (image["name"], image["media_type"]) == (NAME, "image/png")
    assert binding == {"site": "stage", "conversation_id": "c1", "message_id": "c1-m1"}


def test_a_box_that_takes_none_says_what_to_do(stage: PanelStage) -> None:
    show(stage)
    stage.page.evaluate("stage.refuse('no_images')")
    button(stage, "贴图")
    expect(stage.panel).to_contain_text("不收贴图。请点“复制图”后按 Ctrl+V，或把图拖进去")


def test_without_a_box_it_is_copied_only(stage: PanelStage) -> None:
    show(stage, copyOnly=True)
    expect(stage.page.get_by_role("button", name="复制图")).to_be_visible()
    expect(stage.page.get_by_role("button", name="贴图")).to_have_count(0)


def test_an_image_that_is_gone_and_an_address_are_named(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.page.evaluate(
        "stage.answers.image = Object.assign(new Error('gone'), {code: 'no_image'})"
    )
    stage.show(suggestion(1, "见图", images=[NAME, "https://shop.example/a.png"]))
    expect(stage.cards.first).to_contain_text(f"图取不到：{NAME}")
    expect(stage.cards.first).to_contain_text("另有图：https://shop.example/a.png")
    assert [asked["image"] for asked in stage.asked("image")] == [NAME]
