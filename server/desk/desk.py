"""One conversation's turn: warnings, suggestions, what is stored. The place where parts meet."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import msgspec

from server import __version__
from server.base.conversation import Turn
from server.base.times import moment
from server.catalog.catalog import Catalog
from server.catalog.served import Served
from server.catalog.site_adapters import open_platforms, site_adapters
from server.compliance.findings import Finding
from server.desk import english
from server.desk.cards import Cards
from server.desk.events import Events
from server.desk.goes_with import with_companion, words_for_companions
from server.desk.images import image_of
from server.desk.own_phrases import OwnPhrases
from server.desk.procedure import placed, stepped
from server.desk.replies import context_of, perhaps_of, product_of, size_of, suggestion_of
from server.desk.rows import conversation_row, utc_moment, warning_row
from server.desk.seat import Seat
from server.desk.sessions import KEEP_TURNS, Offer, Session, Sessions
from server.desk.shop_memory import Memories
from server.desk.to_do import ToDo
from server.desk.waiting import WaitingRoom
from server.indexing.encoder import Encoder
from server.library import Script
from server.library.search import find, written
from server.protocol.frames import (
    PROTOCOL,
    Checked,
    Draft,
    Event,
    ImageFile,
    ImageRequest,
    Message,
    Noted,
    Phrase,
    PhraseList,
    Recorded,
    Results,
    Search,
    ShopperAsk,
    ShopperCard,
    Suggestion,
    Suggestions,
    ToDoList,
    WaitingList,
    Welcome,
    WorkAsk,
)
from server.store import (
    ConversationRow,
    MessageRow,
    SuggestionRow,
    Traffic,
)
from server.store.phrases import Phrases
from server.store.shoppers import People
from server.suggest import Candidate, Query, embeds, suggest, understood_in

_STORED_SUGGESTIONS = 5
_TOP_K = 5
_MAX_SEARCH = 50
_BEFORE_OWN = 3


class Desk:
    """Answers messages, drafts, searches and events of every agent."""

    def __init__(
        self,
        catalog: Catalog,
        traffic: Traffic,
        memories: Memories,
        encoder: Encoder,
        phrases: Phrases,
        people: People,
        cards: Cards,
        to_do: ToDo,
    ) -> None:
        """`encoder` remembers recent queries, as BatchingEncoder does."""
        self.catalog = catalog
        self._encoder = encoder
        self._traffic = traffic
        self._memories = memories
        self._to_do = to_do
        self._events = Events(traffic, memories, self._to_do)
        self._own = OwnPhrases(phrases)
        self._people = people
        self._cards = cards
        self.waiting_room = WaitingRoom()
        self._sessions = Sessions(self._restored)

    def welcome(self, seat: Seat) -> Welcome:
        """What an agent's panel needs to know at the start."""
        snapshot = self.catalog.snapshot
        shop = snapshot.shop(seat.shop).shop
        counts: dict[str, int] = {}
        for script in shop.scripts:
            counts[script.category] = counts.get(script.category, 0) + 1
        return Welcome(
            protocol=PROTOCOL,
            agent=seat.account.name,
            role=seat.account.role,
            shop=shop.id,
            server=__version__,
            timers={
                "greeting_s": shop.timers.greeting_s,
                "answer_s": shop.timers.answer_s,
                "platform_s": shop.timers.platform_s,
            },
            settings=dict(shop.settings) | {"shop_name": shop.name, "platforms": shop.platforms},
            library={
                "scripts": len(shop.scripts),
                "version": snapshot.library.version,
                "categories": [{"name": n, "scripts": c} for n, c in counts.items() if n],
            },
            adapters=site_adapters(self.catalog.root, open_platforms(shop)),
        )

    def message(self, seat: Seat, request: Message) -> Suggestions:
        """Suggestions and warnings for a shopper's message; what was offered is queued to disk."""
        answer, record = self.answer(seat, request)
        record()
        return answer

    def answer(self, seat: Seat, request: Message) -> tuple[Suggestions, Callable[[], object]]:
        """As `message`, but what queues it to disk is handed back, to be called once it is out."""
        start = time.perf_counter()
        sent_at = utc_moment(request.sent_at, "sent_at")
        session = self._session(seat, request.conversation_id)
        turns = request.turns() or session.earlier(request.message_id, request.text)
        served = self.catalog.snapshot.shop(seat.shop)
        context = context_of(
            served.shop,
            request.page,
            request.shopper.name,
            seat.account.name,
            request.text,
            turns[-KEEP_TURNS:],
        )
        who = self._cards.who(seat, session, request.shopper.id, request.page)
        context = replace(context, audience=self._cards.audience(session, who, served.shop))
        query = Query(
            request.text,
            turns[-KEEP_TURNS:],
            context.page,
            seat.platform,
            context.goods.stated,
            context.audience,
        )
        terms = served.terms()
        # Ranking and judge embed in one call what they would embed in two.
        understood = understood_in(query, served.index)
        judged = served.checker.embeds(request.text)
        self._encoder.encode_query([*embeds(query, understood, served.index), *judged])
        ranking = suggest(
            query,
            served.index,
            memory=self._memories.of(seat.shop),
            top_k=_TOP_K,
            terms=terms,
            understood=understood,
        )
        warnings = served.checker.check(
            request.text,
            direction="incoming",
            platform=seat.platform,
            shop=served.shop,
            turns=turns,
        )
        allowed = (s for s in served.shop.scripts if terms.allow(s, seat.platform))
        ranking = placed(ranking, session.due, allowed)
        made = [suggestion_of(c, context, session.said) for c in ranking.candidates]
        suggestions = stepped(made, ranking.candidates, session.due, context)
        words = served.index.measured.get(
            ("companions",), lambda: words_for_companions(served.shop.scripts)
        )
        words = [script for script in words if terms.allow(script, seat.platform)]
        calm = not warnings
        suggestions = with_companion(suggestions, context, words, session.said, calm=calm)
        answer = Suggestions(
            request_id=request.request_id,
            conversation_id=request.conversation_id,
            message_id=request.message_id,
            suggestions=suggestions,
            shown=ranking.shown,
            warnings=[finding.as_json() for finding in warnings],
            size=[size_of(advice) for advice in context.goods.advice],
            product=product_of(context.goods),
            perhaps=perhaps_of(context.goods),
            took_ms=round((time.perf_counter() - start) * 1000, 3),
        )
        with session.lock:
            session.add(Turn("shopper", request.text))
            session.last_message_id = request.message_id
            session.shopper_name = request.shopper.name or session.shopper_name
            self._cards.heard(session, who, request.page)
            session.offer(_offers(suggestions, request.text))
        record = partial(
            self._record_turn, seat, request, sent_at, served, answer, ranking.candidates, warnings
        )
        return _spoken(answer, request.language), record

    def _record_turn(
        self,
        seat: Seat,
        request: Message,
        sent_at: str,
        served: Served,
        answer: Suggestions,
        candidates: Sequence[Candidate],
        warnings: Sequence[Finding],
    ) -> None:
        rows = [
            SuggestionRow(
                suggestion_id=made.suggestion_id,
                script_id=made.script_id,
                script_version=candidate.script.version,
                rank=rank,
                score=made.score,
                confidence=made.confidence,
                shown=rank <= answer.shown,
                why=made.why,
                text=made.text,
                library_version=served.shop.version,
            )
            for rank, (made, candidate) in enumerate(
                zip(answer.suggestions[:_STORED_SUGGESTIONS], candidates, strict=False), start=1
            )
        ]
        # A caller that names no message means a new one each time.
        message_id = request.message_id or f"shopper-{uuid.uuid4().hex[:16]}"
        message = MessageRow(message_id, "shopper", request.text, sent_at)
        shopper = (request.shopper.id, request.shopper.name)
        self._traffic.record_turn(
            conversation_row(seat, request.conversation_id, *shopper),
            message,
            rows,
            [warning_row(finding, request.text, "incoming") for finding in warnings],
        )

    def draft(self, seat: Seat, request: Draft) -> Checked:
        """Warnings about what stands in the reply box, the agent's last messages considered."""
        served = self.catalog.snapshot.shop(seat.shop)
        session = self._session(seat, request.conversation_id)
        turns = tuple(session.turns)
        warnings = served.checker.check(
            request.text,
            direction=request.direction,
            platform=seat.platform,
            shop=served.shop,
            turns=turns,
            draft=not request.final,
        )
        fresh = [f for f in warnings if (f.rule, f.matched) not in session.draft_warnings]
        if fresh and request.conversation_id:
            session.draft_warnings |= {(f.rule, f.matched) for f in fresh}
            rows = [warning_row(finding, request.text, "draft") for finding in fresh]
            conversation = conversation_row(seat, request.conversation_id)
            self._traffic.record_draft_warnings(conversation, rows)
        said = [finding.as_json() for finding in warnings]
        if request.language == "en":
            said = english.warnings(said)
        return Checked(request_id=request.request_id, warnings=said)

    def search(self, seat: Seat, request: Search) -> Results:
        """Scripts by words, pinyin or initials, then by meaning; the most used for no query."""
        served = self.catalog.snapshot.shop(seat.shop)
        turns = tuple(self._session(seat, request.conversation_id).turns)
        said = _last_said(turns)
        context = context_of(served.shop, request.page, "", seat.account.name, said, turns)
        session = self._session(seat, request.conversation_id)
        if session.who is not None:
            asks = self._cards.audience(session, session.who, served.shop)
            context = replace(context, audience=asks)
        top = max(1, min(request.top, _MAX_SEARCH))
        terms = served.terms()
        allowed = [s for s in served.shop.scripts if terms.allow(s, seat.platform)]
        named = _by_id(allowed, request.script_ids)
        near: tuple[Candidate, ...] = ()
        if request.query.strip() and not named:
            # Ranked as a shopper's message would be, letters as the signs that they spell.
            query = Query(written(allowed, request.query), (), context.page, seat.platform)
            memory = self._memories.of(seat.shop)
            ranking = suggest(query, served.index, memory=memory, top_k=top, terms=terms)
            near = ranking.candidates
        by_meaning = [candidate.script.id for candidate in near]
        found = named or find(allowed, request.query, request.category, by_meaning)
        if not request.query.strip() and not request.script_ids:
            uses = {row["script_id"]: row["uses"] for row in self._traffic.script_use(seat.shop)}
            found.sort(key=lambda script: -uses.get(script.id, 0))
        candidates = [Candidate(script, 1.0, 1.0, "") for script in found[:top]]
        known = {candidate.script.id for candidate in candidates}
        if not request.category:
            candidates += [c for c in near if c.script.id not in known]
        session = self._session(seat, request.conversation_id)
        suggestions = [suggestion_of(c, context, session.said) for c in candidates[:top]]
        with session.lock:
            session.offer(_offers(suggestions, session.last_shopper_text()))
        if not (request.category or request.script_ids):
            suggestions = _with_own(self._own.found(seat, request.query), suggestions)
        if request.language == "en":
            suggestions = [_in_english(one) for one in suggestions]
        return Results(request_id=request.request_id, suggestions=suggestions)

    def phrase(self, seat: Seat, request: Phrase) -> PhraseList:
        """The agent's own phrases, after what was asked was done."""
        return self._own.answer(seat, self.catalog.snapshot.shop(seat.shop), request)

    def shopper(self, seat: Seat, request: ShopperAsk) -> ShopperCard:
        """The card of a conversation's shopper, after a note was added or removed."""
        served = self.catalog.snapshot.shop(seat.shop)
        session = self._session(seat, request.conversation_id)
        return self._cards.answer(seat, session, served.shop, request)

    def work(self, seat: Seat, request: WorkAsk) -> ToDoList:
        """The agent's open promises, after what was asked was done."""
        return self._to_do.answer(seat, self.catalog.snapshot.shop(seat.shop), request)

    def image(self, seat: Seat, request: ImageRequest) -> ImageFile:
        """An image of one of the shop's scripts."""
        shop = self.catalog.snapshot.shop(seat.shop).shop
        return image_of(shop, self.catalog.root / shop.id, request)

    def waiting(self, seat: Seat, request: WaitingList) -> Noted:
        """Takes in who waits by an agent's page."""
        self.waiting_room.tell(seat, request)
        return Noted(request_id=request.request_id)

    def event(self, seat: Seat, request: Event) -> Recorded:
        """Writes what the agent did; returns when it is on disk."""
        served = self.catalog.snapshot.shop(seat.shop)
        session = self._session(seat, request.conversation_id)
        return self._events.record(seat, served, session, request)

    def went_on_elsewhere(self, key: tuple[str, str, str]) -> None:
        """A conversation went on at another server: it is read anew when it comes back here."""
        self._sessions.forget([key])

    def read_all_anew(self) -> None:
        """Something may have happened at other servers that was not told here."""
        self._sessions.forget_all()
        self._memories.forget_all()

    def kept_id(self, text: str) -> str:
        """An id that the chat page gave, as it is kept."""
        return self._traffic.kept_id(text)

    def forget(
        self, shop: str, conversations: frozenset[tuple[str, str, str]], learned: frozenset[str]
    ) -> None:
        """Drops from memory what was deleted: (shop, platform, conversation id), and messages."""
        self._sessions.forget(conversations)
        self.waiting_room.forget(conversations)
        self._memories.forget(shop, learned)

    def _session(self, seat: Seat, conversation_id: str) -> Session:
        if not conversation_id:
            return Session()
        return self._sessions.get((seat.shop, seat.platform, conversation_id))

    def _restored(self, key: tuple[str, str, str]) -> Session:
        conversation = ConversationRow(*key)
        turns = self._traffic.turns(conversation, KEEP_TURNS)
        session = Session(turns=list(turns), said=set(self._traffic.said(conversation)))
        kept = self._people.of_conversation(*key)
        if kept is not None:
            session.who, session.heard_at = kept[0], moment(kept[1])
        return session


