"""After-sales requests on disk: made once an order, moved from station to station, listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from server.base.errors import EntryError
from server.base.times import moment
from server.store.database import Database, Row, Writing
from server.text.masking import mask
from server.work.requests import ALL_KINDS, SOLUTIONS, STATIONS, WAITING

VIEWS: Final = ("mine", "late", *WAITING, "closed")
_LONGEST: Final = {"said": 500, "photos": 200, "note": 1000, "product": 200}
_MOST_FEN = 100_000_000
_LINES = 3
_OPEN = "r.closed_at = ''"
_SELECT = "SELECT r.* FROM requests r"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What a request is made from; `conversation` is 0 where none is on record."""

    shop: str
    agent: str
    platform: str = ""
    conversation: int = 0
    order_id: str = ""
    shopper: str = ""
    kind: str = ""
    product: str = ""
    said: str = ""
    photos: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation on record: its row, its shopper, what was said last (masked, newest first)."""

    conversation: int
    shopper: str
    said: tuple[str, ...]


class Requests:
    """Writes and reads them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def open(self, new: NewRequest, due_at: str, at: str, *, another: bool = False) -> int:
        """The number of the order's or talk's open request; a new one where there is none.

        `another` makes a second one for the same order.
        """
        # What stands where an order's number belongs may be a phone.
        keep = self._db.ids.kept_id
        new = replace(new, order_id=keep(new.order_id), shopper=keep(new.shopper))
        values = {name: getattr(new, name) for name in (field.name for field in fields(new))}
        values |= _clean({name: values[name] for name in ("said", "photos", "product")})
        row = values | {"due_at": due_at, "made_at": at, "changed_at": at}

        def job(db: Writing) -> int:
            held = None if another else _held(db, new)
            if held is not None:
                return held
            number = db.insert("requests", row)
            step = {"request": number, "station": STATIONS[0], "who": new.agent, "at": at}
            db.insert("request_steps", step)
            return number

        return self._db.write(job)

    def talk(self, shop: str, platform: str, conversation_id: str) -> Talk | None:
        """What a request is made from; None for a conversation that is not on record."""
        row = self._db.row(
            "SELECT id, shopper_id FROM conversations "
            "WHERE shop = ? AND platform = ? AND conversation_id = ?",
            [shop, platform, conversation_id],
        )
        if row is None or not conversation_id:
            return None
        sql = (
            "SELECT text FROM messages WHERE conversation = ? AND sender = 'shopper' "
            "ORDER BY id DESC LIMIT ?"
        )
        said = self._db.rows(sql, [row["id"], _LINES])
        return Talk(row["id"], row["shopper_id"], tuple(line["text"] for line in said))

    def one(self, number: int) -> Row | None:
        """A request."""
        return self._db.row(f"{_SELECT} WHERE r.id = ?", [number])

    def steps(self, number: int) -> list[Row]:
        """The stations of a request, in order."""
        return self._db.rows("SELECT * FROM request_steps WHERE request = ? ORDER BY id", [number])

    def of_talk(self, conversation: int, order_id: str, shop: str, platform: str) -> list[Row]:
        """The open requests of a conversation and of the order that it is about."""
        sql = (
            f"{_SELECT} WHERE {_OPEN} AND r.shop = ? AND ((r.conversation = ? AND ? != 0) OR "
            "(r.platform = ? AND r.order_id = ? AND r.order_id != '')) ORDER BY r.id"
        )
        order = self._db.ids.kept_id(order_id)
        return self._db.rows(sql, [shop, conversation, conversation, platform, order])

    def move(self, number: int, station: str, due_at: str, waiting: str, who: str, at: str) -> None:
        """Takes a request to another station. Raises EntryError for one that is closed."""
        if station not in STATIONS:
            raise EntryError(f"{station!r} is no station", "choice", "station", found=station[:40])

        def job(db: Writing) -> bool:
            row = db.execute(
                "SELECT station FROM requests WHERE id = ? AND closed_at = ''", [number]
            ).fetchone()
            if row is None or row[0] == station:
                return row is not None
            closed = at if station == STATIONS[-1] else ""
            db.execute(
                "UPDATE requests SET station = ?, due_at = ?, waiting_for = ?, changed_at = ?, "
                "closed_at = ? WHERE id = ?",
                [station, due_at, waiting, at, closed, number],
            )
            _end_step(db, number, at)
            step = {"request": number, "station": station, "who": who, "at": at}
            db.insert("request_steps", step)
            return True

        if not self._db.write(job):
            raise EntryError("this request is closed already; reload", "closed_already")

    def change(self, number: int, given: Mapping[str, str], at: str) -> None:
        """Changes what a form gives: choices, texts, money in yuan. Raises EntryError."""
        changed = _clean(given) | {"changed_at": at}
        self._db.write(lambda db: db.update("requests", number, changed))

    def listed(self, shop: str, view: str, now: str, agent: str, last: int = 200) -> list[Row]:
        """Of a view of VIEWS, what is due first; closed ones newest first. `agent` '' for all."""
        where, values = _view(view, now, agent)
        order = "r.closed_at DESC" if view == "closed" else "r.due_at"
        sql = f"{_SELECT} WHERE r.shop = ? AND {where} ORDER BY {order}, r.id LIMIT ?"
        return self._db.rows(sql, [shop, *values, last])

    def counts(self, shop: str, now: str, agent: str) -> dict[str, int]:
        """How many of each view."""
        sql = "SELECT count(*) AS n FROM requests r WHERE r.shop = ? AND "
        found = {}
        for view in VIEWS:
            where, values = _view(view, now, agent)
            row = self._db.row(sql + where, [shop, *values])
            found[view] = int(row["n"]) if row else 0
        return found

    def made_between(self, shop: str, since: str, until: str) -> list[Row]:
        """Every request that was made in a span, oldest first."""
        sql = f"{_SELECT} WHERE r.shop = ? AND r.made_at >= ? AND r.made_at < ? ORDER BY r.id"
        return self._db.rows(sql, [shop, since, until])

    def station_hours(self, shop: str, since: str, until: str) -> list[tuple[str, int, float]]:
        """Station, how often it was left, and the mean hours it took, of requests of a span."""
        sql = """
            SELECT s.station, count(s.hours) AS n, avg(s.hours) AS hours
            FROM requests r JOIN request_steps s ON s.request = r.id
            WHERE r.shop = ? AND r.made_at >= ? AND r.made_at < ? AND s.hours IS NOT NULL
            GROUP BY s.station
        """
        rows = {row["station"]: row for row in self._db.rows(sql, [shop, since, until])}
        return [(s, int(rows[s]["n"]), float(rows[s]["hours"])) for s in STATIONS if s in rows]

    def costs(self, shop: str, since: str, until: str) -> list[Row]:
        """Product and kind with how many requests and what they cost, the dearest first."""
        sql = """
            SELECT product, kind, count(*) AS n, sum(freight_fen) AS freight_fen,
                sum(goods_fen) AS goods_fen, sum(compensation_fen) AS compensation_fen
            FROM requests WHERE shop = ? AND made_at >= ? AND made_at < ?
            GROUP BY product, kind
            ORDER BY sum(freight_fen + goods_fen + compensation_fen) DESC, count(*) DESC, product
            LIMIT 30
        """
        return self._db.rows(sql, [shop, since, until])

    def solved(self, shop: str, since: str, until: str) -> dict[str, int]:
        """How many requests of a span were solved in which way."""
        sql = (
            "SELECT solution, count(*) AS n FROM requests WHERE shop = ? AND made_at >= ? "
            "AND made_at < ? AND solution != '' GROUP BY solution"
        )
        return {r["solution"]: int(r["n"]) for r in self._db.rows(sql, [shop, since, until])}

    def repeats(self, shop: str, since: str, until: str) -> list[Row]:
        """Orders with more than one request in a span."""
        sql = """
            SELECT platform, order_id, max(product) AS product, count(*) AS n FROM requests
            WHERE shop = ? AND made_at >= ? AND made_at < ? AND order_id != ''
            GROUP BY platform, order_id HAVING count(*) > 1
            ORDER BY count(*) DESC, order_id LIMIT 20
        """
        return self._db.rows(sql, [shop, since, until])


def _held(db: Writing, new: NewRequest) -> int | None:
    """The open request of the order; of the talk where no order is told."""
    values: list[Any]
    if new.order_id:
        where, values = "platform = ? AND order_id = ?", [new.platform, new.order_id]
    elif new.conversation:
        where, values = "conversation = ? AND platform = ?", [new.conversation, new.platform]
    else:
        return None
    sql = f"SELECT id FROM requests WHERE shop = ? AND {where} AND closed_at = '' ORDER BY id DESC"
    row = db.execute(sql, [new.shop, *values]).fetchone()
    return int(row[0]) if row else None


def _end_step(db: Writing, number: int, at: str) -> None:
    sql = "SELECT id, at FROM request_steps WHERE request = ? AND left_at = '' ORDER BY id DESC"
    row = db.execute(sql, [number]).fetchone()
    if row is not None:
        hours = (moment(at) - moment(row[1])).total_seconds() / 3600
        db.update("request_steps", row[0], {"left_at": at, "hours": round(hours, 3)})


def _view(view: str, now: str, agent: str) -> tuple[str, list[Any]]:
    """The condition of a view, and its values."""
    if view == "mine":
        return f"{_OPEN} AND r.agent = ?", [agent]
    if view == "late":
        return f"{_OPEN} AND r.due_at != '' AND r.due_at < ?", [now]
    if view == "closed":
        return "r.closed_at != ''", []
    return f"{_OPEN} AND r.waiting_for = ?", [view]


def _clean(given: Mapping[str, str]) -> dict[str, Any]:
    """A form's fields as they are kept. Raises EntryError naming the field."""
    choices = {"kind": ALL_KINDS, "solution": SOLUTIONS, "waiting_for": WAITING}
    found: dict[str, Any] = {}
    for name, text in given.items():
        text = text.strip()
        if name in choices:
            if text and text not in choices[name]:
                raise EntryError(f"{name} is {text[:40]!r}", "choice", name, found=text[:40])
            found[name] = text
        elif name.endswith("_fen"):
            found[name] = _fen(name, text)
        elif name == "invoice":
            found[name] = int(bool(text))
        elif name in _LONGEST:
            found[name] = mask(text[: _LONGEST[name]])
    return found


def _fen(name: str, text: str) -> int:
    """Yuan as they are typed, in fen."""
    plain = text.replace(",", "").replace("，", "").lstrip("¥￥").removesuffix("元").strip()
    whole, _, part = plain.partition(".")
    fits = len(part) <= 2 and all(
        not one or (one.isascii() and one.isdecimal()) for one in (whole, part)
    )
    fen = int(whole[:12] or 0) * 100 + int(part.ljust(2, "0") or 0) if fits else _MOST_FEN
    if fen >= _MOST_FEN:
        raise EntryError(
            f"{name} is {text[:40]!r}; expected yuan, as 12.50", "yuan", name, found=text[:40]
        )
    return fen
