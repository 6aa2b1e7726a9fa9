"""What comes next in a procedure: after step one was sent, step two stands first.

Which step a conversation stands at is told by what was sent last; a script without steps, or after
its last one, hands over to the first that usually follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
from rapidfuzz import fuzz

from server.base.variables import fill
from server.desk.replies import Context
from server.library import Script
from server.protocol.frames import Suggestion
from server.suggest import Candidate, Ranking

# From here on a reply says what its first step says (rapidfuzz ratio, 0 to 100).
_SAME_FROM = 70.0
# A clear question about something else is answered first; the step stays right behind it.
_SURE = 0.75
_CONFIDENCE = 0.6
_HOLE = re.compile(r"\{[^{}\n]{1,60}\}")


@dataclass(frozen=True, slots=True)
class Due:
    """What a conversation waits for: a step of a script (from 0), or a script as a whole (-1)."""

    script_id: str
    step: int = -1


def due_after(script: Script, sent: str) -> Due | None:
    """What is due once `sent`, some wording of the script, went out."""
    step = _step_of(script, sent)
    if step == -1 and script.steps and _alike(script.reply, script.steps[0]) >= _SAME_FROM:
        step = 0
    if step + 1 < len(script.steps):
        return Due(script.id, step + 1)
    return Due(script.follow_ups[0]) if script.follow_ups else None


def _step_of(script: Script, sent: str) -> int:
    """The step that was sent, -1 for any other wording."""
    others = (script.reply, *script.variants, *script.parts)
    wordings = [(-1, wording) for wording in others] + list(enumerate(script.steps))
    return max(wordings, key=lambda one: _alike(one[1], sent))[0]


def _alike(wording: str, text: str) -> float:
    return fuzz.ratio("".join(_HOLE.sub("", wording).split()), "".join(text.split()))


def placed(ranking: Ranking, due: Due | None, allowed: Iterable[Script]) -> Ranking:
    """The ranking with what is due first, or second behind a sure answer to something else."""
    if due is None:
        return ranking
    script = next((s for s in allowed if s.id == due.script_id), None)
    if script is None:
        return ranking
    known = next((c for c in ranking.candidates if c.script.id == script.id), None)
    others = tuple(c for c in ranking.candidates if c is not known)
    was_shown = known is not None and known in ranking.candidates[: ranking.shown]
    asks_other = bool(others) and known is not ranking.candidates[0]
    sure = asks_other and ranking.shown > 0 and others[0].confidence >= _SURE
    why = f"接着第 {due.step} 步" if due.step > 0 else "接着上一条"
    confidence = max(known.confidence if known else 0.0, _CONFIDENCE)
    score = ranking.candidates[0].score if ranking.candidates else 0.0
    next_one = Candidate(script, score, confidence, why)
    at = 1 if sure else 0
    candidates = (*others[:at], next_one, *others[at:])
    return replace(ranking, candidates=candidates, shown=ranking.shown + (0 if was_shown else 1))


def as_step(made: Suggestion, script: Script, due: Due, context: Context) -> Suggestion:
    """A suggestion that holds one step of its script alone."""
    if due.step < 0:
        return made
    words = fill(script.steps[due.step], context.values)
    return msgspec.structs.replace(
        made,
        text=words.text,
        missing=list(words.missing),
        title=f"{made.title} {due.step + 1}/{len(script.steps)}",
        variants=[],
        parts=[],
        step=due.step + 1,
    )


def stepped(
    suggestions: Sequence[Suggestion],
    candidates: Sequence[Candidate],
    due: Due | None,
    context: Context,
) -> list[Suggestion]:
    """`suggestions` of `candidates` with the due one turned into its step."""
    if due is None:
        return list(suggestions)
    return [
        as_step(made, candidate.script, due, context)
        if candidate.script.id == due.script_id
        else made
        for made, candidate in zip(suggestions, candidates, strict=True)
    ]
