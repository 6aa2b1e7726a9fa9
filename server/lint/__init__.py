"""`bangda lint`: what is wrong in library and rule files, each finding with its place.

A rule is one function with a code; its docstring is its documentation (docs/library.md).
"""

from server.lint.loading import LOADER_CODES
from server.lint.remarks import REMARKS, remarks_of
from server.lint.rules import RULES
from server.lint.run import documentation, findings_of, lint_library

__all__ = [
    "LOADER_CODES",
    "REMARKS",
    "RULES",
    "documentation",
    "findings_of",
    "lint_library",
    "remarks_of",
]
