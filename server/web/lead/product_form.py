"""A product as the console's form holds it: read, checked field by field, and written back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from flask import request

from server.base.errors import EntryError
from server.library import Fact, Product, Shop, SizeChart, SizeRow, parse_moment
from server.library.images import ImageError, is_address, read_image
from server.library.product_reader import SIZE_KEY
from server.library.products import MEASURES
from server.text.normal import normalize

_LONGEST, _LONGEST_LIST = 200, 40
_ATTRIBUTE = re.compile(r"[^{}\n:：#]{1,30}")
_HEAD = re.compile(rf"({'|'.join(MEASURES)})\s*[(（]?\s*([a-z]+|[\u4e00-\u9fff]+)?\s*[)）]?")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|—|~|～|至|到)\s*(\d+(?:\.\d+)?))?")
_CELLS = re.compile(r"\t|\s*[,，|]\s*|\s{2,}|(?<!至)(?<!到)(?<![-–~])\s+(?![-–~至到(（])")
_NONE = ("", "-", "/", "无")
_USUAL_UNIT = {"体重": "kg", "年龄": "岁"}


def product_of_form(shop: Shop, folder: Path, known: Product | None) -> Product:
    """The product that the form says. Raises EntryError naming the field that is meant."""
    product_id = known.id if known else _needed("id")
    name = _needed("name")
    product = Product(
        id=product_id,
        name=name,
        aliases=_lines("aliases"),
        links=_lines("links"),
        attributes=MappingProxyType(_attributes()),
        size_chart=chart_of(request.form.get("size_chart", ""), _text("chart_note")),
        goes_with=_lines("goes_with"),
        pushed=bool(request.form.get("pushed")),
        images=_lines("images"),
    )
    _check_names(product, shop)
    known_ids = {one.id for one in shop.products} - {product_id}
    for other in product.goes_with:
        if other not in known_ids:
            raise EntryError(
                f"goes_with {other!r} is no other product's id", "goes_with", "goes_with",
                found=other,
            )  # fmt: skip
    for image in product.images:
        _check_image(folder, image)
    return product


def _check_names(product: Product, shop: Shop) -> None:
    for field, names in (("id", (product.id,)), ("name", (product.name,)),
                         ("aliases", product.aliases), ("links", product.links)):  # fmt: skip
        for name in names:
            for other in shop.products:
                taken = {normalize(one) for one in (*other.names, *other.links)}
                if other.id != product.id and normalize(name) in taken:
                    raise EntryError(
                        f"{name!r} also names product {other.id}", "product_name_taken", field,
                        found=name, other=other.id,
                    )  # fmt: skip


def _check_image(folder: Path, name: str) -> None:
    if is_address(name):
        return
    try:
        read_image(folder, name)
    except ImageError as error:
        code = "image_missing" if error.missing else "image_bad"
        raise EntryError(str(error), code, "images", found=name) from error


def _text(name: str) -> str:
    text = request.form.get(name, "").strip()
    if len(text) > _LONGEST:
        raise EntryError(
            f"{name} has {len(text)} characters; expected at most {_LONGEST}", "too_long", name,
            found=len(text), most=_LONGEST,
        )  # fmt: skip
    return text


def _needed(name: str) -> str:
    text = _text(name)
    if not text:
        raise EntryError(f"a product needs its {name}", f"product_{name}", name)
    return text


def _lines(name: str) -> tuple[str, ...]:
    lines = [line.strip() for line in request.form.get(name, "").splitlines()]
    found = tuple(dict.fromkeys(line for line in lines if line))
    longest = max((len(line) for line in found), default=0)
    if longest > _LONGEST or len(found) > _LONGEST_LIST:
        count = longest if longest > _LONGEST else len(found)
        most = _LONGEST if longest > _LONGEST else _LONGEST_LIST
        raise EntryError(
            f"{name} is too long; expected at most {most}", "too_long", name,
            found=count, most=most,
        )  # fmt: skip
    return found


def _attributes() -> dict[str, Fact]:
    parts = ("name", "value", "from", "until")
    columns = [request.form.getlist(f"attribute_{part}") for part in parts]
    found: dict[str, Fact] = {}
    for name, value, start, end in zip(*columns, strict=False):
        name, value = name.strip(), value.strip()
        if not name and not value:
            continue
        if not _ATTRIBUTE.fullmatch(name):
            raise EntryError(
                f"attribute {name!r} is not usable", "attribute_name", "attributes", found=name
            )
        if name in found:
            raise EntryError(
                f"attribute {name!r} stands there twice", "attribute_twice", "attributes",
                found=name,
            )  # fmt: skip
        if not value or len(value) > _LONGEST:
            raise EntryError(
                f"attribute {name!r} needs a value of at most {_LONGEST} characters",
                "attribute_value", "attributes", found=name, most=_LONGEST,
            )  # fmt: skip
        moments = []
        for text in (start.strip().replace("T", " "), end.strip().replace("T", " ")):
            moment = parse_moment(text) if text else None
            if text and moment is None:
                raise EntryError(f"{name}: {text!r} is no date", "moment", "attributes", found=text)
            moments.append(moment)
        if moments[0] and moments[1] and moments[1].last < moments[0].first:
            raise EntryError(f"{name} ends before it starts", "dates_reversed", "attributes")
        found[name] = Fact(name, value, moments[0], moments[1])
    return found


def chart_of(text: str, note: str = "") -> SizeChart | None:
    """A size chart written as a table: heads, then a size a line, as pasted from a spreadsheet.

    Raises EntryError naming line and cell.
    """
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        return None
    measures = _measures(_cells(lines[0][1]))
    rows: list[SizeRow] = []
    for number, line in lines[1:]:
        size, *cells = _cells(line)
        if len(cells) > len(measures):
            raise _bad("chart_cells", number, line.strip(), most=len(measures) + 1)
        ranges = {}
        for name, cell in zip(measures, cells, strict=False):
            if cell in _NONE:
                continue
            span = _SPAN.fullmatch(cell)
            low = float(span[1]) if span else 0.0
            high = float(span[2] or span[1]) if span else -1.0
            if low > high:
                raise _bad("chart_span", number, cell)
            ranges[name] = (low, high)
        if not ranges or size in {row.size for row in rows}:
            raise _bad("chart_row" if not ranges else "chart_twice", number, size)
        rows.append(SizeRow(size, MappingProxyType(ranges)))
    if not rows:
        raise _bad("chart_empty", lines[0][0], lines[0][1].strip())
    return SizeChart(MappingProxyType(measures), tuple(rows), note)


def chart_text(chart: SizeChart | None) -> str:
    """The chart as the form shows it; `chart_of` reads it back."""
    if chart is None:
        return ""
    heads = [SIZE_KEY, *(f"{name}({unit})" for name, unit in chart.measures.items())]
    lines = ["\t".join(heads)]
    for row in chart.rows:
        spans = [row.ranges.get(name) for name in chart.measures]
        cells = [f"{span[0]:g}-{span[1]:g}" if span else "-" for span in spans]
        lines.append("\t".join((row.size, *cells)))
    return "\n".join(lines)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line.strip())]


def _measures(heads: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for head in heads[1:]:
        match = _HEAD.fullmatch(head)
        name = match[1] if match else ""
        unit = (match[2] if match else "") or _USUAL_UNIT.get(name, "cm")
        if name not in MEASURES or unit not in MEASURES[name] or name in found:
            raise _bad("chart_head", 1, head, known="、".join(MEASURES))
        found[name] = unit
    if not found:
        raise _bad("chart_head", 1, heads[0], known="、".join(MEASURES))
    return found


def _bad(code: str, line: int, found: str, **more: object) -> EntryError:
    message = f"size chart line {line}: {found!r} cannot be read"
    return EntryError(message, code, "size_chart", line=line, found=found, **more)


def fields_of(product: Product | None) -> Mapping[str, object]:
    """What the form shows of a product."""
    if product is None:
        return {}
    return {
        "id": product.id,
        "name": product.name,
        "aliases": list(product.aliases),
        "links": list(product.links),
        "goes_with": list(product.goes_with),
        "images": list(product.images),
        "pushed": product.pushed,
        "size_chart": chart_text(product.size_chart),
        "chart_note": product.size_chart.note if product.size_chart else "",
        "attributes": [
            (fact.name, fact.value, str(fact.valid_from or ""), str(fact.valid_until or ""))
            for fact in product.attributes.values()
        ],
    }
