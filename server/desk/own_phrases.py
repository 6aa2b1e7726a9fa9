"""An agent's own phrases in a panel: listed, changed, found by the same words as scripts."""

from __future__ import annotations

from server.catalog.served import Served
from server.desk.seat import Seat
from server.library import Script
from server.library.search import find
from server.protocol.frames import OwnPhrase, Phrase, PhraseList, Suggestion
from server.store.phrases import Phrase as Kept
from server.store.phrases import Phrases

_MOST_FOUND = 5


class OwnPhrases:
    """What a panel does with an agent's phrases. They are no scripts: nothing learns from them."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def answer(self, seat: Seat, served: Served, request: Phrase) -> PhraseList:
        """Does what is asked, then lists them all. Raises UsageError."""
        shop, agent = seat.shop, seat.account.name
        if request.action == "save":
            self._phrases.save(shop, agent, request.title, request.text, request.phrase_id)
        elif request.action == "remove":
            self._phrases.remove(shop, agent, request.phrase_id)
        found = served.checker.check(request.text, platform=seat.platform, shop=served.shop)
        warned = [finding.as_json() for finding in found] if request.action == "save" else []
        kept = self._phrases.of(shop, agent)
        listed = [OwnPhrase(phrase_id=one.id, title=one.title, text=one.text) for one in kept]
        return PhraseList(request_id=request.request_id, phrases=listed, warnings=warned)

    def found(self, seat: Seat, query: str) -> list[Suggestion]:
        """Those that hold every word of the query, letters read as pinyin."""
        if not query.strip():
            return []
        kept = {f"own-{one.id}": one for one in self._phrases.of(seat.shop, seat.account.name)}
        texts = [Script(key, one.text, title=one.title) for key, one in kept.items()]
        return [_suggestion(kept[script.id]) for script in find(texts, query)[:_MOST_FOUND]]


def _suggestion(phrase: Kept) -> Suggestion:
    return Suggestion(
        suggestion_id="",
        script_id="",
        title=phrase.title,
        text=phrase.text,
        missing=[],
        score=1.0,
        confidence=1.0,
        why="我的常用语",
        own=True,
    )
