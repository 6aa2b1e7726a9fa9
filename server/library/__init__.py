"""The shop's approved scripts: values, reading, checking of form, writing."""

from server.library.addressed import addressed
from server.library.facts import Fact
from server.library.fields import SCRIPT_FIELDS, STAGES, Moment, parse_moment
from server.library.folders import (
    PRODUCTS_FILE,
    RULES_DIR,
    SHOP_FILE,
    SHOP_RULES_FILE,
    KnownFiles,
    products_file,
    rules_file,
    script_files,
    set_aside,
    shop_dirs,
    shop_file,
    yaml_in,
)
from server.library.model import Library, Script, Shop, Timers, name_of
from server.library.products import MEASURES, Product, SizeChart, SizeRow
from server.library.reader import EMPTY_FILE, Reading, load_library, read_shops
from server.library.tiers import Tier

__all__ = [
    "EMPTY_FILE",
    "MEASURES",
    "PRODUCTS_FILE",
    "RULES_DIR",
    "SCRIPT_FIELDS",
    "SHOP_FILE",
    "SHOP_RULES_FILE",
    "STAGES",
    "Fact",
    "KnownFiles",
    "Library",
    "Moment",
    "Product",
    "Reading",
    "Script",
    "Shop",
    "SizeChart",
    "SizeRow",
    "Tier",
    "Timers",
    "addressed",
    "load_library",
    "name_of",
    "parse_moment",
    "products_file",
    "read_shops",
    "rules_file",
    "script_files",
    "set_aside",
    "shop_dirs",
    "shop_file",
    "yaml_in",
]
