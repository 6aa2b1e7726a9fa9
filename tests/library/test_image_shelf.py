"""Images that are put into a shop's folder: safe names, no doubles, nothing that is no image."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.library.image_shelf import images_in, put_image, remove_image
from server.library.images import MOST_BYTES, ImageError, read_image
from tests.library.test_images import PNG

JPG = b"\xff\xd8\xff\xe0" + bytes(20)


@pytest.mark.parametrize(
    ("file_name", "content", "name"),
    [
        ("size.png", PNG, "images/size.png"),
        ("尺码 表（2026）.PNG", PNG, "images/尺码-表-2026.png"),
        ("chart.png", JPG, "images/chart.jpg"),  # the ending follows the bytes
        ("../../etc/passwd", PNG, "images/passwd.png"),
        ("C:\\bilder\\a.b.jpg", JPG, "images/a-b.jpg"),
        (".png", PNG, "images/png.png"),
        ("…….png", PNG, "images/image.png"),
        ("con.png", PNG, "images/image-con.png"),
        ("<b>'\";.png", PNG, "images/b.png"),
        ("x" * 300 + ".png", PNG, f"images/{'x' * 60}.png"),
    ],
)
def test_a_name_is_safe_wherever_it_goes(
    tmp_path: Path, file_name: str, content: bytes, name: str
) -> None:
    assert put_image(tmp_path, file_name, content) == (name, True)
    assert read_image(tmp_path, name).content == content
    assert [one.name for one in images_in(tmp_path)] == [name]


def test_the_same_image_is_kept_once_and_another_of_its_name_gets_a_number(tmp_path: Path) -> None:
    assert put_image(tmp_path, "a.png", PNG) == ("images/a.png", True)
    assert put_image(tmp_path, "other.png", PNG) == ("images/a.png", False)
    assert put_image(tmp_path, "A.png", PNG + b"1") == ("images/A-2.png", True)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"MZ\x90", PNG + bytes(MOST_BYTES)])
def test_what_is_no_image_or_too_large_is_not_kept(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ImageError):
        put_image(tmp_path, "a.png", content)
    assert images_in(tmp_path) == []


def test_one_is_taken_away_and_nothing_else_is(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("name: x", "utf-8")
    name, _ = put_image(tmp_path, "a.png", PNG)
    remove_image(tmp_path, name)
    for other in (name, "shop.yaml", "../shop.yaml", "/etc/passwd", ""):
        with pytest.raises(ImageError):
            remove_image(tmp_path, other)
    assert (tmp_path / "shop.yaml").exists()


def test_hidden_files_and_links_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / ".a.png").write_bytes(PNG)
    (tmp_path / "outside.png").symlink_to("/etc/hostname")
    assert images_in(tmp_path) == []
