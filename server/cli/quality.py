"""`bangda evaluate`, `learn` and `fit`: how good the ranking is, and what makes it better."""

from __future__ import annotations

import argparse

import msgspec

from server.cli.parser import library_of


def evaluate(arguments: argparse.Namespace) -> int:
    """Prints the figures over labelled messages; reads and changes no data folder."""
    from server.config import DEFAULT_MODEL
    from server.encoder import load_encoder
    from server.evaluate import evaluate as figures_of
    from server.evaluate import read_labelled
    from server.evaluation_report import plot, table
    from server.library import load_library
    from server.scripts_index import build_index
    from server.suggest import Query, Ranking, suggest
    from server.vector_cache import VectorCache

    shop = load_library(library_of(arguments), only=arguments.shop).shop(arguments.shop)
    messages = read_labelled(arguments.messages, arguments.shop)
    model = arguments.model or DEFAULT_MODEL
    index = build_index(shop.scripts, VectorCache(None, load_encoder(model)))

    def rank(query: Query) -> Ranking:
        return suggest(query, index)

    found = figures_of(messages, rank, scripts=len(shop.scripts), model=model)
    if arguments.plot:
        plot(found, arguments.plot)
    print(msgspec.json.encode(found).decode() if arguments.json else table(found))
    return 0
