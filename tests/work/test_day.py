"""A day in a few lines: praise told from what only sounds so, and what stands out."""

from __future__ import annotations

import pytest

from server.work.day import AgentDay, change, is_praise, team, things

PRAISE = (
    "服务真好", "客服很耐心", "很满意，下次还来", "谢谢你的耐心解答", "态度非常好", "已好评",
    "你们家服务不错", "非常感谢", "太贴心了！", "质量一般，但是客服很专业",
)  # fmt: skip
NONE = (
    "谢谢", "服务好吗", "不满意", "要是服务好我就给好评", "给好评有返现吗", "你们态度太差",
    "没有好评", "怎么给好评", "好评返多少", "如果很满意会再来", "没人回复很好吗", "什么时候发货",
)  # fmt: skip


@pytest.mark.parametrize("text", PRAISE)
def test_praise(text: str) -> None:
    assert is_praise(text)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_praise(text: str) -> None:
    assert not is_praise(text)


def day(**problems: int) -> AgentDay:
    made = AgentDay("甲")
    made.problems = {name: list(range(n)) for name, n in problems.items()}
    return made


def test_what_stands_out_is_far_above_its_week_and_no_chance() -> None:
    week = [day(escalation=4, privacy=1)] * 7
    found = things(day(escalation=5, privacy=3, phishing=2), week)
    assert [(one.about, one.n, one.usual) for one in found] == [("privacy", 3, 1.0)]
    assert things(day(escalation=5), week) == []
    assert things(day(), []) == []


def test_overdue_promises_come_first_and_three_is_all() -> None:
    today = day(escalation=30, privacy=20, phishing=10, probe=5)
    found = things(today, [day()], missed=[7, 9])
    assert [(one.kind, one.about, one.n) for one in found] == [
        ("missed", "", 2),
        ("problem", "escalation", 30),
        ("problem", "privacy", 20),
    ]
    assert found[0].talks == (7, 9)


def test_a_team_is_all_of_its_agents() -> None:
    one, other = day(escalation=2), day(escalation=1, privacy=1)
    one.talks, other.talks = {1, 2}, {2, 3}
    one.topics, other.topics = {"发货": 2}, {"发货": 1, "退款": 4}
    whole = team([one, other])
    assert whole.talks == {1, 2, 3}
    assert {name: len(talks) for name, talks in whole.problems.items()} == {
        "escalation": 3,
        "privacy": 1,
    }
    assert whole.topics == {"发货": 3, "退款": 4}


def test_a_change_from_nothing_is_none() -> None:
    assert change(5, 4) == 0.25
    assert change(5, 0) is None
