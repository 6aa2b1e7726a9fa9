"""Images lie in the shop's folder, are what their names say, and are small."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.library import Product, Script, Shop
from server.library.images import MOST_BYTES, ImageError, image_names, read_image

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
KINDS = [
    ("a.png", PNG, "image/png"),
    ("a.PNG", PNG, "image/png"),
    ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
    ("a.jpeg", b"\xff\xd8\xff\xdb" + bytes(20), "image/jpeg"),
    ("a.gif", b"GIF89a" + bytes(20), "image/gif"),
    ("a.webp", b"RIFF\x20\0\0\0WEBPVP8 ", "image/webp"),
    ("images/尺码 表.png", PNG, "image/png"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), KINDS)
def test_kinds_are_told_by_their_first_bytes(
    tmp_path: Path, name: str, content: bytes, media_type: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    image = read_image(tmp_path, name)
    assert (image.name, image.media_type, image.content) == (name, media_type, content)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.png", b"<svg onload=alert(1)>", "is no image; expected .png"),
        ("a.png", b"", "is no image"),
        ("a.jpg", PNG, "holds image/png; rename it so that it ends in .png"),
        ("a.yaml", PNG, "rename it"),
        ("a.png", PNG + bytes(MOST_BYTES), f"expected at most {MOST_BYTES}"),
    ],
    ids=["svg", "empty", "other kind", "other ending", "big"],
)
def test_what_is_no_image_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImageError, match=says):
        read_image(tmp_path, name)


@pytest.mark.parametrize(
    "name",
    ["../b/a.png", "/etc/a.png", "x/../../a.png", "..\\a.png", ".a.png", "C:a.png", "a\0.png", ""],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImageError, match="no file name"):
        read_image(tmp_path, name)


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (tmp_path / "a.png").write_bytes(PNG)
    (shop / "a.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(ImageError, match="leads out"):
        read_image(shop, "a.png")


def test_a_file_that_is_missing_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    for name in ("a.png", "folder.png"):
        with pytest.raises(ImageError) as caught:
            read_image(tmp_path, name)
        assert caught.value.missing


def test_only_files_that_scripts_and_products_name_are_shown() -> None:
    script = Script("a", "好", images=("a.png", "https://shop.example/b.png"))
    shop = Shop("s", scripts=(script,), products=(Product("p", "裙", images=("c.png",)),))
    assert image_names(shop) == {"a.png", "c.png"}
