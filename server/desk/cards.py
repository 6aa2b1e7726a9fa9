"""The shopper beside the chat: who somebody is, for ranking and for the card."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from server.base.times import utc_text
from server.desk.seat import Seat
from server.desk.sessions import Belongs, Session
from server.library import Shop
from server.protocol.frames import CardDuty, CardNote, CardOrder, ShopperAsk, ShopperCard
from server.shoppers import Purchase, Standing, Who, fen_shown, standing_of
from server.store.quality.audit import AccessLog
from server.store.shoppers import Duty, Notes, People, Sighting

# A conversation runs this long after the shopper's last line; a look later is in the access log.
RUNS = timedelta(hours=24)
# What was said within this belongs to the talk that is going on, not to the last one.
_SAME_TALK = timedelta(hours=6)
_ID_LENGTH = 128
_HOLDS_S = 30.0


class Cards:
    """Finds the shopper of a conversation; every look outside a running one is logged."""

    def __init__(self, people: People, notes: Notes, access: AccessLog) -> None:
        self._people = people
        self._notes = notes
        self._access = access

    def who(self, seat: Seat, session: Session, shopper_id: str, page: dict[str, object]) -> Who:
        """Whom the page names; what it leaves out is what it said of this conversation before."""
        known = session.who
        order_id = str(page.get("order_id") or "").strip()[:_ID_LENGTH]
        shopper_id = shopper_id.strip()[:_ID_LENGTH]
        return Who(
            seat.shop,
            seat.platform,
            shopper_id or (known.shopper_id if known else ""),
            order_id or (known.order_id if known else ""),
        )

    def heard(self, session: Session, who: Who, page: dict[str, object]) -> None:
        """A shopper's line came: the conversation runs, and the page may show an order."""
        session.who, session.heard_at = who, datetime.now(UTC)
        if not who.order_id:
            return
        seen, before = _sighting(page), session.sighted
        if before is None or before[0] != who or seen not in (Sighting(), before[1]):
            session.sighted = (who, seen)
            self._people.sight(who, seen)

    def standing(self, who: Who, shop: Shop) -> Standing:
        """The shopper's standing by purchases, levels and groups."""
        named = self._people.named(who)
        bought = self._people.bought(named)
        if who.shopper_id and who.platform and bought.listed:
            self._people.note_met(who)
        return standing_of(bought, shop.levels, shop.groups, shop.local_now().date())

    def audience(self, session: Session, who: Who, shop: Shop) -> frozenset[str] | None:
        """What the shopper belongs to; None for somebody unknown, or where no script asks.

        Asked within half a minute again, as it was then: a burst is not looked up line by line.
        """
        if not shop.speaks_to or not who.is_told:
            return None
        now, held = time.monotonic(), session.belongs
        if held and (held.who, held.version) == (who, shop.version) and now - held.at < _HOLDS_S:
            return held.audience
        session.belongs = Belongs(who, shop.version, now, self.standing(who, shop).audience)
        return session.belongs.audience

    def answer(self, seat: Seat, session: Session, shop: Shop, request: ShopperAsk) -> ShopperCard:
        """The card after what was asked was done. Raises UsageError for a note that cannot be."""
        who = self.who(seat, session, request.shopper.id, request.page)
        if who.is_told and not _runs(session, who):
            named = who.shopper_id or who.order_id
            details = f"shopper {named}"
            name, role = seat.account.name, seat.account.role
            self._access.note(name, role, "card", seat.shop, None, details)
        named_who = self._people.named(who)
        if request.action == "note":
            self._notes.add(named_who, request.text, seat.account.name)
        elif request.action == "remove_note":
            self._notes.remove(named_who, request.note_id, seat.account.name)
        return self._card(seat, session, shop, named_who, request)

    def _card(
        self, seat: Seat, session: Session, shop: Shop, who: Who, request: ShopperAsk
    ) -> ShopperCard:
        bought = self._people.bought(who)
        standing = standing_of(bought, shop.levels, shop.groups, shop.local_now().date())
        heard_at = session.heard_at or datetime.now(UTC)
        asked = self._people.last_asked(who, utc_text(heard_at - _SAME_TALK))
        last = max(bought.purchases, key=lambda one: (one.day, one.seen_at), default=None)
        return ShopperCard(
            request_id=request.request_id,
            conversation_id=request.conversation_id,
            known=standing.known,
            standing=standing.standing,
            level=standing.level,
            level_by_hand=standing.level_by_hand,
            groups=list(standing.groups),
            orders=standing.orders,
            settled=standing.settled,
            spend_fen=standing.spend_fen,
            last_order=_order(last) if last else None,
            requests=_duties(self._people.requests(who)),
            promises=_duties(self._people.promises(who)),
            notes=self._noted(seat, who, bought.remark),
            last_asked=asked.text if asked else "",
            last_asked_at=asked.at if asked else "",
        )

    def _noted(self, seat: Seat, who: Who, remark: str) -> list[CardNote]:
        """The notes, newest first; the remark of the platform's list last, of nobody."""
        listed = [CardNote(note_id=0, text=remark, author="", at="")] if remark else []
        own = seat.account.name
        return [
            CardNote(note_id=n.id, text=n.text, author=n.author, at=n.at, own=n.author == own)
            for n in self._notes.of(who)
        ] + listed


def _sighting(page: dict[str, object]) -> Sighting:
    """What the page says of the order that it names; nothing of one that it does not."""
    if not page.get("order_id"):
        return Sighting()
    product, status, amount = (
        str(page.get(key) or "").strip()[:_ID_LENGTH]
        for key in ("order_product", "order_status", "amount")
    )
    return Sighting(product, status, fen_shown(amount))


def _duties(found: Sequence[Duty]) -> list[CardDuty]:
    return [CardDuty(kind=one.kind, text=one.text, due_at=one.due_at) for one in found]


def _order(one: Purchase) -> CardOrder:
    return CardOrder(
        order_id=one.order_id,
        status=one.status,
        product=one.product,
        variant=one.variant,
        day=one.day,
        fen=one.fen,
    )


def _runs(session: Session, who: Who) -> bool:
    """Whether the shopper wrote lately in this very conversation."""
    if session.who is None or session.heard_at is None:
        return False
    same = (
        who.shopper_id == session.who.shopper_id
        if who.shopper_id
        else who.order_id == session.who.order_id
    )
    return same and datetime.now(UTC) - session.heard_at < RUNS
