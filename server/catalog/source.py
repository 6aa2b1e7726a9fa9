"""What a library folder says now; where it cannot be read, what was last read well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from server.base.config import shipped
from server.base.errors import LibraryError, Problem
from server.base.yaml_files import Node, read_yaml
from server.catalog.last_good import LastGood
from server.compliance.assembly import rules_of, rules_stamp
from server.compliance.rule_files import load_rules
from server.compliance.rules import RuleSet
from server.library import (
    EMPTY_FILE,
    KnownFiles,
    Library,
    Reading,
    Shop,
    load_library,
    read_shops,
    rules_file,
    set_aside,
)


@dataclass(frozen=True, slots=True)
class Current:
    """A library that can be served, and what is wrong in the files behind it."""

    library: Library
    problems: tuple[Problem, ...]


class Source:
    """Reads a library folder; files that did not change are not parsed again."""

    def __init__(self, root: Path, only: str | None, kept: LastGood) -> None:
        self.root = root
        self._only = only
        self._kept = kept
        self._parsed: dict[Path, tuple[tuple[int, int], Node]] = {}
        self._files: KnownFiles = {}
        self._rules: dict[str, tuple[object, RuleSet, tuple[Problem, ...]]] = {}

    def strict(self, only: str | None = None) -> Library:
        """The library as its files say. Raises LibraryError or UsageError."""
        return load_library(self.root, only, self._read, self._files)

    def current(self, serving: Mapping[str, Shop]) -> Current:
        """Every shop as its files say, a broken one as it was last good.

        That is as it is in `serving`, else as it is kept on disk, else as far as it can be read.
        Raises LibraryError when there is nothing to serve at all, UsageError for an unknown shop.
        """
        try:
            readings = read_shops(self.root, self._only, self._read, self._files)
        except LibraryError as error:
            shops = dict(serving) or {shop.id: shop for shop in self._kept.shops()}
            if not shops:
                raise
            problems = tuple(self._inside(problem) for problem in error.problems)
            return Current(Library(self.root, MappingProxyType(shops)), problems)
        if self._only is not None and not readings:
            self.strict(self._only)
        told: list[Problem] = []
        remarks = set_aside(self.root)
        shops = {}
        for reading in readings:
            shop, wrong = self._good(reading, serving.get(reading.shop.id))
            shops[shop.id] = shop
            told += wrong
            remarks += reading.remarks
        library = Library(self.root, MappingProxyType(shops), tuple(sorted(remarks)))
        return Current(library, tuple(sorted(told)))

    def _good(self, reading: Reading, serving: Shop | None) -> tuple[Shop, list[Problem]]:
        empty = [remark for remark in reading.remarks if remark.code == EMPTY_FILE]
        if not reading.problems and not empty:
            return reading.shop, []
        good = serving or self._kept.shop(reading.shop.id)
        held = {script.file for script in good.scripts} if good else set()
        # A file that was cut to nothing by a full disk or a sync program took scripts with it.
        problems = [*reading.problems, *(remark for remark in empty if remark.file in held)]
        return (good or reading.shop) if problems else reading.shop, problems

    def rules(self, shop: str) -> tuple[RuleSet, tuple[Problem, ...]]:
        """The rules of a shop, broken ones as they were last good, and what is wrong in them."""
        stamp = rules_stamp(self.root, shop)
        known = self._rules.get(shop)
        if known is not None and known[0] == stamp:
            return known[1:]
        problems: tuple[Problem, ...] = ()
        try:
            rules = rules_of(self.root, shop)
        except LibraryError as error:
            problems = tuple(self._inside(problem) for problem in error.problems)
            rules = known[1] if known is not None else self._rules_left(shop)
        self._rules[shop] = stamp, rules, problems
        return rules, problems

    def _rules_left(self, shop: str) -> RuleSet:
        """The best rules that still read well: kept ones of the shop, shared ones, shipped ones."""
        kept = self._kept.files_of(shop)
        shared = self.root / "rules"
        for own, folder in ((kept, shared), (None, shared)):
            try:
                if folder.is_dir():
                    return load_rules(folder, rules_file(own) if own else None)
            except LibraryError:
                continue
        return load_rules(shipped("scripts_library") / "rules")

    def _inside(self, problem: Problem) -> Problem:
        """The problem with its file named by its place in the library."""
        path = Path(problem.file)
        if not path.is_relative_to(self.root):
            return problem
        file = path.relative_to(self.root).as_posix() if path != self.root else path.name
        return Problem(file, problem.line, problem.subject, problem.code, problem.what, problem.fix)

    def _read(self, path: Path, shown: str) -> Node:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = self._parsed.get(path)
        if known is None or known[0] != stamp:
            self._parsed[path] = known = (stamp, read_yaml(path, shown))
        return known[1]
