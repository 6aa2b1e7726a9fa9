"""What a person should type instead, for the ways in which people's YAML goes wrong.

A parser names the token that it did not expect; these name the line where the cause stands. Each
fault is a look at the text's own lines, so that it holds for whatever parser reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import yaml

_MERGE = re.compile(r"(?:<{7}|={7}|>{7})(?: |$)")
_ENTRY = re.compile(
    r"^(\s*(?:- +)?)([A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff-]*)(\s*):(?:[ \t]+(.*))?$"
)
_WIDE_COLON = re.compile(r"^([\s\u3000\xa0]*(?:- ?)?)([A-Za-z_]+)：\s*(.*)$")
_NO_SPACE = re.compile(r"^(\s*(?:- +)?)(id|title|category|stage|reply|questions|name):(\S.*)$")
_ITEM = re.compile(r"^(\s*)-(?:[ \t]+(.*))?$")
_DASHED = re.compile(r"^(\s*)[—–－]\s*(.*)$")
_ODD_SPACES = {
    "\u3000": "全角空格",
    "\u2003": "全角空格",
    "\xa0": "不间断空格",
    "\t": "制表符 (Tab)",
    "\u200b": "看不见的空格",
    "\ufeff": "看不见的空格",
}
_ANY_SPACE = " " + "".join(_ODD_SPACES)
_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNSEEN = "\x7f\x85\u2028\u2029\ufffe\uffff"
_BLOCK = ("|", ">")
_UNCLOSED = {'"': '"', "'": "'", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Fault:
    """The line (from 1), what stands there, and what to type instead."""

    line: int
    what: str
    fix: str


def lines_of(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return _BREAKS.split(text)


def likely_fault(text: str, line: int = 0) -> Fault | None:
    """Why this text is not read as its writer meant, None when nothing known stands out.

    `line` is where a parser gave up; causes on it or just before it are looked at first.
    """
    lines = lines_of(text)
    unseen = next(_control_signs(text), None)
    if unseen is not None:
        return unseen
    for look in _LOOKS:
        found = next(look(lines), None)
        if found is not None:
            return found
    near = [number for number in (line, line - 1, line - 2, line + 1) if 0 < number <= len(lines)]
    for number in near or range(1, len(lines) + 1):
        found = _unquoted(lines[number - 1], number)
        if found is not None:
            return found
    return None


def swallowed_key(lines: Sequence[str], first: int, last: int) -> Fault | None:
    """A field among the lines first to last (from 1) that was read as part of the text before."""
    wide = (fault for fault in _wide_colons(lines) if first <= fault.line <= last)
    return next(wide, None) or next(
        (
            fault
            for number in range(first, last + 1)
            if (fault := _unspaced(lines[number - 1], number)) is not None
        ),
        None,
    )


def oddly_indented(lines: Sequence[str], number: int) -> Fault | None:
    """The fault of line `number` (from 1) when something else than plain spaces indents it."""
    return next((fault for fault in _odd_indents(lines) if fault.line >= number), None)


def _merge_marks(lines: Sequence[str]) -> Iterator[Fault]:
    for number, line in enumerate(lines, start=1):
        if _MERGE.match(line):
            yield Fault(
                number,
                "留着合并冲突的记号，文件里有两份内容 (marks of an unfinished merge)",
                "选定一份，删掉 <<<<<<<、=======、>>>>>>> 这三种行 (keep one side, drop the marks)",
            )


def _control_signs(text: str) -> Iterator[Fault]:
    for place, sign in enumerate(text):
        if (sign < " " and sign not in "\t\r\n") or sign in _UNSEEN:
            before = lines_of(text[:place])
            yield Fault(
                len(before),
                f"{before[-1][-6:]!r} 后面有一个看不见的字符 U+{ord(sign):04X} (an unseen sign)",
                "删掉那里重新打这几个字 (delete it and type the words again)",
            )


def _odd_indents(lines: Sequence[str]) -> Iterator[Fault]:
    block = -1
    for number, line in enumerate(lines, start=1):
        bare = line.lstrip(_ANY_SPACE)
        indent = line[: len(line) - len(bare)]
        if block >= 0 and bare and len(indent) - len(indent.lstrip(" ")) > block:
            continue
        block = -1
        if line.rstrip().endswith(_BLOCK) and ":" in line:
            block = len(line) - len(line.lstrip(" "))
        odd = next((sign for sign in indent if sign in _ODD_SPACES), "")
        if odd and bare and (bare.startswith("-") or ":" in bare or "：" in bare):
            yield Fault(
                number,
                f"行首用了{_ODD_SPACES[odd]} (indented with something that is no plain space)",
                f"行首只用半角空格，写成 (use plain spaces): {' ' * 2 * len(indent)}{bare.strip()}",
            )


def _wide_colons(lines: Sequence[str]) -> Iterator[Fault]:
    for number, line in enumerate(lines, start=1):
        match = _WIDE_COLON.match(line)
        if match:
            dash = "- " if "-" in match[1] else ""
            yield Fault(
                number,
                f"{match[2]} 后面是全角冒号“：” (a full-width colon)",
                f"换成半角冒号加一个空格 (type): {dash}{match[2]}: {match[3]}".rstrip(),
            )


def _long_dashes(lines: Sequence[str]) -> Iterator[Fault]:
    for number, line in enumerate(lines, start=1):
        match = _DASHED.match(line)
        if match and ":" in match[2]:
            yield Fault(
                number,
                "列表的横线用了中文破折号 (a long dash in place of a hyphen)",
                f"换成减号加空格 (type): {match[1]}- {match[2]}",
            )


_LOOKS: tuple[Callable[[Sequence[str]], Iterator[Fault]], ...] = (
    _merge_marks,
    _odd_indents,
    _wide_colons,
    _long_dashes,
)


def _unspaced(line: str, number: int) -> Fault | None:
    match = _NO_SPACE.match(line)
    if not match or match[3].startswith("//"):
        return None
    return Fault(
        number,
        f"{match[2]} 的冒号后面少了空格 (no space after the colon)",
        f"写成 (type): {line.strip().replace(':', ': ', 1)}",
    )


def _unquoted(line: str, number: int) -> Fault | None:
    """A value that YAML does not take as a text, with the line as it should be typed."""
    tight = _unspaced(line, number)
    if tight is not None:
        return tight
    entry = _ENTRY.match(line)
    item = _ITEM.match(line)
    if entry:
        key, value = entry[2], (entry[4] or "").strip()
    elif item:
        key, value = "", (item[2] or "").strip()
    else:
        return None
    if not value or value in _BLOCK or value[0] in _BLOCK or _reads_as_text(value):
        return None
    if value.startswith("[") and value.endswith("]"):
        whole = re.sub(r",(?:\s*,)+", ",", value)
        shown = f"写成 (type): {key + ': ' if key else '- '}{whole}"
        gap = "两个逗号之间没有字 (nothing between two commas)"
        return Fault(number, gap, shown) if whole != value else None
    pair = _UNCLOSED.get(value[0], "")
    if pair and value.count(pair) < 1 + (pair == value[0]):
        return Fault(
            number,
            f"{value[0]} 没有配对的 {pair} (never closed)",
            f"补上，写成 (close it): {key + ': ' if key else '- '}{value}{pair}",
        )
    said = quoted(value)
    shown = f"{key}: {said}" if key else f"- {said}"
    return Fault(number, _reason(value), f"给整句加引号，写成 (quote the whole text): {shown}")


def _reads_as_text(value: str) -> bool:
    """Whether a value that stands after `key: ` is taken as the text that it is."""
    try:
        node = yaml.compose(f"k: {value}\n", Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    held = node.value[0][1]
    return isinstance(held, yaml.ScalarNode)


def quoted(value: str) -> str:
    """The text in quotes as YAML reads them, single ones where it holds double ones."""
    if '"' in value and "'" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _reason(value: str) -> str:
    first = value[0]
    if first in "\"'":
        return f"引号 {first} 只包住了一部分字 (quotes around a part of the text only)"
    if first == "{":
        return "以 { 开头的字会被当成表格 (a text that starts with a brace needs quotes)"
    if first == "-":
        return "冒号后面直接写了横线，会被当成列表 (a hyphen after the colon needs quotes)"
    if first in "*&@%`!#,[]|>?":
        return f"以 {first} 开头的字在 YAML 里另有意思 (a text that starts with it needs quotes)"
    if ": " in value or value.endswith(":"):
        return "字里有“: ”（冒号加空格），会被当成另一个字段 (a colon and a space in the text)"
    return "这句话 YAML 读不成文字 (YAML does not take this as a text)"


def encoding_of(content: bytes) -> str:
    """The name of the encoding that bytes which are no UTF-8 seem to have, '' when unknown."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    odd, even = content[1::2].count(0), content[0::2].count(0)
    if len(content) > 8 and max(odd, even) > len(content) // 8:
        return "UTF-16"
    for encoding, name in (("gb18030", "GBK"), ("big5", "Big5")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any("\u4e00" <= sign <= "\u9fff" for sign in text):
            return name
    return ""
