"""Which product is meant: the one on the page, else the one that was named. Never a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.base.conversation import Turn
from server.library import Product
from server.text.normal import normalize, words

# Page fields that may name a product, by id or by name; addresses in any of them count.
_PAGE_KEYS = ("product_id", "item_id", "product", "商品", "商品名")
_LAST_TURNS = 6
_SHORTEST = 2


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


def _spoken_of(products: Sequence[Product], text: str, turns: Sequence[Turn]) -> list[Product]:
    """What the newest line names that names any product, within the last turns."""
    said = (text, *(turn.text for turn in reversed(turns[-_LAST_TURNS:])))
    return next((named for line in said if (named := named_in(products, line))), [])


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
    for title in titles:
        exact = [p for p in products if _form(title) in {_form(name) for name in p.names}]
        found = exact or named_in(products, title)
        if found:
            return found[0] if len(found) == 1 else None
    return None


def named_in(products: Sequence[Product], text: str) -> list[Product]:
    """The products that a text names; a name inside a longer one does not count."""
    said = _form(text)
    hits: list[tuple[int, int, Product]] = []
    for product in products:
        for name in dict.fromkeys(_form(name) for name in product.names):
            place = said.find(name) if len(name) >= _SHORTEST else -1
            while place >= 0:
                if _whole(said, place, place + len(name)):
                    hits.append((place, place + len(name), product))
                place = said.find(name, place + 1)
    longest = [
        hit
        for hit in hits
        if not any(o[0] <= hit[0] and hit[1] <= o[1] and o[:2] != hit[:2] for o in hits)
    ]
    return list({product.id: product for _, _, product in longest}.values())


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
