"""The lead's page of images: uploaded, offered in forms, looked at, taken away."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.parts import parts_of
from tests.conftest import COURIER
from tests.library.test_images import PNG
from tests.support import CharacterEncoder, write_shop
from tests.web.test_no_500 import BASE, signed_in

PAGE = "/lead/shop-a/images"
MOST = 100


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    write_shop(tmp_path / "library", "shop-a", [COURIER | {"images": ["images/used.png"]}])
    write_shop(tmp_path / "library", "shop-b", [COURIER])
    folder = tmp_path / "library" / "shop-a" / "images"
    folder.mkdir()
    (folder / "used.png").write_bytes(PNG + b"used")
    made = create_app(
        Config(tmp_path / "library", tmp_path / "data", port=8765), CharacterEncoder()
    )
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, "lead")


def seen(client: FlaskClient, address: str = PAGE) -> str:
    return client.get(address, base_url=BASE).get_data(as_text=True)


def upload(client: FlaskClient, *files: tuple[str, bytes], page: str = PAGE) -> tuple[int, str]:
    given = [(io.BytesIO(content), name) for name, content in files]
    answer = client.post(page, data={"files": given}, base_url=BASE, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def remove(client: FlaskClient, name: str) -> tuple[int, str]:
    answer = client.post(
        f"{PAGE}/remove", data={"name": name}, base_url=BASE, follow_redirects=True
    )
    return answer.status_code, answer.get_data(as_text=True)


def files(app: Flask) -> list[str]:
    root = parts_of(app).catalog.root / "shop-a"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))


def test_images_are_uploaded_shown_and_offered_in_forms(app: Flask, client: FlaskClient) -> None:
    status, page = upload(client, ("尺码 表.png", PNG), ("b.png", PNG + b"b"))
    assert status == 200 and "已放进店铺文件夹：images/尺码-表.png、images/b.png" in page
    image = client.get("/lead/shop-a/image?name=images/b.png", base_url=BASE)
    assert (image.data, image.mimetype) == (PNG + b"b", "image/png")
    for form in ("/lead/shop-a/products/edit", "/lead/shop-a/scripts/new"):
        assert '<option value="images/b.png">' in seen(client, form)
    trail = parts_of(app).database.rows("SELECT who, what FROM audit_log WHERE kind = 'library'")
    assert "shop-a/images/b.png" in [row["what"] for row in trail]


def test_a_script_s_images_are_seen_beside_their_names(client: FlaskClient) -> None:
    assert 'alt="images/used.png"' in seen(client, f"/lead/shop-a/scripts/{COURIER['id']}")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg onload=alert(1)>", "a.png 不是能用的图片"),
        (PNG + bytes(MOST), "a.png 有 0.0 MB，超过 2 MB"),
    ],
    ids=["kind", "size"],
)
def test_one_bad_file_leaves_all_out_and_is_named(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, content: bytes, says: str
) -> None:
    # A small limit: what the test client holds of a large body it never closes.
    for module in ("server.curation.image_desk", "server.web.lead.images"):
        monkeypatch.setattr(f"{module}.MOST_BYTES", MOST)
    status, page = upload(client, ("good.png", PNG), ("a.png", content))
    assert status == 400 and says in page
    assert files(app) == ["images/used.png"]


def test_nothing_chosen_is_told(client: FlaskClient) -> None:
    status, page = upload(client)
    assert status == 400 and "还没有选图片" in page


def test_what_is_shown_somewhere_stays_and_the_rest_can_go(app: Flask, client: FlaskClient) -> None:
    upload(client, ("b.png", PNG))
    assert remove(client, "images/used.png")[0] == 400
    assert "还在用" in remove(client, "images/used.png")[1]
    status, page = remove(client, "images/b.png")
    assert status == 200 and "图片 images/b.png 已删除" in page
    assert remove(client, "../shop-b/shop.yaml")[0] == 400
    assert files(app) == ["images/used.png"]


def test_another_shop_and_those_who_may_not_publish_are_kept_out(
    app: Flask, client: FlaskClient
) -> None:
    agent = signed_in(app, "agent")
    assert upload(agent, ("a.png", PNG))[0] in (302, 401, 403)
    assert client.get("/lead/shop-a/image?name=shop.yaml", base_url=BASE).status_code == 404
    assert client.get("/lead/shop-b/image?name=images/used.png", base_url=BASE).status_code == 404
    (parts_of(app).catalog.root / "shop-a" / "shop.yaml").write_text(
        'name: A\nsettings:\n  publishers: "别人"\n', "utf-8"
    )
    parts_of(app).catalog.reload()
    status, page = upload(client, ("a.png", PNG))
    assert status == 400 and 'type="file"' not in page
    assert files(app) == ["images/used.png"]
