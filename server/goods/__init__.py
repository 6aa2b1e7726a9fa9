"""Which product a conversation is about, what is true of it, and which of its sizes fits. Pure."""

from server.goods.context import NO_GOODS, NOTHING_STATED, Goods, Stated, goods_of
from server.goods.measures import Said, said_measures
from server.goods.naming import meant
from server.goods.sizes import Advice, advise

__all__ = [
    "NOTHING_STATED",
    "NO_GOODS",
    "Advice",
    "Goods",
    "Said",
    "Stated",
    "advise",
    "goods_of",
    "meant",
    "said_measures",
]
