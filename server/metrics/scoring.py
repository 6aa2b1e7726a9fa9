"""Score cards: weighted criteria, and fatal items that make the whole card zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.base.errors import UsageError


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a card: a criterion with its most points, or a fatal item (points 0)."""

    id: str
    name: str
    points: int
    hint: str = ""

    @property
    def fatal(self) -> bool:
        """Whether it makes the card zero."""
        return self.points == 0


# The five selling steps, then what the platform's clauses 2.3 to 2.9 punish.
DEFAULT_FORM = (
    Criterion("speed", "快速回复", 20, "15 秒内问候，20 秒内答复"),
    Criterion("language", "语言得体", 20, "称呼、礼貌、没有错别字"),
    Criterion("attitude", "态度积极", 20, "先回应情绪，不推诿"),
    Criterion("expertise", "回答专业", 20, "商品与规则说得对，说得全"),
    Criterion("guidance", "善于引导", 20, "了解需求，关联推荐，促成下单"),
    Criterion("third_party", "发布第三方信息", 0, "快手 2.3"),
    Criterion("abuse", "辱骂或引起不满的字句", 0, "快手 2.4"),
    Criterion("harassment", "骚扰、恐吓买家", 0, "快手 2.5"),
    Criterion("defamation", "诋毁平台或其他商户", 0, "快手 2.7"),
    Criterion("fake_goods", "明示或暗示假货", 0, "快手 2.8"),
    Criterion("impersonation", "冒充平台工作人员", 0, "快手 2.9"),
)


def total(form: tuple[Criterion, ...], marks: Mapping[str, int], fatal: frozenset[str]) -> int:
    """Points in 100; 0 when a fatal item holds. Raises UsageError for a mark out of range."""
    points = 0
    for line in form:
        if line.fatal:
            continue
        mark = marks.get(line.id)
        if mark is None or not 0 <= mark <= line.points:
            raise UsageError(
                f"mark for {line.name} is {mark}; expected 0 to {line.points}; fill in every line"
            )
        points += mark
    most = sum(line.points for line in form)
    if fatal & {line.id for line in form if line.fatal}:
        return 0
    return round(points * 100 / most) if most else 0
