"""A shop's own examples of rules: what its QA judged, and which rules contradict it.

They stand in the shop's `rules.yaml` under `examples`, rule by rule. Unlike the examples that a
rule brings along they refuse no file: a false alarm contradicts its rule until somebody mends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from server.base.errors import LibraryError, Problem
from server.base.yaml_files import Listing, Node, Scalar, Table, read_yaml
from server.compliance.matching import Matcher, levels_of
from server.compliance.rules import Rule, RuleSet

Kind = Literal["violating", "near_miss"]
KINDS: Final = get_args(Kind)
_WARNS: Final = ("high", "medium")
_MASKED: Final = "‹"
"""What masking leaves: a rule that looks for a number finds none where one was masked."""


@dataclass(frozen=True, slots=True)
class ShopExample:
    """A text that must (`violating`) or must not (`near_miss`) be warned of by a rule."""

    rule: str
    kind: Kind
    text: str
    line: int


def read_examples(path: Path) -> list[ShopExample]:
    """The examples in a shop's rules file, in its order. Raises LibraryError with every finding."""
    if not path.exists():
        return []
    root = read_yaml(path)
    held = root.entries.get("examples") if isinstance(root, Table) else None
    if held is None:
        return []
    problems: list[Problem] = []
    found = list(_examples(held, str(path), problems))
    if problems:
        raise LibraryError(problems)
    return found


def usable_examples(path: Path) -> list[ShopExample]:
    """The well-formed examples of a shop's rules file; `bangda lint` names the others (R001)."""
    root = read_yaml(path)
    held = root.entries.get("examples") if isinstance(root, Table) else None
    return list(_examples(held, str(path), [])) if held is not None else []


def _examples(held: Node, file: str, problems: list[Problem]) -> Iterator[ShopExample]:
    def table(node: Node, subject: str) -> Mapping[str, Node]:
        if isinstance(node, Table):
            return node.entries
        problems.append(_misshapen(file, node.line, subject))
        return {}

    for rule, kinds in table(held, "").items():
        for kind, texts in table(kinds, rule).items():
            items = texts.items if isinstance(texts, Listing) else ()
            good = [item for item in items if isinstance(item, Scalar) and item.text]
            if kind not in KINDS or len(good) < max(1, len(items)):
                problems.append(_misshapen(file, texts.line, rule))
                continue
            for item in good:
                yield ShopExample(rule, cast(Kind, kind), item.text or "", item.line)


def _misshapen(file: str, line: int, subject: str) -> Problem:
    fix = "write `rule-id: {violating: [text], near_miss: [text]}`"
    return Problem(file, line, subject, "R001", "has misshapen examples", fix)


def contradictions(
    examples: Iterable[ShopExample], file: str, ruleset: RuleSet, shared: RuleSet
) -> list[tuple[ShopExample, Problem]]:
    """Which examples a shop's rules contradict (R013), and which name no rule (R010).

    A near miss is contradicted while its own rule warns of it, high or medium; a violating example
    while no rule of the same category finds it, so that a rule of the shop's own settles it. What
    only the judge finds is not told here, nor what masking may have taken from a violating text.
    """
    rules = {rule.id: rule for rule in (*shared.rules, *shared.judged.values(), *ruleset.rules)}
    matcher = Matcher(ruleset)
    problems = []
    for example in examples:
        rule = rules.get(example.rule)
        found = _unknown() if rule is None else _contradiction(example, rule, matcher)
        if found is not None:
            problems.append((example, Problem(file, example.line, example.rule, *found)))
    return problems


def _unknown() -> tuple[str, str, str]:
    return "R010", "has examples but is no known rule", "fix the id, or remove the example"


def _contradiction(
    example: ShopExample, rule: Rule, matcher: Matcher
) -> tuple[str, str, str] | None:
    hits = [hit.rule for hit in matcher.hits(levels_of(example.text), rule.direction)]
    if example.kind == "near_miss":
        if not any(hit.id == rule.id and hit.severity in _WARNS for hit in hits):
            return None
        what = f"flags the shop's near miss {example.text!r}"
        return "R013", what, "add an exception to the rule, or list it under `off` or `severity`"
    settled = not rule.patterns or _MASKED in example.text
    if settled or any(hit.category == rule.category for hit in hits):
        return None
    what = f"does not find the shop's violating example {example.text!r}"
    return "R013", what, f"add a rule of your own in category {rule.category} that finds it"
