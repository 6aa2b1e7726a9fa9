"""The shapes of the live protocol, version 1; HTTP takes and returns the same without `type`.

Unknown fields are ignored, unknown types refused. `frame_from` and `body_from` raise ProtocolError
with a code and a sentence that names the field.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec

from server.base.conversation import Turn
from server.base.errors import ProtocolError

PROTOCOL = 1
MAX_FRAME_BYTES = 64 * 1024
EVENTS = (
    "inserted",
    "copied",
    "sent",
    "dismissed",
    "not_relevant",
    "flagged",
    "missing_script",
    "false_alarm",
    "adapter_health",
    "consent",
)


class Hello(msgspec.Struct, kw_only=True):
    """The first frame of a socket."""

    protocol: int
    token: str
    client: str = ""
    shop: str = ""
    platform: str = ""


class Shopper(msgspec.Struct, kw_only=True):
    """Who writes, as far as the page says."""

    id: str = ""
    name: str = ""


class EarlierTurn(msgspec.Struct, kw_only=True):
    """One earlier turn, oldest first in a list."""

    sender: Literal["shopper", "agent"] = msgspec.field(name="from")
    text: str


class Message(msgspec.Struct, kw_only=True):
    """A shopper's message (a burst joined into one) that wants suggestions."""

    request_id: str = ""
    conversation_id: str = ""
    message_id: str = ""
    text: str
    shopper: Shopper = msgspec.field(default_factory=Shopper)
    sent_at: str = ""
    page: dict[str, Any] = {}
    history: list[EarlierTurn] | None = None
    shop: str = ""
    platform: str = ""
    language: str = ""

    def turns(self) -> tuple[Turn, ...]:
        """The earlier turns that came along."""
        return tuple(Turn(turn.sender, turn.text) for turn in self.history or ())


class Draft(msgspec.Struct, kw_only=True):
    """What stands in the reply box; `final` when it is not being typed any more.

    Who does not say so is typing over the live protocol, and done over HTTP.
    """

    request_id: str = ""
    conversation_id: str = ""
    text: str
    final: bool | None = None
    shop: str = ""
    platform: str = ""
    language: str = ""
    direction: Literal["outgoing", "incoming"] = "outgoing"


class Search(msgspec.Struct, kw_only=True):
    """A look through the library; an empty query lists the most used, ids just these."""

    request_id: str = ""
    query: str
    top: int = 10
    category: str = ""
    script_ids: list[str] = []
    conversation_id: str = ""
    page: dict[str, Any] = {}
    shop: str = ""
    platform: str = ""
    language: str = ""


class Phrase(msgspec.Struct, kw_only=True):
    """An agent's own phrases: lists them, saves one (`phrase_id` 0 for a new one), removes one."""

    request_id: str = ""
    action: Literal["list", "save", "remove"] = "list"
    phrase_id: int = 0
    title: str = ""
    text: str = ""
    shop: str = ""
    platform: str = ""


class ShopperAsk(msgspec.Struct, kw_only=True):
    """Asks for the card of the conversation's shopper, or notes something about them."""

    request_id: str = ""
    conversation_id: str = ""
    shopper: Shopper = msgspec.field(default_factory=Shopper)
    page: dict[str, Any] = {}
    action: Literal["read", "note", "remove_note"] = "read"
    text: str = ""
    note_id: int = 0
    shop: str = ""
    platform: str = ""


class WaitingShopper(msgspec.Struct, kw_only=True):
    """A shopper in the page's list who waits, opened or not."""

    conversation_id: str
    name: str = ""
    since: str = ""


class WaitingList(msgspec.Struct, kw_only=True):
    """Who waits by the page's list of conversations, all of them; told again within a minute."""

    request_id: str = ""
    waiting: list[WaitingShopper] = []
    shop: str = ""
    platform: str = ""


class WorkAsk(msgspec.Struct, kw_only=True):
    """The agent's open promises, and a conversation's after-sales requests: listed.

    Before that a promise is kept, dropped or mended (`due_at`), or a request made (`open`) of what
    the conversation and the page say; an order that has one already opens that one. `wrote` says
    that the shopper was written to after a purchase (`order_id`, `kind` as listed).
    """

    request_id: str = ""
    action: Literal["list", "keep", "drop", "mend", "open", "wrote"] = "list"
    promise_id: int = 0
    due_at: str = ""
    note: str = ""
    order_id: str = ""
    kind: str = ""
    conversation_id: str = ""
    page: dict[str, Any] = {}
    shop: str = ""
    platform: str = ""


class Event(msgspec.Struct, kw_only=True):
    """Something the agent did. Fields beyond these are kept as details."""

    request_id: str = ""
    event: str
    conversation_id: str = ""
    suggestion_id: str = ""
    script_id: str = ""
    text: str = ""
    at: str = ""
    shop: str = ""
    platform: str = ""
    details: dict[str, Any] = {}


