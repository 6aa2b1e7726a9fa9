"""A month of made-up traffic for `bangda demo --with-history`, so that QA's pages can be judged.

Everything in it is marked: conversation ids begin with `sample-`, shoppers are called 样例买家, and
the setting `sample_traffic` makes every QA page say so. The same seed and library make the same
traffic. What is offered for a message is what today's ranking offers, so that no page says that
something has no answer which the panel answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from server.base.times import utc_text
from server.base.variables import fill
from server.catalog.served import Served
from server.compliance.findings import Direction
from server.desk.rows import warning_row
from server.library import Script
from server.store.quality.bulk import Bulk, PastMessage, PastTalk
from server.store.rows import ConversationRow, Outcome, SuggestionRow, WarningRow
from server.suggest import Candidate, Query, Ranking, suggest

SAMPLE_PREFIX = "sample-"
# Share of a day's conversations by local hour, 0 to 23: what busy shops see, two peaks.
_HOURS = (1, 0, 0, 0, 0, 0, 0, 1, 3, 6, 9, 8, 6, 6, 8, 8, 7, 6, 5, 6, 9, 11, 8, 4)
_WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.25, 1.2)
_VOLUME = {"kuaishou": 62, "douyin": 26, "pinduoduo": 22, "taobao": 18, "xiaohongshu": 10}
_OPENINGS = ("在吗", "你好", "亲在不", "hi", "客服在吗", "")
_CLOSINGS = ("好的谢谢", "嗯嗯", "知道了", "好", "谢谢", "行吧")
# Now and then praise or anger that a day's log picks up: every so many talks of a day.
_PRAISES = ("客服很耐心，非常满意", "回复真快，态度很好", "服务很周到，给力")
_ANGER = ("这服务太差了，失望", "回得这么慢，差评")
_PRAISED_EVERY, _ANGRY_EVERY = 11, 23
_FAREWELLS = ("不客气的亲，有问题随时找我", "嗯嗯，祝您生活愉快", "好的亲")
_OWN_WORDS = (
    "稍等哈，我帮您看一下", "亲，已经帮您催了", "好的，给您登记了", "这款现在有货的，放心拍",
    "亲，您发下订单号我查查", "不好意思久等了", "嗯嗯，是的呢", "亲，图片发我看下可以吗",
)  # fmt: skip
_ASKED = 3
_OFFERED = 3
_RISKY = (
    "再不处理我就打12315了",
    "你们这样我要投诉平台介入了",
    "用了脸上过敏红肿了怎么办",
    "找记者曝光你们",
)
_FALLBACK_VIOLATIONS = (
    "亲加我微信聊哦，方便发图", "这款全网第一，最好的", "给个五星好评返现5元哈",
    "这是高仿的，质量和正品一样", "亲直接支付宝转我便宜10块",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgentStyle:
    """How a made-up agent works: middle wait in seconds, share of misses, edits, slips."""

    name: str
    wait_s: float
    spread: float
    missed: float
    adopts: float
    edits: float
    slips: float


STYLES = (
    AgentStyle("小晴", 13, 0.75, 0.02, 0.74, 0.20, 0.004),
    AgentStyle("样例·阿月", 19, 0.85, 0.05, 0.62, 0.28, 0.010),
    AgentStyle("样例·大周", 34, 1.05, 0.11, 0.41, 0.35, 0.022),
    AgentStyle("样例·晓晓", 22, 0.95, 0.06, 0.55, 0.45, 0.008),
)


def past_talks(
    served: Served, zone: ZoneInfo, now: datetime, days: int, seed: int
) -> Iterator[PastTalk]:
    """Conversations of the last `days` local days up to `now`, oldest day first."""
    writer = _Writer(served, random.Random(f"{served.shop.id}/{seed}"))  # noqa: S311 - no secret
    today = now.astimezone(zone).date()
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        growth = 1 + 0.25 * (days - back) / max(1, days)
        for platform in served.shop.platforms or ("",):
            count = _VOLUME.get(platform, 14) * _WEEKDAYS[day.weekday()] * growth
            for number in range(round(count * writer.chance.uniform(0.85, 1.15))):
                talk = writer.talk(platform, day, number, zone)
                talk.messages = [m for m in talk.messages if m.at <= utc_text(now)]
                if talk.messages:
                    yield talk


def fill_traffic(
    bulk: Bulk, served: Served, zone: ZoneInfo, now: datetime | None = None, days: int = 30,
    seed: int = 7,
) -> int:  # fmt: skip
    """Writes a shop's made-up month; returns how many messages."""
    return bulk.add(past_talks(served, zone, now or datetime.now(UTC), days, seed))


