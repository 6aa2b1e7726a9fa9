"""Reading `<library>/<shop>/shop.yaml` (optional) and `<library>/<shop>/*.yaml` with `scripts`.

Folders whose name starts with `.` or `_`, and `rules/`, are no shops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from server.base.errors import LibraryError, Problem, UsageError
from server.base.yaml_files import Listing, Node, Scalar, Table, read_yaml
from server.library.fields import (
    FACT_FIELDS,
    LIST_FIELDS,
    SCRIPT_FIELDS,
    SHOP_FIELDS,
    STAGES,
    TEXT_FIELDS,
    VALID_ID,
    Moment,
    parse_moment,
)
from server.library.folders import SHOP_FILE, FileScripts, KnownFiles, script_files, shop_dirs
from server.library.model import Fact, Library, Script, Shop, Timers

ReadYaml = Callable[[Path, str], Node]


def load_library(
    root: Path,
    only: str | None = None,
    read: ReadYaml = read_yaml,
    known: KnownFiles | None = None,
) -> Library:
    """Reads every shop (or `only` one). Raises LibraryError with all problems, or UsageError.

    A caller that reloads often hands in `read`, a cache of parsed files, and `known`, which keeps
    the scripts of each: those of a file that did not change are the same objects again.
    """
    dirs = shop_dirs(root)
    if only is not None and only not in {d.name for d in dirs}:
        there = ", ".join(d.name for d in dirs)
        raise UsageError(f"unknown shop {only!r}; expected one of: {there}; use --shop NAME")
    problems: list[Problem] = []
    remarks: list[Problem] = []
    shops: dict[str, Shop] = {}
    for folder in dirs:
        if only in (None, folder.name):
            reader = ShopReader(root, folder, read, known)
            shops[folder.name] = reader.shop()
            problems += reader.problems
            remarks += reader.remarks
    if problems:
        raise LibraryError(sorted(problems))
    return Library(root, MappingProxyType(shops), tuple(sorted(remarks)))


class ShopReader:
    """Reads one shop folder; `problems` stop it from being served, `remarks` do not."""

    def __init__(
        self, root: Path, folder: Path, read: ReadYaml, known: KnownFiles | None = None
    ) -> None:
        self._root = root
        self._folder = folder
        self._read = read
        self._files = {} if known is None else known
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def shop(self) -> Shop:
        """The shop as far as it can be read."""
        table = self._shop_table()
        scripts = tuple(self._scripts())
        fields = self._texts(table, "name")
        return Shop(
            id=self._folder.name,
            name=fields.get("name") or self._folder.name,
            platforms=self._list(table, "platforms", SHOP_FILE, ""),
            facts=MappingProxyType(dict(self._facts(table))),
            timers=self._timers(table),
            settings=MappingProxyType(self._settings(table)),
            scripts=scripts,
            synonyms=MappingProxyType(self._synonyms(table)),
            variables=MappingProxyType(self._variables(table)),
        )

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _problem(self, file: str, line: int, subject: str, code: str, what: str, fix: str) -> None:
        self.problems.append(Problem(file, line, subject, code, what, fix))

    def _table(self, path: Path) -> Table:
        shown = self._shown(path)
        try:
            node = self._read(path, shown)
        except LibraryError as error:
            self.problems += error.problems
            return Table({}, 1, {})
        if not isinstance(node, Table):
            self._problem(
                shown, node.line, "", "L002", "is no table of keys", "start with `scripts:`"
            )
            return Table({}, 1, {})
        return node

    def _shop_table(self) -> Table:
        path = self._folder / SHOP_FILE
        if not path.exists():
            return Table({}, 1, {})
        table = self._table(path)
        self._unknown_keys(table, SHOP_FIELDS, self._shown(path), "")
        return table

    def _unknown_keys(self, table: Table, known: Sequence[str], file: str, subject: str) -> None:
        for key in table.entries:
            if key not in known:
                fix = f"use one of: {', '.join(known)}"
                line = table.key_lines[key]
                self.remarks.append(
                    Problem(file, line, subject, "L003", f"unknown key {key!r}", fix)
                )

    def _texts(self, table: Table, *names: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in names:
            node = table.entries.get(name)
            if isinstance(node, Scalar):
                found[name] = (node.text or "").strip()
        return found

    def _settings(self, table: Table) -> dict[str, str]:
        settings = table.entries.get("settings")
        if not isinstance(settings, Table):
            return {}
        texts = self._texts(settings, *settings.entries)
        threshold = texts.get("threshold", "")
        if threshold and not _is_share(threshold):
            file, line = f"{self._folder.name}/{SHOP_FILE}", settings.key_lines["threshold"]
            fix = "write a share from 0 to 1, as 0.5"
            self._problem(file, line, "", "L004", f"threshold is {threshold!r}", fix)
        return texts

    def _synonyms(self, table: Table) -> dict[str, tuple[str, ...]]:
        node = table.entries.get("synonyms")
        file = f"{self._folder.name}/{SHOP_FILE}"
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return {}
        if not isinstance(node, Table):
            fix = "write `四件套: [床品套装, 四件儿]`"
            self._problem(file, node.line, "", "L014", "synonyms are no table", fix)
            return {}
        found = {word: self._list(node, word, file, word) for word in node.entries}
        owner: dict[str, str] = {}
        for word, others in found.items():
            for said in others:
                if owner.setdefault(said, word) != word or said in found:
                    what = f"{said!r} is said for {word!r} and stands for something else, too"
                    fix = "let it stand for one word"
                    self._problem(file, node.key_lines[word], word, "L014", what, fix)
        return found

    def _variables(self, table: Table) -> dict[str, str]:
        node = table.entries.get("variables")
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return {}
        if not isinstance(node, Table):
            file, fix = f"{self._folder.name}/{SHOP_FILE}", 'write `"{买家昵称}": 昵称`'
            self._problem(file, node.line, "", "L015", "variables are no table", fix)
            return {}
        return {name: text for name, text in self._texts(node, *node.entries).items() if text}

    def _timers(self, table: Table) -> Timers:
        node = table.entries.get("timers")
        if not isinstance(node, Table):
            return Timers()
        file = f"{self._folder.name}/{SHOP_FILE}"
        values: dict[str, int] = {}
        for name, text in self._texts(node, "greeting_s", "answer_s", "platform_s").items():
            if text.isdigit() and 0 < int(text) <= 86_400:
                values[name] = int(text)
            else:
                what = f"timer {name} is {text!r}"
                self._problem(file, node.line, "", "L004", what, "write whole seconds, 1 to 86400")
        return Timers(**values)

    def _facts(self, table: Table) -> Iterator[tuple[str, Fact]]:
        node = table.entries.get("facts")
        file = f"{self._folder.name}/{SHOP_FILE}"
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return
        if not isinstance(node, Table):
            self._problem(file, node.line, "", "L005", "facts are no table", "write `name: value`")
            return
        for name, value in node.entries.items():
            line = node.key_lines[name]
            if isinstance(value, Scalar):
                yield name, Fact(name, (value.text or "").strip(), line=line)
            elif isinstance(value, Table) and "value" in value.entries:
                self._unknown_keys(value, FACT_FIELDS, file, name)
                texts = self._texts(value, "value", "owner")
                start = self._moment(value, "valid_from", file, name)
                end = self._moment(value, "valid_until", file, name)
                text, owner = texts.get("value", ""), texts.get("owner", "")
                yield name, Fact(name, text, start, end, owner, line)
            else:
                what = f"fact {name!r} is neither a value nor a table with `value`"
                self._problem(file, line, name, "L005", what, "write {value: …, valid_until: …}")

    def _scripts(self) -> Iterator[Script]:
        seen: dict[str, str] = {}
        for path in script_files(self._folder):
            shown = self._shown(path)
            for script in self._file_scripts(path, shown):
                place = f"{shown}:{script.line}"
                if script.id in seen:
                    what = f"id {script.id!r} is already used at {seen[script.id]}"
                    self._problem(
                        shown, script.line, script.id, "L012", what, "give one of them a new id"
                    )
                    continue
                seen[script.id] = place
                yield script

    def _file_scripts(self, path: Path, shown: str) -> tuple[Script, ...]:
        table = self._table(path)
        held = self._files.get(path)
        if held is None or held.tree is not table:
            problems, remarks = len(self.problems), len(self.remarks)
            scripts = tuple(self._listed(table, shown))
            told = tuple(self.problems[problems:]), tuple(self.remarks[remarks:])
            self._files[path] = FileScripts(table, scripts, *told)
            return scripts
        self.problems += held.problems
        self.remarks += held.remarks
        return held.scripts

    def _listed(self, table: Table, shown: str) -> Iterator[Script]:
        self._unknown_keys(table, ("scripts",), shown, "")
        node = table.entries.get("scripts", Listing((), 1))
        if isinstance(node, Scalar) and node.text is None:
            return
        if not isinstance(node, Listing):
            self._problem(shown, node.line, "", "L002", "`scripts` is no list", "write `- id: …`")
            return
        for item in node.items:
            script = self._script(item, shown)
            if script is not None:
                yield script

    def _script(self, node: Node, file: str) -> Script | None:
        if not isinstance(node, Table):
            self._problem(file, node.line, "", "L002", "a script is no table", "write `id: …`")
            return None
        texts = self._texts(node, *TEXT_FIELDS)
        script_id = texts.get("id", "")
        if not VALID_ID.fullmatch(script_id):
            what = f"id is {script_id!r}" if script_id else "a script has no id"
            fix = "write ascii letters, digits, '-', '_' and '.', as in ship-time"
            self._problem(file, node.line, script_id, "L006", what, fix)
            return None
        for name in TEXT_FIELDS:
            if name in node.entries and not isinstance(node.entries[name], Scalar):
                self._problem(
                    file, node.key_lines[name], script_id, "L007", f"{name} is no text", "quote it"
                )
        if not texts.get("reply"):
            self._problem(
                file, node.line, script_id, "L008", "reply is missing or empty", "write the reply"
            )
            return None
        stage = texts.get("stage", "")
        if stage not in STAGES:
            what = f"stage is {stage!r}"
            self._problem(
                file, node.key_lines["stage"], script_id, "L009", what, "use 售前, 售中 or 售后"
            )
        self._unknown_keys(node, SCRIPT_FIELDS, file, script_id)
        lists = {name: self._list(node, name, file, script_id) for name in LIST_FIELDS}
        return Script(
            **cast("dict[str, Any]", texts | lists),
            valid_from=self._moment(node, "valid_from", file, script_id),
            valid_until=self._moment(node, "valid_until", file, script_id),
            shop=self._folder.name,
            file=file,
            line=node.line,
        )

    def _list(self, table: Table, name: str, file: str, subject: str) -> tuple[str, ...]:
        node = table.entries.get(name)
        if node is None:
            return ()
        items = node.items if isinstance(node, Listing) else (node,)
        texts = [item.text.strip() for item in items if isinstance(item, Scalar) and item.text]
        if any(not isinstance(item, Scalar) for item in items):
            what = f"{name} holds something that is no text"
            self._problem(file, node.line, subject, "L007", what, "write a list of texts")
        return tuple(text for text in texts if text)

    def _moment(self, table: Table, name: str, file: str, subject: str) -> Moment | None:
        node = table.entries.get(name)
        if node is None or (isinstance(node, Scalar) and not node.text):
            return None
        moment = parse_moment(node.text or "") if isinstance(node, Scalar) else None
        if moment is None:
            what = f"{name} is {node.text!r}" if isinstance(node, Scalar) else f"{name} is no date"
            self._problem(
                file, node.line, subject, "L013", what, "write 2026-11-30 or 2026-11-30 20:00"
            )
        return moment


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
