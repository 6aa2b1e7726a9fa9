"""An image is pasted into the boxes that take one, and seen there; others are left as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.test_editors import ADAPTER, BOX, KINDS, TYPED, model, open_editor, type_in

TAKE = ("quill",)
# 1 × 1, one colour.
IMAGE = {
    "name": "images/尺码表.png",
    "media_type": "image/png",
    "content": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
}


def paste(world: PageWorld) -> dict[str, Any]:
    made: dict[str, Any] = world.bangda(f"bangda.composer.insertImage({json.dumps(IMAGE)}, bound)")
    return made


@pytest.mark.parametrize("kind", TAKE)
def test_an_editor_that_takes_images_holds_it(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    type_in(world, kind, TYPED)
    assert paste(world) == {"ok": True, "how": "paste"}
    assert world.page.locator(f"{BOX} img").count() == 1
    assert world.page.locator(BOX).inner_text().strip() == TYPED
    assert world.replay("replay.sent") == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in TAKE])
def test_any_other_box_says_so_and_keeps_what_was_typed(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    type_in(world, kind, TYPED)
    assert paste(world) == {"ok": False, "how": "", "reason": "no_images"}
    assert model(world, kind) == TYPED
    assert world.replay("replay.sent") == []


def test_a_field_is_tried_only_where_the_page_is_known_to_show_it_first(world: PageWorld) -> None:
    """A page that sends what is pasted must never be handed an image."""
    open_editor(world, "react")
    world.page.evaluate(
        """(box) => {
            document.querySelector(box).addEventListener("paste", (event) => {
                event.preventDefault();
                const shown = document.createElement("div");
                shown.className = "preview";
                shown.textContent = event.clipboardData.files[0].name;
                document.body.append(shown);
            });
        }""",
        BOX,
    )
    begin(world, None)
    assert paste(world)["reason"] == "no_images"
    assert world.page.locator(".preview").count() == 0
    begin(world, [".preview"])
    assert paste(world) == {"ok": True, "how": "paste"}
    assert world.page.locator(".preview").inner_text() == Path(IMAGE["name"]).name


def begin(world: PageWorld, preview: list[str] | None) -> None:
    """Starts the page side anew with an adapter that names this preview."""
    world.start("demo", {**ADAPTER, "image_preview": preview})
    world.wait_log("messages", 1)
    world.bangda("void (globalThis.bound = bangda.binding())")
