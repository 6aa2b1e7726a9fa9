"""Orders of a shop as an import leaves them in the database."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from server.store import Database
from server.store.quality.orders import Order, Orders
from server.store.quality.stores import open_quality

SHANGHAI = ZoneInfo("Asia/Shanghai")


def take(database: Database, *orders: Order, platform: str = "taobao") -> None:
    """Brings orders of shop-a in, as the lead 主管."""
    audit = open_quality(database, lambda shop: SHANGHAI).audit
    Orders(database, audit).take(list(orders), "shop-a", platform, "主管")
