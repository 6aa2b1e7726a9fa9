"""Reading a shop's `shop.yaml`: settings, timers, synonyms."""

from __future__ import annotations

from server.base.errors import Problem
from server.base.yaml_files import Scalar, Table
from server.library.fields import SHOP_FIELDS
from server.library.folders import shop_file
from server.library.model import DEFAULT_TIMEZONE, Timers
from server.library.tier_reader import TierReader
from server.library.understood import seconds_of, zone_of


class ShopTableReader(TierReader):
    """Reads what stands in `shop.yaml`."""

    def _shop_table(self) -> Table:
        path = shop_file(self._folder)
        if not path.exists():
            return Table({}, 1, {})
        table = self._table(path)
        self._unknown_keys(table, SHOP_FIELDS, self._shown(path), "")
        return table

    def _settings(self, table: Table) -> dict[str, str]:
        settings = table.entries.get("settings")
        if not isinstance(settings, Table):
            return {}
        texts = self._texts(settings, *settings.entries)
        threshold = texts.get("threshold", "")
        if threshold and not _is_share(threshold):
            file, line = self._shop_shown, settings.key_lines["threshold"]
            fix = "write a share from 0 to 1, as 0.5"
            self._problem(file, line, "", "L004", f"threshold is {threshold!r}", fix)
        return texts | self._zone(settings, texts)

    def _zone(self, settings: Table, texts: dict[str, str]) -> dict[str, str]:
        """The time zone as the system knows it; the usual one for one that nobody knows."""
        named = texts.get("timezone", "")
        zone = zone_of(named) if named else DEFAULT_TIMEZONE
        if zone is None:
            what = f"时区 {named!r} 不认识，先按 {DEFAULT_TIMEZONE} 算 (an unknown time zone)"
            fix = "写 Asia/Shanghai 或“北京时间” (write one that the system knows)"
            line = settings.key_lines["timezone"]
            self.remarks.append(Problem(self._shop_shown, line, "", "L017", what, fix))
        return {"timezone": zone or DEFAULT_TIMEZONE} if named else {}

    def _synonyms(self, table: Table) -> dict[str, tuple[str, ...]]:
        node = table.entries.get("synonyms")
        file = self._shop_shown
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
            fix = 'write `"{买家昵称}": 昵称`'
            self._problem(self._shop_shown, node.line, "", "L015", "variables are no table", fix)
            return {}
        return {name: text for name, text in self._texts(node, *node.entries).items() if text}

    def _timers(self, table: Table) -> Timers:
        node = table.entries.get("timers")
        if not isinstance(node, Table):
            return Timers()
        file = self._shop_shown
        values: dict[str, int] = {}
        for name, text in self._texts(node, "greeting_s", "answer_s", "platform_s").items():
            seconds = seconds_of(text)
            if seconds is not None and 0 < seconds <= 86_400:
                values[name] = seconds
            else:
                what = f"计时 {name} 是 {text!r} (timer {name})"
                fix = "写整数秒，1 到 86400 (write whole seconds, 1 to 86400)"
                self._problem(file, node.key_lines[name], "", "L004", what, fix)
        return Timers(**values)


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
