"""Product exports as products of a library: known heads are fields, other columns attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.base.errors import EntryError
from server.exchange.columns import form
from server.exchange.grids import is_error
from server.exchange.headed import Refused
from server.exchange.limits import SCRIPTS
from server.exchange.tables import Sheet, read_grids, sheet_of
from server.library import Fact, Product

HEADS: Mapping[str, tuple[str, ...]] = {
    "id": ("商品ID", "商品编号", "商品编码", "宝贝ID", "商品id", "SPU", "id", "product_id"),
    "name": ("商品标题", "商品名称", "宝贝标题", "商品名", "名称", "标题", "name", "title"),
    "aliases": ("别名", "简称", "短标题", "导购标题", "aliases"),
    "links": ("商品链接", "链接", "宝贝链接", "links"),
    "goes_with": ("搭配", "搭配商品", "关联商品", "goes_with"),
    "pushed": ("主推", "是否主推", "pushed"),
    "images": ("主图", "图片", "商品图片", "images"),
}
# What exports say of the offer, which changes by the hour and is no attribute of the goods.
_OFFER = re.compile(
    r"价|库存|销量|状态|类目|上架|下架|创建|更新|编码|条码|佣金|运费|模板|评价|收藏|浏览|访客|操作|序号"
)
_KNOWN = {form(head): field for field, heads in HEADS.items() for head in heads}
_CUT = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2}")
_LISTS = ("aliases", "links", "goes_with", "images")
_YES = frozenset({"是", "true", "1", "yes", "主推", "y"})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ProductFile:
    """Products by id, as they are after the import, and the rows that are none."""

    products: Mapping[str, Product]
    refused: tuple[Refused, ...]


def read_products(content: bytes, name: str, held: Mapping[str, Product]) -> ProductFile:
    """The products of a table; `held` ones keep what the table has no column for.

    Raises UsageError for a broken file, or one without the columns of id and name.
    """
    grids = [grid for grid in read_grids(content, name, SCRIPTS) if grid.rows]
    sheets = [s for grid in grids if (s := sheet_of(grid, known=_field_of)) is not None]
    chosen = [s for s in sheets if not s.hidden and {"id", "name"} <= set(_fields(s))]
    if not chosen:
        raise EntryError(
            f"{name} has no columns of ids and names; expected 商品ID and 商品标题; "
            "choose the export of products, or rename them",
            "product_heads", "file", name=name,
        )  # fmt: skip
    found: dict[str, Product] = {}
    refused: list[Refused] = []
    for sheet in chosen:
        for number, row in _rows(sheet):
            reason = _reason(row, found)
            if reason:
                refused.append(Refused(number, reason))
                continue
            product_id = row["id"]
            found[product_id] = _product(row, held.get(product_id))
    return ProductFile(found, tuple(refused))


def _field_of(head: str) -> str:
    return _KNOWN.get(form(head), "")


def _fields(sheet: Sheet) -> list[str]:
    return [_field_of(head) for head in sheet.header]


def _rows(sheet: Sheet) -> list[tuple[int, dict[str, str]]]:
    """Field or `属性:name` to text, of every row that holds any."""
    keys = []
    for head, field in zip(sheet.header, _fields(sheet), strict=True):
        attribute = re.sub(r"^(?:商品)?属性[:：]", "", head).strip()
        usable = attribute and not _OFFER.search(attribute) and not re.search(r"[{}\n]", attribute)
        keys.append(field or (f"属性:{attribute}" if usable else ""))
    rows = []
    for row in sheet.rows:
        found: dict[str, str] = {}
        for key, cell in zip(keys, row.cells, strict=True):
            text = (cell if isinstance(cell, str) else "\n".join(cell)).strip().removeprefix("'")
            if key and text:
                found.setdefault(key, text.strip())
        if found:
            rows.append((row.number, found))
    return rows


def _reason(row: Mapping[str, str], found: Mapping[str, Product]) -> str:
    """Why a row is no product, empty when it is one."""
    product_id = row.get("id", "")
    if any(is_error(value) for value in row.values()):
        return "a formula's error; export the file again"
    if not product_id or not row.get("name"):
        return "no id (商品ID) or no name (商品标题)"
    if _CUT.fullmatch(product_id):
        return f"id {product_id} was cut by a spreadsheet; export again, do not open it in between"
    if product_id in found:
        return f"id {product_id} stands in the file twice"
    if any(len(value) > _LONGEST for key, value in row.items() if key not in _LISTS):
        return f"a cell has more than {_LONGEST} characters"
    return ""


def _product(row: Mapping[str, str], held: Product | None) -> Product:
    lists = {name: _listed(row[name]) for name in _LISTS if name in row}
    attributes = dict(held.attributes) if held else {}
    for key, value in row.items():
        name = key.removeprefix("属性:")
        if name != key and (name not in attributes or attributes[name].value != value):
            attributes[name] = Fact(name, value)
    base = held or Product(row["id"], row["name"])
    pushed = row["pushed"].lower() in _YES if "pushed" in row else base.pushed
    return replace(
        base,
        name=row["name"],
        attributes=attributes,
        pushed=pushed,
        **lists,  # type: ignore[arg-type]  # keys are the names of fields that hold lists
    )


def _listed(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split(r"[\n|,，、;；]", text))
    return tuple(dict.fromkeys(part for part in parts if part))
