"""The sample month's reviews and public questions, as a platform's export would bring them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from server.library import Shop
from server.sample.goods import goods_of, order_number
from server.sample.traffic import STYLES
from server.store.database import Row
from server.store.work.reviews import Reviews
from server.work.reviews import Review

# Stars and words; the share of good ones is what shops see.
_BAD: Final = (
    (1, "快递压坏了，盒子都瘪了，打开一看裂了一道口子"),
    (1, "客服半天不回，问了三遍才理人"),
    (2, "用了两天就坏了，质量太差"),
    (2, "和图片不一样，颜色差好多，失望"),
    (1, "少发了一个，找售后推来推去"),
    (3, "物流太慢了，一个星期才到"),
    (3, "偏小一码，穿着紧"),
    (2, "味道很大，晾了三天还有"),
    (3, "一般般吧，没有想象的好，不值这个价"),
    (1, "退货难，说好的运费险也没有"),
)
_GOOD: Final = (
    (5, "质量很好，客服也耐心，推荐"),
    (5, "第二次买了，一如既往"),
    (5, "快递很快，包装严实"),
    (4, "总体不错，就是颜色比图片深一点"),
    (5, "尺寸刚好，家里人都说好"),
    (4, "性价比可以"),
)
_QUESTIONS: Final = (
    "会不会有异味？", "尺寸准吗，要不要买大一号？", "用久了会坏吗？", "掉色吗，能机洗吗？",
    "送人合适吗，有礼盒吗？", "孕妇能用吗？", "发什么快递，几天能到？", "和实体店的是一样的吗？",
    "坏了保修多久？", "赠品还有吗？",
)  # fmt: skip
_LISTED: Final = 64


def fill_reviews(
    reviews: Reviews, shop: Shop, talks: Sequence[Row], chance: random.Random, now: datetime
) -> None:
    """A month of them by platform; most are answered, the first of each view still waits."""
    platforms: dict[str, list[Review]] = {}
    today = now.astimezone(shop.zone).date()
    for place in range(_LISTED):
        platform = chance.choice(shop.platforms or ("taobao",))
        own = [talk for talk in talks if talk["platform"] == platform]
        talk = chance.choice(own) if own else None
        kind = "question" if place % 5 == 4 else "review"
        stars, text = 0, chance.choice(_QUESTIONS)
        if kind == "review":
            stars, text = chance.choice(_BAD if place % 3 == 0 else _GOOD)
        day = (today - timedelta(days=int(chance.triangular(0, 29, 3)))).isoformat()
        shopper = talk["shopper_id"] if talk and kind == "review" else ""
        number = order_number(chance, 7) if kind == "review" else ""
        found = Review(
            kind,
            f"sample-{place}",
            number,
            shopper,
            chance.choice(goods_of(shop)),
            stars,
            text,
            day,
        )
        platforms.setdefault(platform, []).append(found)
    for name, listed in platforms.items():
        reviews.take(listed, shop.id, name)
    for view in ("bad", "questions", "other"):
        for row in reviews.listed(shop.id, view)[1:]:
            if chance.random() < (0.9 if view == "other" else 0.35):
                who = chance.choice(STYLES).name
                reviews.change(row["id"], cause=row["cause"], state="done", who=who)
