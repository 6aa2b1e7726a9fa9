"""Reading `levels` and `groups` of a shop's `shop.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from server.base.yaml_files import Node, Scalar, Table
from server.library.reading import TableReader
from server.library.tiers import Tier

# What a file calls a condition, by the field that holds it; spending is written in yuan.
CONDITIONS: Mapping[str, str] = {
    "spend": "spend_fen",
    "orders": "orders",
    "within_days": "within_days",
    "idle_days": "idle_days",
}
OF_LEVELS = ("spend", "orders")
_YUAN = re.compile(r"\d{1,8}(?:\.\d{1,2})?")
_WHOLE = re.compile(r"\d{1,6}")
_BY_HAND = frozenset({"", "手动", "手工", "人工", "by hand", "manual"})
_LONGEST = 20


class TierReader(TableReader):
    """Reads levels (lowest first) and groups."""

    def _tiers(self, table: Table, key: str, known: Sequence[str]) -> tuple[Tier, ...]:
        """The tiers below `key`; each a table of conditions, or nothing for one by hand."""
        node = table.entries.get(key)
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return ()
        if not isinstance(node, Table):
            self._tier_problem(node.line, key, f"{key} 不是表格 ({key} are no table)", known)
            return ()
        return tuple(self._each(node, known))

    def _each(self, table: Table, known: Sequence[str]) -> Iterator[Tier]:
        for name, node in table.entries.items():
            line = table.key_lines[name]
            if not name.strip() or len(name) > _LONGEST:
                what = f"名字 {name!r} 太长或是空的 (a name has 1 to {_LONGEST} signs)"
                self._tier_problem(line, name, what, known)
            elif isinstance(node, Scalar) and (node.text or "").strip().lower() in _BY_HAND:
                yield Tier(name, line=line)
            elif isinstance(node, Table):
                yield Tier(name, line=line, **self._conditions(name, node, known))
            else:
                self._tier_problem(line, name, f"{name} 不是条件 ({name} holds no table)", known)

    def _conditions(self, name: str, table: Table, known: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for key, node in table.entries.items():
            line = table.key_lines[key]
            if key not in known:
                self._tier_problem(line, name, f"条件 {key!r} 不认识 (an unknown condition)", known)
                continue
            value = _amount(key, node)
            if value is None:
                said = repr(node.text) if isinstance(node, Scalar) else "表格 (a table)"
                self._tier_problem(line, name, f"{key} 是 {said} ({key} is no number)", known)
            else:
                found[CONDITIONS[key]] = value
        return found

    def _tier_problem(self, line: int, subject: str, what: str, known: Sequence[str]) -> None:
        shown = "、".join(known)
        fix = (
            "写成 金卡: {spend: 2000}，金额是元；没有条件的手工指定；可用 "
            f"{shown} (write it so, spending in yuan, nothing for one by hand; use {shown})"
        )
        self._problem(self._shop_shown, line, subject, "L025", what, fix)


def _amount(key: str, node: Node) -> int | None:
    text = (node.text or "").strip() if isinstance(node, Scalar) else ""
    if key == "spend":
        return int(Decimal(text) * 100) if _YUAN.fullmatch(text) else None
    return int(text) if _WHOLE.fullmatch(text) else None
