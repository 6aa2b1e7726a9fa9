"""Scripts from and to xlsx, csv, yaml and json files."""

from server.exchange.apply import Imported, import_file, write_scripts
from server.exchange.choices import Choices, Offered, offer
from server.exchange.columns import FIELD_COLUMNS, guess_mapping
from server.exchange.export import export_bytes, export_file
from server.exchange.plan import DEEDS, Change, Deed, Plan, plan_import, settle
from server.exchange.problems import FileError
from server.exchange.rows import Note
from server.exchange.tables import FORMATS, Part, Sheet, read_grids

__all__ = [
    "DEEDS",
    "FIELD_COLUMNS",
    "FORMATS",
    "Change",
    "Choices",
    "Deed",
    "FileError",
    "Imported",
    "Note",
    "Offered",
    "Part",
    "Plan",
    "Sheet",
    "export_bytes",
    "export_file",
    "guess_mapping",
    "import_file",
    "offer",
    "plan_import",
    "read_grids",
    "settle",
    "write_scripts",
]
