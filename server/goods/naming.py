"""Which product is meant: the one on the page, else the one that was named. Never a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.base.conversation import Turn
from server.base.remembered import Remembered
from server.goods.meaning import NOTHING_MEANT, Meanings, Meant
from server.library import Product
from server.text.normal import normalize, words

# Page fields that may name a product, by id or by name; addresses in any of them count.
_PAGE_KEYS = ("product_id", "item_id", "product", "商品", "商品名")
_LAST_TURNS = 6
_SHORTEST = 2
_KEPT_LINES = 2_000
_MOST_ASKED = 6


def meant(
    products: Sequence[Product],
    page: Mapping[str, str],
    text: str,
    turns: Sequence[Turn] = (),
) -> Product | None:
    """The product of the page's card; without one, what the shopper or the last turns name.

    A card of no known product, or words that could be two, mean none.
    """
    if not products:
        return None
    on_page = [page[key] for key in _PAGE_KEYS if page.get(key)]
    linked = _linked(products, page)
    if on_page or linked:
        return linked or _of_card(products, on_page)
    return _alone(_spoken_of(products, text, turns))


def perhaps(
    products: Sequence[Product],
    page: Mapping[str, str],
    text: str,
    turns: Sequence[Turn] = (),
) -> tuple[Product, ...]:
    """The products that could be meant where `meant` is not certain: two or more, else none.

    An agent asks which; nothing is guessed. A card on the page leaves no doubt.
    """
    if any(page.get(key) for key in _PAGE_KEYS) or _linked(products, page):
        return ()
    named = _spoken_of(products, text, turns)
    return tuple(named) if len(named) > 1 else ()


def _spoken_of(products: Sequence[Product], text: str, turns: Sequence[Turn]) -> Sequence[Product]:
    """What the newest line that means any product means, within the last turns.

    What it leaves open, an earlier line may have told: 小白鞋有货吗, then 这双鞋磨脚吗.
    """
    names = _names_of(products)
    said = (text, *(turn.text for turn in reversed(turns[-_LAST_TURNS:])))
    spoken = (meant for line in said if (meant := names.meant_by(line)).products)
    newest = next(spoken, NOTHING_MEANT)
    if newest.is_open:
        before = next((meant for meant in spoken if len(meant.products) == 1), None)
        if before is not None and before.products[0] in newest.products:
            return before.products
    # Of more than a few nobody can be asked which.
    return newest.products if len(newest.products) <= _MOST_ASKED else ()


def _alone(named: Sequence[Product]) -> Product | None:
    return named[0] if len(named) == 1 else None


def _linked(products: Sequence[Product], page: Mapping[str, str]) -> Product | None:
    addresses = [value for value in page.values() if "/" in value or "=" in value]
    found = {
        product.id: (len(link), product)
        for product in products
        for link in product.links
        for address in addresses
        if _in_address(link, address)
    }
    return _only(list(found.values()))


def _in_address(link: str, address: str) -> bool:
    """Whether an address holds the link; `id=12` is not in `id=123`."""
    place = address.find(link)
    while place >= 0:
        before, after = address[:place][-1:], address[place + len(link) :][:1]
        cut = (link[0].isalnum() and before.isalnum()) or (link[-1].isdigit() and after.isdigit())
        if not cut:
            return True
        place = address.find(link, place + 1)
    return False


def _of_card(products: Sequence[Product], titles: Sequence[str]) -> Product | None:
    names = _names_of(products)
    for title in titles:
        found = names.called(title) or names.named_in(title)
        if found:
            return found[0] if len(found) == 1 else None
    return None


def named_in(products: Sequence[Product], text: str) -> Sequence[Product]:
    """The products that a text names; a name inside a longer one does not count."""
    return _names_of(products).named_in(text)


class _Names:
    """The names of a shop's products, made ready once: what a line names, and what it means."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products = products
        self._meanings = Meanings(products)
        self._by_start: dict[str, list[tuple[str, Product]]] = {}
        self._exact: dict[str, list[Product]] = {}
        for product in products:
            for name in dict.fromkeys(_form(name) for name in product.names):
                self._exact.setdefault(name, []).append(product)
                if len(name) >= _SHORTEST:
                    self._by_start.setdefault(name[:_SHORTEST], []).append((name, product))
        self._meant: Remembered[Meant] = Remembered(_KEPT_LINES)

    def meant_by(self, line: str) -> Meant:
        """The products that a line names, and those that its other words mean."""
        return self._meant.get(line, lambda: self._meant_by(line))

    def _meant_by(self, line: str) -> Meant:
        said = _form(line)
        hits = self._hits(said)
        named = _products_of(hits)
        if not named:
            return self._meanings.meant_by(line)
        for start, end, _ in hits:
            said = said[:start] + "," * (end - start) + said[end:]
        further = self._meanings.meant_by(said).products
        return Meant(tuple(named if any(one in named for one in further) else [*named, *further]))

    def called(self, title: str) -> Sequence[Product]:
        """The products with exactly this name."""
        return self._exact.get(_form(title), ())

    def named_in(self, text: str) -> Sequence[Product]:
        """The products that a text names; a name inside a longer one does not count."""
        return _products_of(self._hits(_form(text)))

    def _hits(self, said: str) -> list[tuple[int, int, Product]]:
        hits = [
            (place, place + len(name), product)
            for place in range(len(said) - _SHORTEST + 1)
            for name, product in self._by_start.get(said[place : place + _SHORTEST], ())
            if said.startswith(name, place) and _whole(said, place, place + len(name))
        ]
        return [
            hit
            for hit in hits
            if not any(o[0] <= hit[0] and hit[1] <= o[1] and o[:2] != hit[:2] for o in hits)
        ]


def _products_of(hits: Sequence[tuple[int, int, Product]]) -> list[Product]:
    return list({product.id: product for _, _, product in hits}.values())


# By the identity of what is served: what holds the names holds the products too.
_HELD: Remembered[_Names] = Remembered(64)


def _names_of(products: Sequence[Product]) -> _Names:
    names = _HELD.get(id(products), lambda: _Names(products))
    return names if names.products is products else _Names(products)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether letters and digits are not cut: `k2` is not named by `k20`."""

    def cut(one: str, other: str) -> bool:
        return all(sign.isascii() and sign.isalnum() for sign in (one, other) if sign) and bool(
            one and other
        )

    return not (
        cut(text[start - 1 : start], text[start]) or cut(text[end - 1], text[end : end + 1])
    )


def _form(text: str) -> str:
    return "".join(words(normalize(text))) or normalize(text)


def _only(found: Sequence[tuple[int, Product]]) -> Product | None:
    """The product with the longest part of an address, none when two are as long."""
    ranked = sorted(found, key=lambda one: -one[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
