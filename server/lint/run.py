"""All findings of a library folder, collected; never thrown one at a time."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import server.lint.product_rules
import server.lint.shopper_rules  # noqa: F401 - so do these
from server.base.config import rules_folder
from server.base.errors import LibraryError, Problem
from server.base.yaml_files import read_yaml
from server.compliance.checker import Checker
from server.compliance.rule_files import load_rules
from server.compliance.shop_examples import contradictions, read_examples
from server.library import Shop, rules_file, set_aside, shop_dirs
from server.library.reader import ShopReader
from server.lint.loading import LOADER_CODES
from server.lint.rules import RULES, at

_WARNED = "L112"


def lint_library(root: Path) -> list[Problem]:
    """Every finding in library and rule files, by file and line; empty when all is well."""
    try:
        folders = shop_dirs(root)
    except LibraryError as error:
        return list(error.problems)
    shared = rules_folder(root)
    problems = [*set_aside(root), *_rule_problems(root, shared, None)]
    for folder in folders:
        reader = ShopReader(root, folder, read_yaml)
        shop = reader.shop()
        problems += reader.problems
        problems += reader.remarks
        own = rules_file(folder)
        if own.exists():
            problems += [p for p in _rule_problems(root, shared, own) if p not in problems]
            problems += [p for p in _contradictions(root, shared, own) if p not in problems]
        problems += findings_of(shop, _checker(shared, own))
    return sorted(problems)


def findings_of(shop: Shop, checker: Checker | None) -> list[Problem]:
    """The findings of every rule over one shop."""
    found = [problem for function in RULES.values() for problem in function(shop)]
    if checker is not None:
        found += _warned(shop, checker)
    return sorted(found)


def documentation() -> list[tuple[str, str]]:
    """(code, text) of every finding there is, in order; the text is the rule's docstring."""
    own = {code: inspect.getdoc(function) or "" for code, function in RULES.items()}
    return sorted({**LOADER_CODES, **own}.items())


def _rule_problems(root: Path, shared: Path, own: Path | None) -> list[Problem]:
    try:
        load_rules(shared, own)
    except LibraryError as error:
        return [_relative(problem, root) for problem in error.problems]
    return []


def _contradictions(root: Path, shared: Path, own: Path) -> list[Problem]:
    """Examples of the shop's QA that its rules contradict; none while the rules are broken."""
    try:
        rules, shipped = load_rules(shared, own), load_rules(shared)
    except LibraryError:
        return []
    try:
        examples = contradictions(read_examples(own), str(own), rules, shipped)
        found = [problem for _, problem in examples]
    except LibraryError as error:
        found = list(error.problems)
    return [_relative(problem, root) for problem in found]


def _relative(problem: Problem, root: Path) -> Problem:
    """The finding with its file named by its place in the library, as script files are."""
    path = Path(problem.file)
    inside = path.is_relative_to(root)
    name = path.relative_to(root).as_posix() if inside else problem.file
    return Problem(name, problem.line, problem.subject, problem.code, problem.what, problem.fix)


def _checker(shared: Path, own: Path) -> Checker | None:
    try:
        return Checker(load_rules(shared, own if own.exists() else None))
    except LibraryError:
        return None  # broken rules are findings of their own


def _warned(shop: Shop, checker: Checker) -> Iterator[Problem]:
    seen: dict[tuple[str, str], set[str]] = {}
    for script in shop.scripts:
        for platform in script.platforms or shop.platforms or ("",):
            for text in (script.reply, *script.variants, *script.parts):
                for found in checker.check(
                    text, direction="outgoing", platform=platform, shop=shop
                ):
                    if found.severity != "high" or found.category == "unfilled_variable":
                        continue
                    known = seen.setdefault((script.id, found.rule), set())
                    if not known:
                        clause = f" ({found.clause})" if found.clause else ""
                        what = f"{found.matched!r} breaks {found.rule}{clause}"
                        yield at(script, _WARNED, what, "word it another way")
                    known.add(found.matched)
