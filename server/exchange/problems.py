"""What can be wrong with a file, one code each; the console says it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from server.base.errors import UsageError

# The console's tables (texts/*/exchange.json) hold the same codes, each as `file_<code>`.
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "ending": "{name}: ending is {ending}; expected one of: {formats}; "
        "save it in one of these formats",
        "text_file": "{name} is a text file; expected a table; put it into a spreadsheet with a "
        "head such as 回复 and save it as .xlsx",
        "old_excel": "{name} is an old Excel workbook (.xls) or one locked with a password; open "
        "it in Excel or WPS and save it as .xlsx without a password",
        "wps": "{name} is a WPS workbook (.et); open it in WPS and save it as .xlsx",
        "locked": "{name} is locked with a password; save it without one",
        "html": "{name} is a web page named as a workbook; open it in Excel or WPS and save it as "
        ".xlsx",
        "xlsx_inside": "{name} holds an Excel workbook; rename it to end in .xlsx",
        "text_inside": "{name} holds plain text, no workbook; rename it to end in .csv",
        "other_inside": "{name} holds something else ({what}); expected a table of scripts; save "
        "it as .xlsx or .csv",
        "too_large": "{name} has {size} MB; expected at most {most} MB; split it into several "
        "files",
        "unpacks": "{name} unpacks to {size} MB; expected at most {most} MB; copy the scripts into "
        "a fresh workbook",
        "empty": "{name} is empty; expected a row of heads and rows of scripts",
        "long_cell": "{name} row {row}: a cell has more than {most} characters; expected a "
        "script's texts; split the cell, or mend the quotes before it",
        "too_many_rows": "{name} has more than {most} rows; expected at most {most}; split it",
        "too_many_cells": "{name} holds more than {most} values; expected a table of scripts; "
        "copy the scripts into a fresh workbook",
        "too_many_columns": "{name} has {found} columns; expected at most {most}; keep those that "
        "hold scripts",
        "far_cell": "{name} has a value in cell {cell}; expected at most {most} columns; clear "
        "what stands outside of the table",
        "too_many_sheets": "{name} has {found} sheets; expected at most {most}; split it",
        "too_deep": "{name} nests more than {most} levels deep; expected a list of scripts",
        "too_slow": "{name} took more than {seconds} s to read; expected a table of scripts; copy "
        "the scripts into a fresh workbook",
        "encoding": "{name} is no text in UTF-8, UTF-16, GB18030 or Big5; expected one of these; "
        "save it again as “CSV UTF-8”",
        "open_quote": "{name} row {row}: a quote is opened and never closed; expected one before "
        "and one after the cell; mend it, or save the file again from a spreadsheet",
        "broken_csv": "{name} is no readable csv ({what}); expected quoted cells; save it again",
        "broken_zip": "{name} is no xlsx file ({what}); expected an Excel workbook; save it again "
        "as .xlsx",
        "broken_xlsx": "{name} is no readable xlsx ({what}); expected an Excel workbook; open it "
        "in Excel or WPS and save it again",
        "broken_json": "{name} is no JSON ({what}); expected a list of scripts, or one under "
        "`scripts`",
        "broken_yaml": "{what}",
        "no_list": "{name} holds no list of scripts; expected one, bare or under `scripts`; see "
        "docs/library.md",
        "no_reply_column": "no column for the reply; found columns: {heads}; expected one named "
        "回复 or reply; rename it, or say which row holds the heads",
        "two_replies": "two columns could be the reply: {heads}; expected one; choose it: "
        "--column reply={first}",
        "formula_error": "{name} line {row}: the column {head} shows a formula's error; mend the "
        "formula, or paste its value",
        "too_long": "script {id} has {size} characters in one field; a cell holds {most}; export "
        "it as .csv, .yaml or .json",
        "no_sheet": "{name} has no sheet {sheet!r}; found: {sheets}",
        "no_column": "{name} has no column {head!r}; found columns: {heads}",
        "no_field": "{field!r} is no field; expected one of: {fields}",
        "no_head_row": "{name} has no row {row} that could be heads",
    }
)


class FileError(UsageError):
    """A file that cannot be imported: a code of SENTENCES and what it names."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(SENTENCES[code].format(**values))
        self.code = code
        self.values = values
