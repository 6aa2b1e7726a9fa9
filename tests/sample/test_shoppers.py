"""The demo's shoppers are somebody: some new, some returning, found by the page's own ids."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from server.base.config import shipped
from server.library import load_library
from server.sample.shoppers import fill_shoppers
from server.shoppers import Who, standing_of
from server.store import Database
from server.store.quality.audit import Audit
from server.store.shoppers import People
from server.web.demo import demo_shoppers

TODAY = date(2026, 11, 30)


def test_the_demo_has_new_and_returning_shoppers_of_several_levels(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    audit = Audit(database)
    shoppers = demo_shoppers()
    assert fill_shoppers(database, audit, shoppers, TODAY) == len(shoppers)
    library = load_library(shipped("scripts_library"))
    found = []
    for shop_id, shopper_id in shoppers:
        shop = library.shop(shop_id)
        bought = People(database).bought(Who(shop_id, "", shopper_id))
        found.append(standing_of(bought, shop.levels, shop.groups, TODAY))
    assert {one.standing for one in found} == {"new", "returning"}
    assert len({one.level for one in found}) >= 3
    trail = database.rows("SELECT count(*) AS n FROM audit_log")[0]["n"]
    fill_shoppers(database, audit, shoppers, TODAY)
    assert database.rows("SELECT count(*) AS n FROM audit_log")[0]["n"] == trail
    database.close()
