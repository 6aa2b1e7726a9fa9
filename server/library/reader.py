"""Reading `<library>/<shop>/shop.yaml` (optional) and `<library>/<shop>/*.yaml` with `scripts`.

Folders whose name starts with `.` or `_`, and `rules/`, are no shops.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from server.base.errors import LibraryError, Problem, UsageError
from server.base.yaml_files import Listing, Node, Scalar, Table, read_yaml
from server.library.fields import LIST_FIELDS, SCRIPT_FIELDS, TEXT_FIELDS, VALID_ID
from server.library.folders import (
    FileScripts,
    KnownFiles,
    products_file,
    script_files,
    set_aside,
    shop_dirs,
    yaml_in,
)
from server.library.model import Library, Script, Shop
from server.library.product_reader import ProductReader
from server.library.products import Product
from server.library.reading import ReadYaml, in_quotes, unknown_audience
from server.library.shop_table import ShopTableReader
from server.library.tier_reader import CONDITIONS, OF_LEVELS
from server.library.understood import stage_of

EMPTY_FILE = "L021"


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
    readings = read_shops(root, only, read, known)
    if only is not None and not readings:
        there = ", ".join(d.name for d in shop_dirs(root))
        raise UsageError(f"unknown shop {only!r}; expected one of: {there}; use --shop NAME")
    problems = [problem for reading in readings for problem in reading.problems]
    if problems:
        raise LibraryError(sorted(problems))
    remarks = [remark for reading in readings for remark in reading.remarks]
    shops = {reading.shop.id: reading.shop for reading in readings}
    return Library(root, MappingProxyType(shops), tuple(sorted([*remarks, *set_aside(root)])))


@dataclass(frozen=True, slots=True)
class Reading:
    """A shop as far as it can be read; `problems` stop it from being served, `remarks` do not."""

    shop: Shop
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def read_shops(
    root: Path,
    only: str | None = None,
    read: ReadYaml = read_yaml,
    known: KnownFiles | None = None,
) -> list[Reading]:
    """Every shop (or `only` one), each with what is wrong in it; arguments as for `load_library`.

    Raises LibraryError when there is no library folder or no shop in it.
    """
    readings: list[Reading] = []
    for folder in shop_dirs(root):
        if only in (None, folder.name):
            reader = ShopReader(root, folder, read, known)
            shop = reader.shop()
            readings.append(Reading(shop, tuple(reader.problems), tuple(reader.remarks)))
    return readings


class ShopReader(ShopTableReader):
    """Reads one shop folder; `problems` stop it from being served, `remarks` do not."""

    def shop(self) -> Shop:
        """The shop as far as it can be read."""
        self.remarks += yaml_in(self._folder, self._folder.name).remarks
        table = self._shop_table()
        scripts = tuple(self._scripts())
        fields = self._texts(table, "name")
        levels = self._tiers(table, "levels", OF_LEVELS)
        groups = self._tiers(table, "groups", tuple(CONDITIONS))
        # A level or group of the shop's own may be called anything.
        own = {unknown_audience(tier.name) for tier in (*levels, *groups)}
        self.remarks = [remark for remark in self.remarks if remark.what not in own]
        return Shop(
            id=self._folder.name,
            name=fields.get("name") or self._folder.name,
            platforms=self._list(table, "platforms", self._shop_shown, ""),
            facts=MappingProxyType(dict(self._facts(table, "facts", self._shop_shown))),
            timers=self._timers(table),
            settings=MappingProxyType(self._settings(table)),
            scripts=scripts,
            synonyms=MappingProxyType(self._synonyms(table)),
            variables=MappingProxyType(self._variables(table)),
            products=self._products(),
            levels=levels,
            groups=groups,
        )

    def _products(self) -> tuple[Product, ...]:
        path = products_file(self._folder)
        if not path.exists():
            return ()
        reader = ProductReader(self._root, self._folder, self._read)
        products = reader.products(path)
        # A file that is no YAML at all was already named when its scripts were looked for.
        self.problems += [p for p in reader.problems if p not in self.problems]
        self.remarks += [p for p in reader.remarks if p not in self.remarks]
        return products

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
        problems, remarks = len(self.problems), len(self.remarks)
        table = self._table(path)
        held = self._files.get(path)
        if held is None or held.tree is not table:
            scripts = tuple(self._listed(table, shown)) if len(self.problems) == problems else ()
            told = tuple(self.problems[problems:]), tuple(self.remarks[remarks:])
            self._files[path] = FileScripts(table, scripts, *told)
            return scripts
        self.problems += held.problems
        self.remarks += held.remarks
        return held.scripts

    def _listed(self, table: Table, shown: str) -> Iterator[Script]:
        node = table.entries.get("scripts")
        # products.yaml may hold scripts, too: its name means something for `products` alone.
        of_products = shown == self._shown(products_file(self._folder))
        if node is None and of_products and "products" in table.entries:
            self._unknown_keys(table, ("products", "scripts"), shown, "")
            return
        if node is None:
            self._no_scripts(table, shown)
            return
        known = ("products", "scripts") if of_products else ("scripts",)
        self._unknown_keys(table, known, shown, "")
        if isinstance(node, Scalar) and node.text is None:
            self._empty(shown, table.key_lines["scripts"])
            return
        if not isinstance(node, Listing):
            self._problem(shown, node.line, "", "L002", "`scripts` is no list", "write `- id: …`")
            return
        for item in node.items:
            script = self._script(item, shown)
            if script is not None:
                yield script

    def _no_scripts(self, table: Table, shown: str) -> None:
        """An empty file is a remark; one with another key in place of `scripts` is a problem."""
        if not table.entries:
            self._empty(shown, 1)
            return
        near = get_close_matches("scripts", list(table.entries), n=1, cutoff=0.5)
        wrong = near[0] if near else next(iter(table.entries))
        what = f"没有 scripts，只有 {wrong!r}，里面的话术读不到 (no `scripts`, but {wrong!r})"
        fix = "把它改成 scripts: (write `scripts:`)"
        self._problem(shown, table.key_lines[wrong], "", "L002", what, fix)

    def _empty(self, shown: str, line: int) -> None:
        what = "文件里没有一条话术 (holds no script)"
        fix = (
            "补上话术，或写 scripts: [] 或删掉文件 (add scripts, write `scripts: []`, or delete it)"
        )
        self.remarks.append(Problem(shown, line, "", EMPTY_FILE, what, fix))

    def _script(self, node: Node, file: str) -> Script | None:
        if not isinstance(node, Table):
            what = "一条话术要写成几个字段 (a script is no table)"
            self._problem(file, node.line, "", "L002", what, "写 - id: … (write `id: …`)")
            return None
        texts = self._texts(node, *TEXT_FIELDS)
        script_id = texts.get("id", "")
        if not VALID_ID.fullmatch(script_id):
            shown = f"编号是 {script_id!r} (id is {script_id!r})"
            what = shown if script_id else "有一条没有编号 (a script has no id)"
            fix = (
                "用英文字母、数字和 - _ .，如 ship-time "
                "(write ascii letters, digits, '-', '_' and '.', as in ship-time)"
            )
            self._problem(file, node.line, script_id, "L006", what, fix)
            return None
        for name in TEXT_FIELDS:
            if name in node.entries and not isinstance(node.entries[name], Scalar):
                what = f"{name} 被读成了表格或列表 ({name} is no text)"
                fix = f"加引号 (quote it){in_quotes(name, node.entries[name])}"
                self._problem(file, node.key_lines[name], script_id, "L007", what, fix)
        if not texts.get("reply") and not isinstance(node.entries.get("reply"), Table | Listing):
            self._problem(
                file, node.line, script_id, "L008", "reply is missing or empty", "write the reply"
            )
        if not texts.get("reply"):
            return None
        texts |= self._stage(node, texts, file, script_id)
        self._otherwise(node, file, script_id)
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

    def _stage(
        self, node: Table, texts: dict[str, str], file: str, script_id: str
    ) -> dict[str, str]:
        said = texts.get("stage", "")
        stage = stage_of(said)
        if stage is None:
            what = f"阶段是 {said!r} (stage is {said!r})"
            fix = "写售前、售中或售后 (use 售前, 售中 or 售后)"
            line = node.key_lines["stage"]
            self.remarks.append(Problem(file, line, script_id, "L009", what, fix))
        return {"stage": stage or ""} if "stage" in texts else {}

    def _otherwise(self, node: Table, file: str, script_id: str) -> None:
        """Remarks on texts that YAML reads otherwise than they look."""
        for name, held in node.entries.items():
            for item in held.items if isinstance(held, Listing) else (held,):
                if not isinstance(item, Scalar):
                    continue
                what = fix = ""
                if item.joined:
                    what = f"{name} 分了几行，会连成一行 (lines become one)"
                    fix = f"要换行就写成 {name}: | 再另起行 (write `{name}: |` to keep the lines)"
                elif item.cut:
                    what = f"{name} 里 {item.cut[:12]!r} 起被当成备注，不会发出 (read as a comment)"
                    fix = "给整句加引号 (quote the whole text)"
                if what:
                    self.remarks.append(Problem(file, item.line, script_id, "L019", what, fix))
