"""`bangda suggest` and `bangda check`: one message or text, answered in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from server.base.errors import LibraryError, UsageError
from server.base.platforms import platform_code
from server.cli.parser import database_of, library_of

if TYPE_CHECKING:
    from server.compliance.checker import Checker
    from server.compliance.findings import Finding
    from server.indexing.encoder import Encoder
    from server.library import Shop
    from server.ranking.memory import Memory

_TOGETHER = 1024
"""Texts embedded together: enough for full batches, few enough to print while the rest is read."""


def suggest(arguments: argparse.Namespace) -> int:
    """Prints suggestions and warnings for one message."""
    from server.base.config import DEFAULT_MODEL, default_data
    from server.catalog.catalog import Catalog
    from server.desk.replies import context_of, product_of, size_of, suggestion_of
    from server.indexing.models import load_encoder
    from server.library.understood import audience_of
    from server.suggest import Query
    from server.suggest import suggest as rank

    data = Path(arguments.data) if arguments.data else default_data()
    cache = data / "cache" if data.is_dir() else None
    encoder = load_encoder(arguments.model or DEFAULT_MODEL)
    catalog = Catalog(library_of(arguments), encoder, cache, only=arguments.shop)
    if catalog.trouble:
        # A server goes on with what was last good; who asks here wants to know about the files.
        raise LibraryError(catalog.trouble)
    served = catalog.snapshot.shop(arguments.shop)
    context = context_of(served.shop, _page(arguments.page), "", "", arguments.text)
    memory, told = _kept(database_of(arguments), data, served.shop, context.page, encoder)
    named = frozenset((audience_of(name) or name).casefold() for name in arguments.audience)
    context = replace(context, audience=named or told)
    ranking = rank(
        Query(
            arguments.text,
            page=context.page,
            platform=platform_code(context.page.get("platform", "")),
            stated=context.goods.stated,
            audience=context.audience,
        ),
        served.index,
        memory=memory,
        top_k=arguments.top,
        terms=served.terms(),
    )
    suggestions = [suggestion_of(c, context, frozenset()) for c in ranking.candidates]
    warnings = served.checker.check(arguments.text, direction="incoming", shop=served.shop)
    if arguments.json:
        answer = {
            "suggestions": msgspec.to_builtins(suggestions),
            "shown": ranking.shown,
            "warnings": [finding.as_json() for finding in warnings],
            "size": [msgspec.to_builtins(size_of(one)) for one in context.goods.advice],
            "product": product_of(context.goods),
        }
        print(msgspec.json.encode(answer).decode())
        return 0
    for advice in context.goods.advice:
        print(f"尺码 / size: {advice.text or '—'}  {advice.says}")
    for place, made in enumerate(suggestions, start=1):
        mark = "*" if place <= ranking.shown else " "
        print(f"{mark}{place}. {made.title}  [{made.script_id}]  {made.confidence:.0%}")
        print(f"    {made.text}")
        print(f"    {made.why}" + (f"  缺 / missing: {made.missing}" if made.missing else ""))
    if not ranking.shown:
        print("（没有把握，面板不会显示 / below the threshold: the panel stays quiet）")
    for finding in warnings:
        print(f"! {finding.category} {finding.severity}: {finding.told} ({finding.clause})")
    return 0


def _page(pairs: Sequence[str]) -> dict[str, object]:
    """What the chat page would say, from KEY=VALUE. Raises UsageError."""
    page: dict[str, object] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"--page is {pair!r}; expected KEY=VALUE, as --page product=卫衣")
        page[key.strip()] = value.strip()
    return page


def _kept(
    where: Path | str, data: Path, shop: Shop, page: Mapping[str, str], encoder: Encoder
) -> tuple[Memory | None, frozenset[str] | None]:
    """What the shop's agents accepted, and who asks, as far as there is a database."""
    from server.desk.shop_memory import memory_from
    from server.shoppers import Who, standing_of
    from server.store import Database, Traffic
    from server.store.shoppers import People

    if isinstance(where, Path) and not where.exists():
        return None, None
    platform = platform_code(page.get("platform", ""))
    opened = Database(where, data)
    try:
        shopper_id = opened.ids.kept_id(page.get("shopper_id", ""))
        who = Who(shop.id, platform, shopper_id, page.get("order_id", ""))
        people = People(opened)
        bought = people.bought(people.named(who))
        standing = standing_of(bought, shop.levels, shop.groups, shop.local_now().date())
        return memory_from(encoder, Traffic(opened).acceptances(shop.id)), standing.audience
    finally:
        opened.close()


def check(arguments: argparse.Namespace) -> int:
    """Prints the warnings of each line; exit 1 when a high or medium one was found."""
    from server.compliance.assembly import checker_of
    from server.compliance.render import rendered
    from server.indexing.models import load_encoder
    from server.library import load_library

    root = library_of(arguments)
    shop = load_library(root, only=arguments.shop).shop(arguments.shop) if arguments.shop else None
    texts = _lines(arguments.file)
    checker = checker_of(root, load_encoder(), arguments.shop)
    look = partial(
        checker.check,
        direction=arguments.direction,
        platform=platform_code(arguments.platform),
        shop=shop,
    )
    found = False
    for number, (text, findings) in enumerate(_checked(checker, look, texts), start=1):
        found = found or any(finding.severity != "low" for finding in findings)
        if arguments.json:
            answer = {"text": text, "warnings": [finding.as_json() for finding in findings]}
            print(msgspec.json.encode(answer).decode())
        elif findings:
            print(rendered(number, text, findings))
    return 1 if found else 0


def _checked(
    checker: Checker, look: Callable[[str], list[Finding]], texts: Sequence[str]
) -> Iterator[tuple[str, list[Finding]]]:
    """Each text with its findings, in order; what stands in the file twice is checked once."""
    known: dict[str, list[Finding]] = {}
    for start in range(0, len(texts), _TOGETHER):
        part = texts[start : start + _TOGETHER]
        new = list(dict.fromkeys(text for text in part if text not in known))
        checker.prepare(new)
        known.update((text, look(text)) for text in new)
        yield from ((text, known[text]) for text in part)


def _lines(name: str) -> list[str]:
    """The texts, one a line, without line ends. Raises UsageError."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); expected a file") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []
