"""Reading rule files: every finding is collected with its line, nothing is half loaded.

A rules folder holds `*.yaml` files, each a table with any of `clauses`, `words`, `rules`. A shop's
own `rules.yaml` may also hold `off` (ids of rules it switches off), `severity` (id → severity),
`exceptions` (id → plain texts; a clause that holds one is no finding of the rule) and `examples`
(id → texts judged by its QA, see `shop_examples`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast, get_args

from server.base.errors import LibraryError, Problem
from server.base.platforms import PLATFORMS, platform_code
from server.base.yaml_files import Listing, Node, Scalar, Table, read_yaml
from server.compliance.findings import CATEGORIES, SEVERITIES, Severity
from server.compliance.matching import Matcher, levels_of
from server.compliance.patterns import PatternError, compile_pattern, plain_pattern
from server.compliance.proven import PROVEN, key_of, words_key
from server.compliance.rules import Clause, FactCondition, Rule, RuleSet, Strength
from server.library import yaml_in

_TOP = {"clauses", "words", "rules", "judged", "off", "severity", "exceptions", "examples"}
_CLAUSE = {"source", "number", "quote", "consequence", "since", "standing"}
_RULE = {
    "id", "version", "category", "severity", "platforms", "home_platforms", "clause", "patterns",
    "unless", "unless_anywhere", "needs", "negation", "softener", "fact", "product_kinds",
    "not_product_kinds", "strength", "own_links", "message", "rewrite", "examples",
}  # fmt: skip
_EXAMPLE_PROBLEMS = {
    True: ("R011", "does not find its violating example"),
    False: ("R012", "flags its near-miss example"),
}
_PATTERN_FIELDS = ("patterns", "unless", "unless_anywhere", "needs")


@dataclass
class _Reading:
    """What was read so far, and what is wrong with it."""

    problems: list[Problem] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    judged: list[Rule] = field(default_factory=list)
    clauses: dict[str, Clause] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    off: dict[str, tuple[str, int]] = field(default_factory=dict)
    severity: dict[str, tuple[Severity, str, int]] = field(default_factory=dict)
    exceptions: dict[str, tuple[tuple[str, ...], str, int]] = field(default_factory=dict)

    def refuse(self, file: str, line: int, subject: str, code: str, what: str, fix: str) -> None:
        self.problems.append(Problem(file, line, subject, code, what, fix))


def load_rules(folder: Path, shop_file: Path | None = None) -> RuleSet:
    """The rules of `folder`, changed by a shop's own file when it exists.

    Raises LibraryError with every finding; the caller keeps the last good set.
    """
    reading = _Reading()
    files = yaml_in(folder).read
    if not files:
        reading.refuse(str(folder), 0, "", "R001", "holds no rule file", "add rules/*.yaml there")
    for path in files:
        _read_file(path, reading, own=False)
    if shop_file is not None and shop_file.exists():
        _read_file(shop_file, reading, own=True)
    _check_together(reading)
    if reading.problems:
        raise LibraryError(reading.problems)
    _check_examples(reading)
    judged = {rule.category: rule for rule in _changed(reading.judged, reading)}
    rules = tuple(_changed(reading.rules, reading))
    return RuleSet(rules, judged, reading.clauses, reading.words)


def _changed(rules: Sequence[Rule], reading: _Reading) -> list[Rule]:
    kept = []
    for rule in rules:
        if rule.id in reading.off:
            continue
        if rule.id in reading.severity:
            rule = replace(rule, severity=reading.severity[rule.id][0])
        if rule.id in reading.exceptions:
            texts = reading.exceptions[rule.id][0]
            rule = replace(rule, unless=(*rule.unless, *map(plain_pattern, texts)))
        kept.append(rule)
    return kept


def _read_file(path: Path, reading: _Reading, *, own: bool) -> None:
    try:
        root = _tree(path, _stamp(path))
    except LibraryError as error:
        reading.problems += [replace(p, code="R001") for p in error.problems]
        return
    file = str(path)
    if not isinstance(root, Table):
        reading.refuse(file, root.line, "", "R001", "is no table", "start with `rules:`")
        return
    _unknown_keys(root, _TOP, file, "", reading)
    for name, node in _entries(root.entries.get("words"), file, "words", reading):
        reading.words[name] = _texts(node, file, name, reading)
    for name, node in _entries(root.entries.get("clauses"), file, "clauses", reading):
        _read_clause(name, node, file, reading)
    for node in _items(root.entries.get("rules"), file, "rules", reading):
        rule = _read_rule(node, file, reading)
        if rule is not None:
            rule = replace(rule, strength="decides") if own else rule
            reading.rules.append(rule)
            _check_rule(rule, reading, own=own)
    for node in _items(root.entries.get("judged"), file, "judged", reading):
        rule = _read_rule(node, file, reading)
        if rule is not None:
            reading.judged.append(rule)
            _check_fields(rule, reading, ("id", "category", "severity", "message"))
    _read_changes(root, file, reading)


@lru_cache(maxsize=256)
def _tree(path: Path, _stamp: tuple[int, int]) -> Node:
    """The tree of a file as it is now: every shop of a library reads the same shared files."""
    return read_yaml(path)


def _stamp(path: Path) -> tuple[int, int]:
    """The same as long as the file is."""
    if not path.exists():
        return 0, 0
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _read_changes(root: Table, file: str, reading: _Reading) -> None:
    for node in _items(root.entries.get("off"), file, "off", reading):
        if isinstance(node, Scalar) and node.text:
            reading.off[node.text] = (file, node.line)
    for rule_id, node in _entries(root.entries.get("severity"), file, "severity", reading):
        value = node.text if isinstance(node, Scalar) else None
        if value in SEVERITIES:
            reading.severity[rule_id] = (value, file, node.line)
        else:
            _refuse_severity(file, node.line, rule_id, value, reading)

    for rule_id, node in _entries(root.entries.get("exceptions"), file, "exceptions", reading):
        texts = _texts(node, file, rule_id, reading)
        reading.exceptions[rule_id] = (tuple(t for t in texts if t.strip()), file, node.line)


def _read_clause(name: str, node: Node, file: str, reading: _Reading) -> None:
    if not isinstance(node, Table):
        reading.refuse(file, node.line, name, "R001", "clause is no table", "give it fields")
        return
    _unknown_keys(node, _CLAUSE, file, name, reading)
    values = {key: _text(node, key) for key in _CLAUSE}
    if not values["source"]:
        reading.refuse(file, node.line, name, "R002", "clause has no source", "name the source")
    standing = values.pop("standing") or "原文已核对"
    reading.clauses[name] = Clause(id=name, standing=standing, **values)


def _read_rule(node: Node, file: str, reading: _Reading) -> Rule | None:
    if not isinstance(node, Table):
        reading.refuse(file, node.line, "", "R001", "rule is no table", "give it id and patterns")
        return None
    rule_id = _text(node, "id")
    _unknown_keys(node, _RULE, file, rule_id, reading)
    lists = {key: _texts(node.entries.get(key), file, rule_id, reading) for key in _LISTS}
    for key in ("platforms", "home_platforms"):
        lists[key] = tuple(platform_code(name) for name in lists[key])
    examples = node.entries.get("examples")
    if examples is not None and isinstance(examples, Table):
        _unknown_keys(examples, {"violating", "near_miss"}, file, rule_id, reading)
    shown = examples.entries if isinstance(examples, Table) else {}
    clause, by_platform = _clause_choice(node.entries.get("clause"), file, rule_id, reading)
    return Rule(
        id=rule_id,
        category=_text(node, "category"),
        severity=cast(Severity, _text(node, "severity")),
        message=_text(node, "message"),
        file=file,
        line=node.line,
        version=_number(node, "version", file, rule_id, reading),
        clause=clause,
        clause_by_platform=by_platform,
        negation_clears=_choice(node, "negation", ("clears", "keeps"), file, rule_id, reading),
        softener_clears=not _choice(node, "softener", ("keeps", "clears"), file, rule_id, reading),
        strength=_strength(node, file, rule_id, reading),
        own_links=not _choice(node, "own_links", ("flag", "pass"), file, rule_id, reading),
        fact=_fact(node.entries.get("fact"), file, rule_id, reading),
        rewrite=_text(node, "rewrite"),
        violating=_texts(shown.get("violating"), file, rule_id, reading),
        near_miss=_texts(shown.get("near_miss"), file, rule_id, reading),
        **lists,
    )


_LISTS = (
    "patterns", "unless", "unless_anywhere", "needs", "platforms", "home_platforms",
    "product_kinds", "not_product_kinds",
)  # fmt: skip


def _check_rule(rule: Rule, reading: _Reading, *, own: bool) -> None:
    def refuse(code: str, what: str, fix: str) -> None:
        reading.refuse(rule.file, rule.line, rule.id, code, what, fix)

    _check_fields(rule, reading, ("id", "category", "severity", "patterns", "message"))
    for platform in (*rule.platforms, *rule.home_platforms, *rule.clause_by_platform):
        if platform not in PLATFORMS:
            refuse("R006", f"names the platform {platform!r}", f"use one of {', '.join(PLATFORMS)}")
    if not own and not (rule.violating and rule.near_miss):
        refuse("R009", "lacks examples", "add one violating and one near_miss example")
    both = set(rule.violating) & set(rule.near_miss)
    if both:
        refuse("R008", f"contradicts itself: {min(both)!r} is both violating and fine", "keep one")
    excused = set(rule.patterns) & {*rule.unless, *rule.unless_anywhere}
    if excused:
        refuse("R008", f"contradicts itself: {min(excused)!r} is pattern and exception", "keep one")


def _check_fields(rule: Rule, reading: _Reading, needed: Sequence[str]) -> None:
    place = (rule.file, rule.line, rule.id)
    for name in needed:
        if not getattr(rule, name):
            reading.refuse(*place, "R002", f"has no {name}", f"add {name}")
    if rule.category and rule.category not in CATEGORIES:
        what = f"has the unknown category {rule.category!r}"
        reading.refuse(*place, "R003", what, f"use one of {', '.join(CATEGORIES)}")
    if rule.severity and rule.severity not in SEVERITIES:
        _refuse_severity(rule.file, rule.line, rule.id, rule.severity, reading)


def _check_together(reading: _Reading) -> None:
    """Ids, clauses and patterns, once every file is known."""
    seen: dict[str, Rule] = {}
    for rule in (*reading.rules, *reading.judged):
        if rule.id in seen:
            first = seen[rule.id]
            what = f"repeats the id of {first.file}:{first.line}"
            reading.refuse(rule.file, rule.line, rule.id, "R007", what, "choose another id")
        seen[rule.id] = rule
        for clause in (rule.clause, *rule.clause_by_platform.values()):
            if clause and clause not in reading.clauses:
                what = f"cites the unknown clause {clause!r}"
                reading.refuse(rule.file, rule.line, rule.id, "R005", what, "add it under clauses")
        _check_patterns(rule, reading)
    for rule_id, (file, line) in reading.off.items():
        if rule_id not in seen:
            reading.refuse(file, line, rule_id, "R010", "switches off no known rule", "fix the id")
    for rule_id, (_, file, line) in reading.severity.items():
        if rule_id not in seen or rule_id in reading.off:
            what = "changes a rule that is unknown or switched off"
            reading.refuse(file, line, rule_id, "R010", what, "keep one of the two, fix the id")
    for rule_id, (_, file, line) in reading.exceptions.items():
        if rule_id not in seen:
            what = "makes exceptions of no known rule"
            reading.refuse(file, line, rule_id, "R010", what, "fix the id")


def _check_examples(reading: _Reading) -> None:
    """Runs each rule on its own examples; a rule that contradicts them is refused.

    A shop's exceptions count: one that lets everything pass is refused as well.
    """
    words = words_key(reading.words)
    for rule in _changed(reading.rules, reading):
        key = key_of(rule, words)
        if PROVEN.holds(key):
            continue
        alone = Matcher(RuleSet((rule,), {}, {}, reading.words))
        for wanted, texts in ((True, rule.violating), (False, rule.near_miss)):
            for text in texts:
                if bool(alone.hits(levels_of(text), rule.direction)) is not wanted:
                    code, what = _EXAMPLE_PROBLEMS[wanted]
                    fix = "change the pattern, the exceptions or the example"
                    reading.refuse(rule.file, rule.line, rule.id, code, f"{what}: {text!r}", fix)
        if not reading.problems:
            PROVEN.add(key)
    if reading.problems:
        raise LibraryError(reading.problems)


def _check_patterns(rule: Rule, reading: _Reading) -> None:
    for name in _PATTERN_FIELDS:
        for pattern in getattr(rule, name):
            try:
                compile_pattern(pattern, reading.words)
            except PatternError as error:
                what = f"{name} {pattern!r} {error}"
                fix = "see docs/compliance.md on patterns"
                reading.refuse(rule.file, rule.line, rule.id, "R004", what, fix)


def _clause_choice(
    node: Node | None, file: str, subject: str, reading: _Reading
) -> tuple[str, dict[str, str]]:
    if node is None:
        return "", {}
    if isinstance(node, Scalar):
        return node.text or "", {}
    by_platform = {
        key: _text(cast(Table, node), key) for key, _ in _entries(node, file, subject, reading)
    }
    return by_platform.pop("default", ""), by_platform


def _fact(node: Node | None, file: str, subject: str, reading: _Reading) -> FactCondition | None:
    if node is None:
        return None
    if not isinstance(node, Table):
        reading.refuse(file, node.line, subject, "R001", "fact is no table", "give names and reads")
        return None
    _unknown_keys(node, {"names", "reads"}, file, subject, reading)
    names = _texts(node.entries.get("names"), file, subject, reading)
    reads = _text(node, "reads") or "yes_no"
    if reads not in ("yes_no", "hours", "months", "same") or not names:
        what = f"fact reads {reads!r} of {len(names)} names"
        reading.refuse(
            file, node.line, subject, "R002", what, "yes_no, hours, months or same; 1+ names"
        )
        return None
    return FactCondition(names, cast(Any, reads))


def _choice(
    table: Table, key: str, values: tuple[str, str], file: str, subject: str, reading: _Reading
) -> bool:
    """Whether `key` has the first of two values, which is also the default."""
    value = _text(table, key) or values[0]
    if value not in values:
        line = table.key_lines[key]
        reading.refuse(
            file, line, subject, "R002", f"{key} is {value!r}", f"use {' or '.join(values)}"
        )
    return value == values[0]


def _strength(table: Table, file: str, subject: str, reading: _Reading) -> Strength:
    value = _text(table, "strength") or "evidence"
    if value in get_args(Strength):
        return cast(Strength, value)
    line = table.key_lines["strength"]
    fix = f"use {' or '.join(get_args(Strength))}"
    reading.refuse(file, line, subject, "R002", f"strength is {value!r}", fix)
    return "evidence"


def _number(table: Table, key: str, file: str, subject: str, reading: _Reading) -> int:
    value = _text(table, key) or "1"
    if not value.isdecimal():
        line = table.key_lines[key]
        reading.refuse(file, line, subject, "R002", f"{key} is {value!r}", "use a whole number")
        return 1
    return int(value)


def _refuse_severity(
    file: str, line: int, subject: str, value: str | None, reading: _Reading
) -> None:
    what = f"has the unknown severity {value!r}"
    reading.refuse(file, line, subject, "R006", what, f"use one of {', '.join(SEVERITIES)}")


def _unknown_keys(
    table: Table, known: set[str], file: str, subject: str, reading: _Reading
) -> None:
    for key in table.entries:
        if key not in known:
            line = table.key_lines[key]
            fix = f"known are {', '.join(sorted(known))}"
            reading.refuse(file, line, subject, "R001", f"has the unknown field {key!r}", fix)


def _text(table: Table, key: str) -> str:
    node = table.entries.get(key)
    return (node.text or "").strip() if isinstance(node, Scalar) else ""


def _texts(node: Node | None, file: str, subject: str, reading: _Reading) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node, Scalar):
        return (node.text,) if node.text else ()
    if isinstance(node, Listing) and all(isinstance(item, Scalar) for item in node.items):
        return tuple(item.text or "" for item in cast(Sequence[Scalar], node.items))
    reading.refuse(file, node.line, subject, "R001", "holds something that is no text", "use texts")
    return ()


def _entries(
    node: Node | None, file: str, subject: str, reading: _Reading
) -> list[tuple[str, Node]]:
    if node is None or (isinstance(node, Scalar) and not node.text):
        return []
    if isinstance(node, Table):
        return list(node.entries.items())
    reading.refuse(file, node.line, subject, "R001", f"{subject} is no table", "write key: value")
    return []


def _items(node: Node | None, file: str, subject: str, reading: _Reading) -> list[Node]:
    if node is None or (isinstance(node, Scalar) and not node.text):
        return []
    if isinstance(node, Listing):
        return list(node.items)
    reading.refuse(file, node.line, subject, "R001", f"{subject} is no list", "write `- ` items")
    return []
