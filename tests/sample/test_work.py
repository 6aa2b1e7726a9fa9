"""The sample month fills the lists of work: every view of each has something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from server.base.times import utc_now
from server.catalog.catalog import Catalog
from server.desk.follow_ups import FollowUpLists
from server.library import Shop
from server.sample.orders import AGAIN_DAYS
from server.sample.traffic import fill_traffic
from server.sample.work import fill_work
from server.store import Database
from server.store.quality.bulk import Bulk
from server.store.quality.stores import open_quality
from server.store.work.promises import VIEWS
from server.store.work.stores import WorkStore, open_work
from server.work.requests import ALL_KINDS
from tests.support import CharacterEncoder, write_shop

ZONE = ZoneInfo("Asia/Shanghai")
PROMISE = {
    "id": "logi.stuck",
    "reply": "已经联系快递了，24小时内给您答复",
    "questions": ["物流不动"],
}
SHOP = {"platforms": ["kuaishou", "taobao"], "settings": {"threshold": "0"}}


def test_a_month_fills_every_list(tmp_path: Path) -> None:
    write_shop(tmp_path / "library", "shop-a", [PROMISE], SHOP)
    catalog = Catalog(tmp_path / "library", CharacterEncoder())
    served = catalog.snapshot.shop("shop-a")
    database = Database(tmp_path / "bangda.db")
    try:
        fill_traffic(Bulk(database), served, ZONE, None, 12)
        fill_work(database, open_quality(database, lambda shop: ZONE).audit, served)
        work, now = open_work(database), datetime.now(UTC)
        promises = {
            v: len(work.promises.listed("shop-a", v, utc_now(), last=99_999)) for v in VIEWS
        }
        assert all(n > 0 for n in promises.values()), promises
        assert promises["kept"] > 3 * promises["broken"]
        _every_list(work, catalog.snapshot.library.shop("shop-a"), database, now)
        unpaid = work.unpaid.listed("shop-a", now)
        assert len(unpaid) > 20
        chances = work.unpaid.chances("shop-a", now, timedelta(hours=2))
        assert chances.known
        small = chances.worth(5000, 180, returning=False)
        assert small is not None and small.chance > 0
        assert any(row["reminded_at"] for row in unpaid)
        assert sum(work.unpaid.pay_minutes("shop-a", now).values()) > 100
        requests = work.requests.counts("shop-a", utc_now(), "小晴")
        assert requests["mine"] and requests["late"] and requests["closed"], requests
        day = "2000", "2999"
        assert work.requests.station_hours("shop-a", *day)
        assert work.requests.solved("shop-a", *day)
    finally:
        database.close()
        catalog.close()


def _every_list(work: WorkStore, shop: Shop, database: Database, now: datetime) -> None:
    """Follow-ups due and done, reviews of every view, requests of every kind, lines to days."""
    quality = open_quality(database, lambda shop: ZONE)
    quality.settings.set("shop-a", "again_days", str(AGAIN_DAYS), "(sample)")
    lists = FollowUpLists(work.follow_ups, quality.settings)
    entries = lists.entries(shop, now, "小晴")
    assert {entry.kind for entry in entries} == {"care", "again"}
    assert any(entry.view == "done" for entry in entries)
    back = work.follow_ups.came_back("shop-a", "care", now, 3)
    assert back.written_to.orders > 10 and back.alone.orders > 10
    reviews = work.reviews.counts("shop-a")
    assert all(reviews[view] for view in ("bad", "questions", "other", "done")), reviews
    made = work.requests.made_between("shop-a", "2000", "2999")
    assert {row["kind"] for row in made} == set(ALL_KINDS)
    assert work.days.notes("shop-a", now.astimezone(ZONE).date().isoformat())