class _Writer:
    def __init__(self, served: Served, chance: random.Random) -> None:
        self.chance = chance
        self._served = served
        self._scripts = [s for s in served.shop.scripts if s.questions or s.tests]
        self._weights = [1 / (place + 3) for place in range(len(self._scripts))]
        chance.shuffle(self._scripts)
        self._found: dict[tuple[str, str, str], list[WarningRow]] = {}
        self._ranked: dict[tuple[str, str], Ranking] = {}
        self._facts = served.shop.facts_at(served.shop.local_now())
        asked = [text for script in self._scripts for text in _questions(script)]
        served.checker.prepare(
            [*asked, *_OPENINGS, *_CLOSINGS, *_PRAISES, *_ANGER, *_RISKY, *self._violations()]
        )

    def talk(self, platform: str, day: date, number: int, zone: ZoneInfo) -> PastTalk:
        chance = self.chance
        hour = chance.choices(range(24), _HOURS)[0]
        start = time(hour, chance.randrange(60), chance.randrange(60))
        at = datetime.combine(day, start, tzinfo=zone)
        agent = chance.choice(STYLES)
        shopper = (
            chance.randrange(6000) if chance.random() < 0.25 else 10_000 + chance.randrange(90_000)
        )
        key = f"{SAMPLE_PREFIX}{platform}-{day:%m%d}-{number}-{chance.randrange(10**6)}"
        owner = ConversationRow(
            self._served.shop.id,
            platform,
            key,
            f"sample{shopper}",
            f"样例买家{shopper}",
            agent.name,
        )
        talk = PastTalk(owner)
        if chance.random() < 0.6:
            opening = chance.choice(_OPENINGS)
            if opening:
                at = self._greeted(talk, agent, platform, at, opening)
        for turn in range(chance.choices((1, 2, 3, 4, 6), (3, 4, 4, 2, 1))[0]):
            at = self._round(talk, agent, platform, at, hour, last=turn == 0)
            at += timedelta(seconds=chance.randint(8, 150))
        if chance.random() < 0.4:
            closing = _felt(number) or chance.choice(_CLOSINGS)
            talk.messages.append(self._shopper(closing, platform, at))
            if chance.random() < 1 - agent.missed * 2:
                at += timedelta(seconds=chance.randint(4, 40))
                words = chance.choice(_FAREWELLS)
                talk.messages.append(PastMessage("agent", words, utc_text(at), outcome="other"))
        return talk

    def _round(
        self, talk: PastTalk, agent: AgentStyle, platform: str, at: datetime, hour: int, last: bool
    ) -> datetime:
        chance = self.chance
        script = chance.choices(self._scripts, self._weights)[0]
        asked = chance.choice(_questions(script))
        if chance.random() < 0.006:
            asked = chance.choice(_RISKY)
        message = self._shopper(asked, platform, at)
        talk.messages.append(message)
        if chance.random() < agent.missed * (6 if hour < 8 else 1) * (0.5 if last else 1):
            return at
        rush = 1.5 if hour in (20, 21) else 1.0
        night = 9.0 if hour < 8 else 1.0
        wait = agent.wait_s * rush * night * chance.lognormvariate(0, agent.spread)
        at += timedelta(seconds=max(2.0, wait))
        talk.messages.append(self._reply(agent, platform, at, message))
        return at

    def _greeted(
        self, talk: PastTalk, agent: AgentStyle, platform: str, at: datetime, opening: str
    ) -> datetime:
        """A greeting, answered at once where a script answers it, else followed by the question."""
        message = self._shopper(opening, platform, at)
        talk.messages.append(message)
        at += timedelta(seconds=self.chance.randint(2, 20))
        source = next((s for s in message.suggestions if s.shown), None)
        if source is not None:
            talk.messages.append(self._sent(source, source.text, "as_is", at))
            at += timedelta(seconds=self.chance.randint(4, 40))
        return at

    def _shopper(self, text: str, platform: str, at: datetime) -> PastMessage:
        message = PastMessage("shopper", text, utc_text(at))
        message.warnings = self._warnings(text, "incoming", platform)
        ranking = self._ranking(text, platform)
        message.suggestions = [
            self._suggestion(candidate, place, ranking.shown)
            for place, candidate in enumerate(ranking.candidates, 1)
        ]
        return message

    def _ranking(self, text: str, platform: str) -> Ranking:
        """What agents of the shop are offered for these words today."""
        key = (text, platform)
        if key not in self._ranked:
            served = self._served
            query = Query(text, platform=platform)
            self._ranked[key] = suggest(query, served.index, top_k=_OFFERED, terms=served.terms())
        return self._ranked[key]

    def _suggestion(self, candidate: Candidate, rank: int, shown: int) -> SuggestionRow:
        script = candidate.script
        return SuggestionRow(
            suggestion_id=f"{SAMPLE_PREFIX}{self.chance.getrandbits(64):016x}",
            script_id=script.id,
            script_version=script.version,
            rank=rank,
            score=candidate.score,
            confidence=candidate.confidence,
            shown=rank <= shown,
            why=candidate.why,
            text=fill(script.reply, self._facts).text,
            library_version=self._served.shop.version,
        )

    def _reply(
        self, agent: AgentStyle, platform: str, at: datetime, asked: PastMessage
    ) -> PastMessage:
        chance = self.chance
        source = next((s for s in asked.suggestions if s.shown), None)
        outcome: Outcome = "other"
        text = chance.choice(_OWN_WORDS)
        if source is not None and chance.random() < agent.adopts:
            outcome = "edited" if chance.random() < agent.edits else "as_is"
            text = _edited(source.text, chance) if outcome == "edited" else source.text
        slip = chance.random() < agent.slips
        if slip:
            text, outcome, source = chance.choice(self._violations()), "other", None
        message = self._sent(source if outcome != "other" else None, text, outcome, at)
        before = utc_text(at - timedelta(seconds=1))
        if slip:
            message.warnings = self._warnings(text, "sent", platform)
            message.drafts = [(before, row) for row in self._warnings(text, "draft", platform)]
            if chance.random() < 0.15:
                message.events = [(utc_text(at + timedelta(seconds=9)), "flagged", {"text": text})]
        elif chance.random() < agent.slips * 2:
            bad = chance.choice(self._violations())
            message.drafts = [(before, row) for row in self._warnings(bad, "draft", platform)]
        return message

    def _sent(
        self, source: SuggestionRow | None, text: str, outcome: Outcome, at: datetime
    ) -> PastMessage:
        """An agent's reply, put into the box a second before when it is a suggestion."""
        message = PastMessage("agent", text, utc_text(at), outcome=outcome)
        message.source = source
        if source is not None:
            fields = {
                "suggestion_id": source.suggestion_id,
                "script_id": source.script_id,
                "text": source.text,
            }
            message.events = [(utc_text(at - timedelta(seconds=1)), "inserted", fields)]
        return message

    def _violations(self) -> Sequence[str]:
        rules = self._served.checker.ruleset.rules
        return [text for rule in rules for text in rule.violating[:3]] or _FALLBACK_VIOLATIONS

    def _warnings(
        self, text: str, direction: Literal["incoming", "draft", "sent"], platform: str
    ) -> list[WarningRow]:
        key = (text, direction, platform)
        if key not in self._found:
            side: Direction = "incoming" if direction == "incoming" else "outgoing"
            checker, shop = self._served.checker, self._served.shop
            found = checker.check(text, direction=side, platform=platform, shop=shop)
            self._found[key] = [warning_row(finding, text, direction) for finding in found]
        return self._found[key]


def _felt(number: int) -> str:
    """What the shopper of a day's talk says of the service in the end; '' for most."""
    if number % _PRAISED_EVERY == _PRAISED_EVERY - 1:
        return _PRAISES[number % len(_PRAISES)]
    return _ANGER[number % len(_ANGER)] if number % _ANGRY_EVERY == _ANGRY_EVERY - 1 else ""


def _questions(script: Script) -> tuple[str, ...]:
    """Some of its questions: each one is embedded once, which is most of what the month costs."""
    return (*script.questions, *script.tests)[:_ASKED]


def _edited(text: str, chance: random.Random) -> str:
    """What agents do to a script: a word before it, a sentence off its end, a particle."""
    kind = chance.randrange(3)
    if kind == 0:
        return chance.choice(("您好，", "亲亲，", "在的哦，")) + text.removeprefix("亲，")
    if kind == 1 and "。" in text.rstrip("。"):
        return text.rstrip("。").rsplit("。", 1)[0] + "。"
    return text.rstrip("。") + chance.choice(("哦", "哈～", "，您放心", "呢，还有什么可以帮您"))