def _last_said(turns: Sequence[Turn]) -> str:
    """The shopper's newest line, for replies that are looked up rather than asked for."""
    return next((turn.text for turn in reversed(turns) if turn.sender == "shopper"), "")


def _with_own(own: list[Suggestion], found: list[Suggestion]) -> list[Suggestion]:
    """The agent's own phrases right behind the first scripts: beside them, not in their place."""
    return [*found[:_BEFORE_OWN], *own, *found[_BEFORE_OWN:]]


def _spoken(answer: Suggestions, language: str) -> Suggestions:
    """The answer with its reasons and warnings in the agent's language."""
    if language != "en":
        return answer
    return msgspec.structs.replace(
        answer,
        suggestions=[_in_english(one) for one in answer.suggestions],
        warnings=english.warnings(answer.warnings),
    )


def _in_english(made: Suggestion) -> Suggestion:
    return msgspec.structs.replace(made, why=english.reason(made.why))


def _offers(suggestions: Sequence[Suggestion], message: str) -> list[Offer]:
    return [
        Offer(s.suggestion_id, s.script_id, s.text, message, (*s.variants, *s.parts, *s.steps))
        for s in suggestions
    ]


def _by_id(scripts: Sequence[Script], script_ids: Sequence[str]) -> list[Script]:
    known = {script.id: script for script in scripts}
    return [known[name] for name in script_ids if name in known]
