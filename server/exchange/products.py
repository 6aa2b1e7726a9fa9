"""Product exports as products of a library: known heads are fields, other columns attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from server.base.errors import EntryError
from server.exchange.columns import form
from server.exchange.grids import Grid, is_error
from server.exchange.headed import NOTHING_CHOSEN, Chosen, Refused, refuse_empty
from server.exchange.limits import SCRIPTS
from server.exchange.tables import Sheet, read_grids, sheet_of
from server.library import Fact, Product

HEADS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "商品ID",
        "商品编号",
        "商品编码",
        "宝贝ID",
        "商品id",
        "数字ID",
        "SPU",
        "id",
        "product_id",
    ),
    "name": (
        "商品标题",
        "商品名称",
        "宝贝标题",
        "宝贝名称",
        "商品名",
        "名称",
        "标题",
        "name",
        "title",
    ),
    "aliases": ("别名", "简称", "短标题", "导购标题", "aliases"),
    "links": ("商品链接", "链接", "宝贝链接", "links"),
    "goes_with": ("搭配", "搭配商品", "关联商品", "goes_with"),
    "pushed": ("主推", "是否主推", "pushed"),
    "images": ("主图", "图片", "商品图片", "images"),
}
# What exports say of the offer, which changes by the hour and is no attribute of the goods.
_OFFER = re.compile(
    r"价|库存|销量|状态|类目|上架|下架|创建|更新|编码|条码|佣金|运费|模板|评价|收藏|浏览|访客|操作|序号|描述|宝贝数量|新旧程度|商品类型|上柜|下柜|宝贝属性"
)
_KNOWN = {form(head): field for field, heads in HEADS.items() for head in heads}
_CUT = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2}")
_LISTS = ("aliases", "links", "goes_with", "images")
_YES = frozenset({"是", "true", "1", "yes", "主推", "y"})
_LONGEST = 200
# What stands before the name of an attribute; chosen alone it makes one of the column's own head.
ATTRIBUTE = "属性:"


@dataclass(frozen=True, slots=True)
class ProductFile:
    """Products by id, as they are after the import, the row of each, and rows that are none."""

    products: Mapping[str, Product]
    refused: tuple[Refused, ...]
    rows: Mapping[str, int] = field(default_factory=dict)


def read_products(content: bytes, name: str, held: Mapping[str, Product]) -> ProductFile:
    """The products of a table; `held` ones keep what the table has no column for.

    Raises UsageError for a broken file, or one without the columns of id and name.
    """
    return products_of(read_grids(content, name, SCRIPTS), name, held)


def products_of(
    grids: Sequence[Grid],
    name: str,
    held: Mapping[str, Product],
    chosen: Chosen = NOTHING_CHOSEN,
) -> ProductFile:
    """The products of sheets that were read; `chosen` says what the columns of some heads are.

    Raises EntryError without columns of id and name.
    """
    known = partial(_field_of, chosen=chosen)
    sheets = [s for grid in grids if grid.rows and (s := sheet_of(grid, known=known)) is not None]
    used = [s for s in sheets if not s.hidden and {"id", "name"} <= set(map(known, s.header))]
    if not used:
        raise EntryError(
            f"{name} has no columns of ids and names; expected 商品ID and 商品标题; "
            "choose the export of products, or rename them",
            "product_heads", "file", name=name,
        )  # fmt: skip
    found: dict[str, Product] = {}
    refused: list[Refused] = []
    rows: dict[str, int] = {}
    for sheet in used:
        for number, row in _rows(sheet, chosen):
            reason = _reason(row, found)
            if reason is not None:
                refused.append(replace(reason, row=number))
                continue
            product_id = row["id"]
            found[product_id] = _product(row, held.get(product_id))
            rows[product_id] = number
    refuse_empty(name, found, refused)
    return ProductFile(found, tuple(refused), rows)


def product_field(head: str, chosen: Chosen = NOTHING_CHOSEN) -> str:
    """The field that a head names; `属性:name` for an attribute, "" for what is no matter."""
    named = _field_of(head, chosen)
    if named or (head in chosen and chosen[head] != ATTRIBUTE):
        return named
    attribute = re.sub(r"^(?:商品)?属性[:：]", "", head).strip()
    wanted = head in chosen or not _OFFER.search(attribute)
    usable = attribute and wanted and not re.search(r"[{}\n]", attribute)
    return f"{ATTRIBUTE}{attribute}" if usable else ""


def _field_of(head: str, chosen: Chosen) -> str:
    """The field that a head names, attributes left out: any text could be the head of one."""
    named = chosen.get(head, _KNOWN.get(form(head), ""))
    return "" if named == ATTRIBUTE else named


def _rows(sheet: Sheet, chosen: Chosen) -> list[tuple[int, dict[str, str]]]:
    """Field or `属性:name` to text, of every row that holds any."""
    keys = [product_field(head, chosen) for head in sheet.header]
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


def _reason(row: Mapping[str, str], found: Mapping[str, Product]) -> Refused | None:
    """Why a row is no product, None when it is one."""
    product_id = row.get("id", "")
    if any(is_error(value) for value in row.values()):
        return Refused(0, "a formula's error; export the file again", "formula", "#")
    if not product_id or not row.get("name"):
        return Refused(0, "no id (商品ID) or no name (商品标题)", "no_id")
    if _CUT.fullmatch(product_id):
        reason = (
            f"id {product_id} was cut by a spreadsheet; export again, do not open it in between"
        )
        return Refused(0, reason, "cut", product_id)
    if product_id in found:
        return Refused(0, f"id {product_id} stands in the file twice", "twice", product_id)
    if any(len(value) > _LONGEST for key, value in row.items() if key not in _LISTS):
        return Refused(0, f"a cell has more than {_LONGEST} characters", "long", str(_LONGEST))
    return None


def _product(row: Mapping[str, str], held: Product | None) -> Product:
    lists = {name: _listed(row[name]) for name in _LISTS if name in row}
    attributes = dict(held.attributes) if held else {}
    for key, value in row.items():
        name = key.removeprefix(ATTRIBUTE)
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
