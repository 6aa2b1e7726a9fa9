"""Replies that another tool keeps as HTML, as the text that its reader saw."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "table", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_SILENT = frozenset({"script", "style", "head", "title"})
# What editors of help desks write. A lone `<b` or `<3` is no sign of HTML, and neither is a tag
# that nobody formats a reply with.
_SIGN = re.compile(
    r"</(?:p|div|span|b|strong|i|em|u|a|ul|ol|li|h[1-6]|font|table|tr|td|blockquote)\s*>"
    r"|<(?:br|p|div|li|hr)\s*/?>"
    r"|&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|hellip|#\d{2,6}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)
# With these, line ends of the source mean nothing.
_FLOWING = re.compile(r"<(?:br|p|div|li)\b", re.IGNORECASE)
_LINES = re.compile(r"\n{3,}")


def is_html(text: str) -> bool:
    """Whether a text is marked up, and would be sent with its tags."""
    return _SIGN.search(text) is not None


def text_of(html: str) -> str:
    """The text as a reader sees it: paragraphs on lines of their own, list items with a dot."""
    reader = _Reader(flowing=_FLOWING.search(html) is not None)
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts).replace("\u00a0", " ")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self, *, flowing: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._flowing = flowing
        self.parts: list[str] = []
        self._silent = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in ("br", "hr"):
            self.parts.append("\n")
        elif tag == "li":
            self._break()
            self.parts.append("· ")
        elif tag == "td":
            self.parts.append(" ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            words = "".join(self.parts[start:])
            if address.startswith(("http://", "https://")) and address not in words:
                self.parts.append(f" {address} ")
        elif tag in _BLOCKS or tag == "li":
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " ") if self._flowing else data)

    def _break(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
