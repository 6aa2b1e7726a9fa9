"""Past chats to history: which script an agent's turn was, what the shopper had asked before it.

What agents say again and again without a script becomes a proposal for leads. Pure but for reading
the file; everything that comes out is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from server.base.conversation import Sender
from server.base.errors import UsageError
from server.evaluation.evaluate import read_lines
from server.indexing.encoder import Encoder
from server.library import Script
from server.ranking.memory import Memory
from server.text.masking import mask
from server.text.normal import normalize, words

# Below 85 of 100, pairs of different scripts of one shop come up as often as edits of one
# (development shops, replies against each other with a tenth of the characters changed).
_NEAR = 85.0
_SHORTEST_NEAR = 8
_SAID_AGAIN = 3
_MOST_PROPOSALS = 50
_BURST = 3
_VARIABLE = re.compile(r"\\\{[^{}]{1,40}\\\}")


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a past chat."""

    conversation_id: str
    sender: Sender
    text: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """A shopper's message, masked, and the script that answered it."""

    message: str
    script_id: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reply without a script that was said in `count` conversations, with what had been asked."""

    reply: str
    count: int
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a file teaches: history oldest first, and how the agent turns were matched."""

    history: tuple[Learnt, ...]
    exact: int
    near: int
    unmatched: int
    unknown: int
    proposals: tuple[Proposal, ...]


def learn(path: Path, scripts: Sequence[Script]) -> Lesson:
    """The lesson of a history file: accepted replies, past chats, or both.

    Accepted replies to scripts that the shop does not have are counted as `unknown`. Raises
    UsageError that names file and line.
    """
    known = {script.id for script in scripts}
    accepted: list[Learnt] = []
    chats: dict[str, list[Said]] = {}
    unknown = 0
    for number, row in read_lines(path):
        line = _read_line(row, f"{path}:{number}")
        if isinstance(line, Said):
            chats.setdefault(line.conversation_id, []).append(line)
        elif line.script_id in known:
            accepted.append(line)
        else:
            unknown += 1
    lesson = learn_chats(chats.values(), scripts)
    return Lesson(
        (*accepted, *lesson.history),
        lesson.exact,
        lesson.near,
        lesson.unmatched,
        unknown,
        lesson.proposals,
    )


def memory_of(lesson: Lesson, encoder: Encoder) -> Memory:
    """A memory of nothing but this lesson."""
    memory = Memory(encoder)
    memory.add([(learnt.message, learnt.script_id, "accepted") for learnt in lesson.history])
    return memory


def _read_line(row: dict[str, Any], where: str) -> Said | Learnt:
    message, script_id = row.get("message"), row.get("script_id")
    if isinstance(message, str) and isinstance(script_id, str):
        return Learnt(mask(message), script_id)
    text, sender = row.get("text"), row.get("from")
    if isinstance(text, str) and sender in ("shopper", "agent"):
        side: Sender = "shopper" if sender == "shopper" else "agent"
        return Said(str(row.get("conversation_id", "")), side, text)
    raise UsageError(
        f'{where} is no history; expected {{"message", "script_id"}} or '
        '{"conversation_id", "from": "shopper"|"agent", "text"}; mend the line'
    )


def learn_chats(chats: Iterable[Sequence[Said]], scripts: Sequence[Script]) -> Lesson:
    """The lesson of past chats, each with its lines in order."""
    matcher = _Matcher(scripts)
    history: list[Learnt] = []
    loose: list[tuple[str, str, str]] = []
    exact = near = unmatched = 0
    for chat in chats:
        for asked, answer in _exchanges(chat):
            script_id, how = matcher.match(answer.text)
            exact += how == "exact"
            near += how == "near"
            if script_id and asked:
                history.append(Learnt(mask(asked), script_id))
            elif not script_id:
                unmatched += 1
                loose.append((answer.conversation_id, answer.text, asked))
    return Lesson(tuple(history), exact, near, unmatched, 0, _proposals(loose))


def _exchanges(chat: Sequence[Said]) -> Iterable[tuple[str, Said]]:
    """Each agent turn with the shopper's burst before it; empty when the agent speaks on."""
    burst: list[str] = []
    for line in chat:
        if line.sender == "shopper":
            burst.append(line.text)
        else:
            yield " ".join(burst[-_BURST:]), line
            burst = []


class _Matcher:
    """Finds the script that an agent's turn is: word for word with variables filled, or nearly."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self._exact: dict[str, str] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        self._texts: list[str] = []
        self._ids: list[str] = []
        for script in scripts:
            for wording in script.wordings:
                form = _form(wording)
                if not form:
                    continue
                self._exact.setdefault(form, script.id)
                pattern = _VARIABLE.sub(".{1,60}?", re.escape(normalize(wording)))
                if pattern != re.escape(normalize(wording)):
                    self._patterns.append((re.compile(pattern), script.id))
                self._texts.append(form)
                self._ids.append(script.id)

    def match(self, text: str) -> tuple[str, str]:
        """Script id and `exact` or `near`; two empty strings when no script was meant."""
        form = _form(text)
        if form in self._exact:
            return self._exact[form], "exact"
        folded = normalize(text)
        for pattern, script_id in self._patterns:
            if pattern.fullmatch(folded):
                return script_id, "exact"
        if len(form) < _SHORTEST_NEAR:
            return "", ""
        found = process.extractOne(form, self._texts, scorer=fuzz.ratio, score_cutoff=_NEAR)
        return (self._ids[found[2]], "near") if found else ("", "")


def _form(text: str) -> str:
    """Words only, so that punctuation, spaces and smileys make no difference."""
    return "".join(words(normalize(text)))


def _proposals(loose: Sequence[tuple[str, str, str]]) -> tuple[Proposal, ...]:
    """Replies that several conversations share, commonest first."""
    groups: list[tuple[str, str, set[str], list[str]]] = []
    for conversation_id, text, asked in loose:
        form = _form(text)
        if len(form) < _SHORTEST_NEAR:
            continue
        for known, _, conversations, asks in groups:
            if fuzz.ratio(form, known, score_cutoff=_NEAR):
                conversations.add(conversation_id)
                asks.append(asked)
                break
        else:
            groups.append((form, text, {conversation_id}, [asked]))
    again = [group for group in groups if len(group[2]) >= _SAID_AGAIN]
    again.sort(key=lambda group: (-len(group[2]), group[0]))
    return tuple(
        Proposal(
            mask(text), len(conversations), tuple(dict.fromkeys(mask(a) for a in asks if a))[:3]
        )
        for _, text, conversations, asks in again[:_MOST_PROPOSALS]
    )
