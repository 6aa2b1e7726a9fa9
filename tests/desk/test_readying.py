"""What is made ready behind a start is not worked out again by the first who ask."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from server.base.config import shipped
from server.catalog.catalog import Catalog
from server.compliance.checker import Checker
from server.desk.readying import make_ready
from server.desk.shop_memory import Memories
from tests.support import CharacterEncoder


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    shop = tmp_path / "library" / "shop"
    shop.mkdir(parents=True)
    rows = "".join(f"- {{id: s{n}, title: 第{n}条, reply: 亲，第{n}款有货}}\n" for n in range(5))
    (shop / "shop.yaml").write_text("platforms: [taobao]\n", encoding="utf-8")
    (shop / "scripts.yaml").write_text(f"scripts:\n{rows}", encoding="utf-8")
    (tmp_path / "library" / "rules").symlink_to(shipped("scripts_library") / "rules")
    return Catalog(tmp_path / "library", CharacterEncoder())


@pytest.mark.parametrize(("stopped", "asked"), [(False, 0), (True, 4)])
def test_rules_are_asked_before_the_first_message(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, stopped: bool, asked: int
) -> None:
    stop = threading.Event()
    if stopped:
        stop.set()
    make_ready(catalog, Memories(CharacterEncoder(), lambda shop: ()), stop)
    texts: list[str] = []
    check = Checker.check

    def counted(self: Checker, text: str, **known: object) -> object:
        texts.append(text)
        return check(self, text, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(Checker, "check", counted)
    served = catalog.snapshot.shop("shop")
    terms = served.terms()
    assert all(terms.allow(script, "taobao") for script in served.shop.scripts)
    assert len(texts) == asked
    catalog.close()
