"""Scripts from and to xlsx, csv, yaml and json files."""

from server.exchange.apply import apply_plan, import_file
from server.exchange.columns import FIELD_COLUMNS, guess_mapping
from server.exchange.export import export_bytes, export_file
from server.exchange.plan import Change, Note, Plan, plan_import
from server.exchange.tables import FORMATS, Sheet, read_sheet

__all__ = [
    "FIELD_COLUMNS",
    "FORMATS",
    "Change",
    "Note",
    "Plan",
    "Sheet",
    "apply_plan",
    "export_bytes",
    "export_file",
    "guess_mapping",
    "import_file",
    "plan_import",
    "read_sheet",
]
