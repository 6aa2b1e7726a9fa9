"""What real shops write is not kept from any platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.compliance.checker import Checker
from server.compliance.clearance import Clearance
from server.compliance.findings import Finding
from server.compliance.rule_files import load_rules
from server.library import Script, Shop, load_library

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("knowledge/shops", "knowledge/heldout_shops", "scripts_library")
PLATFORMS = ("", "kuaishou")  # one that names no clause of its own, and the strictest


@pytest.fixture(scope="module")
def rules() -> Checker:
    return Checker(load_rules(ROOT / "scripts_library" / "rules"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_script_of_an_honest_shop_is_barred(rules: Checker, folder: str) -> None:
    barred = {
        f"{shop.id}/{script.id} {platform}": f"{finding.rule} {finding.matched}"
        for shop in load_library(ROOT / folder).shops.values()
        for platform in PLATFORMS
        for script, finding in _barred(Clearance(rules, shop), shop, platform)
    }
    assert barred == {}


def test_a_script_that_breaks_a_rule_is_barred_whatever_else_it_says(rules: Checker) -> None:
    shop = Shop(id="home", scripts=(Script(id="bad", reply="特价商品一经售出概不退换，谢谢理解"),))
    assert [script.id for script, _ in _barred(Clearance(rules, shop), shop, "kuaishou")] == ["bad"]


def _barred(clearance: Clearance, shop: Shop, platform: str) -> Iterator[tuple[Script, Finding]]:
    for script in shop.scripts:
        finding = clearance.broken(script, platform)
        if finding is not None:
            yield script, finding
