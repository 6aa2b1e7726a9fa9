"""The shop's approved scripts: values, reading, checking of form, writing."""

from server.library.fields import SCRIPT_FIELDS, STAGES, Moment, parse_moment
from server.library.folders import (
    RULES_DIR,
    SHOP_FILE,
    SHOP_RULES_FILE,
    KnownFiles,
    copied_dirs,
    rules_file,
    script_files,
    shop_dirs,
    shop_file,
    yaml_in,
)
from server.library.model import Fact, Library, Script, Shop, Timers
from server.library.reader import EMPTY_FILE, Reading, load_library, read_shops

__all__ = [
    "EMPTY_FILE",
    "RULES_DIR",
    "SCRIPT_FIELDS",
    "SHOP_FILE",
    "SHOP_RULES_FILE",
    "STAGES",
    "Fact",
    "KnownFiles",
    "Library",
    "Moment",
    "Reading",
    "Script",
    "Shop",
    "Timers",
    "copied_dirs",
    "load_library",
    "parse_moment",
    "read_shops",
    "rules_file",
    "script_files",
    "shop_dirs",
    "shop_file",
    "yaml_in",
]
