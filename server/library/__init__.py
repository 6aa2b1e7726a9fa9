"""The shop's approved scripts: values, reading, checking of form, writing."""

from server.library.fields import SCRIPT_FIELDS, STAGES, Moment, parse_moment
from server.library.folders import (
    RULES_DIR,
    SHOP_FILE,
    SHOP_RULES_FILE,
    KnownFiles,
    script_files,
    shop_dirs,
)
from server.library.model import Fact, Library, Script, Shop, Timers
from server.library.reader import load_library

__all__ = [
    "RULES_DIR",
    "SCRIPT_FIELDS",
    "SHOP_FILE",
    "SHOP_RULES_FILE",
    "STAGES",
    "Fact",
    "KnownFiles",
    "Library",
    "Moment",
    "Script",
    "Shop",
    "Timers",
    "load_library",
    "parse_moment",
    "script_files",
    "shop_dirs",
]
