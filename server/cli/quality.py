"""`bangda evaluate`, `learn` and `fit`: how good the ranking is, and what makes it better."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import msgspec

from server.base.errors import UsageError
from server.cli.parser import data_of, database_of, library_of

_FITTED = ("encoder", "ranking", "judge", "samples")
# The encoder takes an hour and changes every vector: it is fitted when it is named.
_FITTED_UNASKED = _FITTED[1:]


def evaluate(arguments: argparse.Namespace) -> int:
    """Prints the figures over labelled messages; reads and changes no data folder."""
    from server.base.config import DEFAULT_MODEL
    from server.evaluation.evaluate import Rank, read_labelled
    from server.evaluation.evaluate import evaluate as figures_of
    from server.evaluation.past_chats import learn as read_lesson
    from server.evaluation.plot import plot
    from server.evaluation.report import table
    from server.indexing.models import load_encoder
    from server.indexing.vector_cache import VectorCache
    from server.library import load_library
    from server.ranking.memory import Memory
    from server.ranking.own_reading import own_reading
    from server.scripts_index import build_index
    from server.suggest import Query, Ranking, suggest
    from server.text.synonyms import synonyms_of

    shop = load_library(library_of(arguments), only=arguments.shop).shop(arguments.shop)
    messages = read_labelled(arguments.messages, arguments.shop)
    model = arguments.model or DEFAULT_MODEL
    encoder = load_encoder(model)
    index = build_index(shop.scripts, VectorCache(None, encoder))
    index = replace(index, synonyms=synonyms_of(shop.synonyms))

    def ranked_by(memory: Memory | None) -> Rank:
        def rank(query: Query) -> Ranking:
            return suggest(query, index, memory=memory)

        return rank

    learned = None
    if arguments.history:
        memory = Memory(encoder)
        lesson = read_lesson(arguments.history, shop.scripts)
        memory.add([(learnt.message, learnt.script_id, "accepted") for learnt in lesson.history])
        memory.reading = own_reading(memory, index)
        learned = ranked_by(memory)
    scripts = len(shop.scripts)
    found = figures_of(
        messages, ranked_by(None), scripts=scripts, model=model, learned=learned, shop=shop
    )
    if arguments.plot:
        plot(found, arguments.plot)
    print(msgspec.json.encode(found).decode() if arguments.json else table(found))
    return 0


def learn(arguments: argparse.Namespace) -> int:
    """Learns a shop's history from a file; prints what became of it and what leads might add."""
    from server.base.config import prepare_data_dir
    from server.evaluation.past_chats import learn as read_lesson
    from server.library import load_library
    from server.store import Acceptance, Database, Traffic

    shop = load_library(library_of(arguments), only=arguments.shop).shop(arguments.shop)
    lesson = read_lesson(arguments.file, shop.scripts)
    folder = prepare_data_dir(data_of(arguments))
    database = Database(database_of(arguments), folder)
    try:
        source = f"file:{arguments.file.name}"
        traffic = Traffic(database)
        # Learning a file again replaces what it taught before.
        traffic.forget_acceptances(shop.id, source)
        history = (Acceptance(h.message, h.script_id, "accepted", source) for h in lesson.history)
        count = traffic.add_acceptances(shop.id, history)
    finally:
        database.close()
    print(
        f"{count} learned; agent turns: {lesson.exact} a script word for word, {lesson.near} "
        f"nearly, {lesson.unmatched} none; {lesson.unknown} named no script of this shop"
    )
    for proposal in lesson.proposals:
        print(
            f"说了 {proposal.count} 次，还没有话术 / said {proposal.count} times: {proposal.reply}"
        )
        print(f"    问的是 / asked: {' / '.join(proposal.asked)}")
    return 0


def fit(arguments: argparse.Namespace) -> int:
    """Fits what ships in server/knowledge/ anew: encoder, ranking, judge, sample shops' vectors."""
    from server.base.config import DEFAULT_MODEL, rules_folder, shipped
    from server.indexing.bundled_model import FOLDER as BUNDLED_FOLDER
    from server.indexing.models import load_encoder
    from server.indexing.vector_cache import VectorCache

    model = arguments.model or DEFAULT_MODEL
    parts = arguments.what or list(_FITTED_UNASKED)
    for part in parts:
        if part not in _FITTED:
            raise UsageError(f"cannot fit {part!r}; expected some of: {', '.join(_FITTED)}")
    if not arguments.knowledge.is_dir():
        raise UsageError(f"no data at {arguments.knowledge}; expected the folder knowledge/")
    library = shipped("scripts_library")
    embedded = arguments.knowledge.resolve().parent / ".work" / "fit"
    for part in parts:
        if part == "encoder":
            from server.fit import fit_encoder

            out = arguments.out or BUNDLED_FOLDER
            print(fit_encoder(arguments.knowledge, library, out, steps=arguments.steps, say=print))
        elif part == "ranking":
            from server.fit import fit as fit_ranking

            print(fit_ranking(model, data=arguments.knowledge, cache_dir=embedded, say=print))
        elif part == "judge":
            from server.compliance.judge import JUDGE_FILE
            from server.fit.judge_files import fit_judge

            cache = VectorCache(embedded, load_encoder(model))
            rules = rules_folder(library)
            fitted = fit_judge(arguments.knowledge, rules, JUDGE_FILE, cache, say=print)
            print(json.dumps(fitted["unseen_families"], ensure_ascii=False, indent=1))
        else:
            from server.fit.samples import fit_samples

            print(f"{fit_samples(library)} texts of the sample shops embedded")
    return 0