class ImageRequest(msgspec.Struct, kw_only=True):
    """Asks for an image that a suggestion names in `images`."""

    request_id: str = ""
    image: str
    shop: str = ""
    platform: str = ""


class Pong(msgspec.Struct, kw_only=True):
    """The answer to a ping."""


class FollowUp(msgspec.Struct, kw_only=True):
    """A script that often comes next."""

    script_id: str
    title: str


class Suggestion(msgspec.Struct, kw_only=True):
    """One ranked reply, variables filled; `missing` names stay in the texts in braces."""

    suggestion_id: str
    script_id: str
    title: str
    text: str
    missing: list[str]
    score: float
    confidence: float
    why: str
    category: str = ""
    stage: str = ""
    parts: list[str] = []
    variants: list[str] = []
    steps: list[str] = []
    follow_ups: list[FollowUp] = []
    images: list[str] = []
    values: dict[str, str] = {}
    said: bool = False
    step: int = 0
    own: bool = False


class SizeAdvice(msgspec.Struct, kw_only=True):
    """What a product's size chart says for one person; two `sizes` in a border case.

    `missing` are measures that the chart needs and nobody named, `says` one line for the agent;
    `leans` in a border case: −1 speaks for the smaller, 1 for the larger.
    """

    person: str
    sizes: list[str]
    rows: list[str]
    missing: list[str]
    measured: str
    note: str
    says: str
    leans: int = 0


class Suggestions(msgspec.Struct, kw_only=True):
    """The answer to a message: best first; the first `shown` pass the threshold."""

    request_id: str
    conversation_id: str
    message_id: str
    suggestions: list[Suggestion]
    shown: int
    warnings: list[dict[str, Any]]
    took_ms: float
    size: list[SizeAdvice] = []
    product: dict[str, str] = {}
    perhaps: list[dict[str, str]] = []


class Checked(msgspec.Struct, kw_only=True):
    """The answer to a draft."""

    request_id: str
    warnings: list[dict[str, Any]]


class Results(msgspec.Struct, kw_only=True):
    """The answer to a search."""

    request_id: str
    suggestions: list[Suggestion]


class OwnPhrase(msgspec.Struct, kw_only=True):
    """One phrase of the agent's own."""

    phrase_id: int
    title: str
    text: str


class PhraseList(msgspec.Struct, kw_only=True):
    """The answer to a phrase: all of the agent's, with what was found about the one saved."""

    request_id: str
    phrases: list[OwnPhrase]
    warnings: list[dict[str, Any]] = []


class CardOrder(msgspec.Struct, kw_only=True):
    """An order on a card; `fen` is left out where nobody told what was paid."""

    order_id: str
    status: str = ""
    product: str = ""
    variant: str = ""
    day: str = ""
    fen: int | None = None


class CardNote(msgspec.Struct, kw_only=True):
    """A note on a card, of the imported list without `author`; `own` may be removed."""

    note_id: int
    text: str
    author: str
    at: str
    own: bool = False


class CardDuty(msgspec.Struct, kw_only=True):
    """Something open with the shopper; `due_at` is UTC, "" for no time.

    `kind` is what was promised, or the station that an after-sales request has come to.
    """

    kind: str
    text: str
    due_at: str = ""


class ShopperCard(msgspec.Struct, kw_only=True):
    """Who the shopper is to the shop; `known` by `id`, by `order` alone, or "" for not at all.

    `standing` is `new`, `returning`, or "" where the shop's data do not say.
    """

    request_id: str
    conversation_id: str
    known: Literal["", "id", "order"]
    standing: Literal["", "new", "returning"]
    level: str = ""
    level_by_hand: bool = False
    groups: list[str] = []
    orders: int = 0
    settled: int = 0
    spend_fen: int = 0
    last_order: CardOrder | None = None
    requests: list[CardDuty] = []
    promises: list[CardDuty] = []
    notes: list[CardNote] = []
    last_asked: str = ""
    last_asked_at: str = ""


class OpenPromise(msgspec.Struct, kw_only=True):
    """A promise of the agent that is still to be kept; `rings_at` is before `due_at`, both UTC."""

    promise_id: int
    kind: str
    words: str
    due_at: str
    rings_at: str
    conversation_id: str
    shopper: str
    platform: str


class OpenRequest(msgspec.Struct, kw_only=True):
    """An after-sales request that is under way; `words` are the approved ones of its station."""

    number: int
    order_id: str
    kind: str
    station: str
    due_at: str
    words: str


class DueFollowUp(msgspec.Struct, kw_only=True):
    """The conversation's shopper may be written to now about a purchase: `care` or `again`.

    `words` are the approved ones, variables filled; '' where the shop has none.
    """

    order_id: str
    kind: str
    product: str
    received_at: str
    words: str


class ToDoList(msgspec.Struct, kw_only=True):
    """The answer to work: what the agent promised, by time; `now` is the server's clock.

    `requests` are those of the conversation that was named, and of its order; `follow_ups` those
    that are due to its shopper.
    """

    request_id: str
    promises: list[OpenPromise]
    now: str
    requests: list[OpenRequest] = []
    follow_ups: list[DueFollowUp] = []


class Noted(msgspec.Struct, kw_only=True):
    """The answer to waiting: heard, not kept on disk."""

    request_id: str


class ImageFile(msgspec.Struct, kw_only=True):
    """An image of the shop's folder, `content` in base64; at most 2 MiB before that."""

    request_id: str
    image: str
    media_type: str
    content: str


class Recorded(msgspec.Struct, kw_only=True):
    """The event is on disk."""

    request_id: str


class Welcome(msgspec.Struct, kw_only=True):
    """The answer to hello."""

    protocol: int
    agent: str
    role: str
    shop: str
    server: str
    timers: dict[str, int]
    settings: dict[str, Any]
    library: dict[str, Any]
    adapters: list[dict[str, Any]] = []
    minimum_protocol: int = PROTOCOL


REQUESTS: dict[str, type[msgspec.Struct]] = {
    "hello": Hello,
    "message": Message,
    "draft": Draft,
    "search": Search,
    "event": Event,
    "phrase": Phrase,
    "waiting": WaitingList,
    "shopper": ShopperAsk,
    "work": WorkAsk,
    "image": ImageRequest,
    "pong": Pong,
}
ANSWERS: dict[type[msgspec.Struct], str] = {
    Welcome: "welcome",
    Suggestions: "suggestions",
    Checked: "checked",
    Results: "results",
    Recorded: "recorded",
    PhraseList: "phrases",
    Noted: "noted",
    ShopperCard: "card",
    ToDoList: "work",
    ImageFile: "image",
}
Body = TypeVar("Body", bound=msgspec.Struct)
_EVENT_FIELDS = frozenset(Event.__struct_fields__) | {"type"}
_MAX_DETAILS = 30


def frame_from(text: str | bytes) -> tuple[str, msgspec.Struct, str]:
    """Type, body and request id of a frame. Raises ProtocolError (`request_id` where known)."""
    frame = _object(text)
    kind, request_id = frame.get("type"), frame.get("request_id", "")
    if not isinstance(request_id, str):
        raise ProtocolError("bad_request", "request_id is no text; expected a text")
    if not isinstance(kind, str) or kind not in REQUESTS:
        known = ", ".join(REQUESTS)
        raise ProtocolError("unknown_type", f"type is {kind!r}; expected one of: {known}")
    return kind, _body(frame, REQUESTS[kind]), request_id


def request_id_of(text: str | bytes) -> str:
    """The request id of a frame that may be broken elsewhere; empty when there is none."""
    try:
        request_id = _object(text).get("request_id", "")
    except ProtocolError:
        return ""
    return request_id if isinstance(request_id, str) else ""


def body_from(text: bytes, shape: type[Body]) -> Body:
    """An HTTP body as `shape`. Raises ProtocolError."""
    return _body(_object(text), shape)


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError("bad_json", f"{error}; expected one JSON object in UTF-8") from error
    if not isinstance(value, dict):
        raise ProtocolError("bad_json", f"found {type(value).__name__}; expected one JSON object")
    return value


def _body(value: dict[str, Any], shape: type[Body]) -> Body:
    # A field that is null is a field left out: pages often have no order or shopper id to give.
    given = {key: item for key, item in value.items() if item is not None}
    if shape is Event:
        extra = {key: item for key, item in given.items() if key not in _EVENT_FIELDS}
        details = given.get("details", {})
        if not isinstance(details, dict):
            found = type(details).__name__
            raise ProtocolError("bad_request", f"details is {found}; expected an object")
        given["details"] = dict(list(extra.items())[:_MAX_DETAILS]) | details
    try:
        body = msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise ProtocolError("bad_request", f"{error}; see the live protocol") from error
    if isinstance(body, Event) and body.event not in EVENTS:
        known = ", ".join(EVENTS)
        raise ProtocolError("bad_request", f"event is {body.event!r}; expected one of: {known}")
    return body


def frame_of(body: msgspec.Struct) -> str:
    """An answer as a frame's text, `type` first."""
    return f'{{"type":"{ANSWERS[type(body)]}",{msgspec.json.encode(body).decode()[1:]}'


def plain_frame(kind: str, **fields: object) -> str:
    """A frame of a type that has no body of its own: ping, error, library_changed."""
    return msgspec.json.encode({"type": kind} | fields).decode()
