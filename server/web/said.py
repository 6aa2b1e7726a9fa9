"""Errors and findings in the reader's language; none of them names a folder of the server."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import PurePath

from server.base.errors import BangdaError, EntryError, LibraryError, Problem
from server.compliance.findings import CATEGORIES, Finding
from server.curation.curator import StaleError
from server.desk.english import CATEGORIES as ENGLISH_CATEGORIES
from server.exchange.problems import FileError
from server.web.texts import language, t

log = logging.getLogger("bangda.web")
_LONGEST = 60
_QUOTED = re.compile(r"'([^']{1,60})'|(\{[^{}]{1,40}\})|“([^”]{1,60})”")
# 中文 (the same in English)
_BOTH = re.compile(r"(.*[\u4e00-\u9fff].*?) \(([^()]*)\)(.*)", re.DOTALL)
_SHOWN_PROBLEMS = 5


def said(error: BangdaError, *, beside: bool = False) -> str:
    """The error as people at a console read it; `beside` its field, whose name is not repeated.

    What has no text there is the server's own trouble: it goes to the log whole.
    """
    if isinstance(error, FileError):
        return t(f"exchange.file_{error.code}", **error.values)
    if isinstance(error, EntryError):
        if beside and error.code == "entry":
            return t("wrong.entry_here", **error.values)
        return t(f"wrong.{error.code}", **{name: _shown(v) for name, v in error.values.items()})
    if isinstance(error, StaleError):
        return t("wrong.stale", id=error.script_id)
    if isinstance(error, LibraryError):
        return problems_said(error.problems)
    log.error("%s", error)
    return t("wrong.failed")


def problems_said(problems: Iterable[Problem]) -> str:
    """Findings in one text."""
    told = [problem_said(problem) for problem in problems]
    more = len(told) - _SHOWN_PROBLEMS
    rest = [t("wrong.more_problems", n=more)] if more > 0 else []
    return "；".join([*told[:_SHOWN_PROBLEMS], *rest])


def problem_said(problem: Problem) -> str:
    """A finding of a library or rule file: where it stands, what it is, what it names."""
    path = PurePath(problem.file)
    file = path.as_posix() if not path.is_absolute() else "/".join(path.parts[-2:])
    what = _what(problem)
    place = t("wrong.place", file=file, line=problem.line) if problem.line else file
    subject = f" {problem.subject}" if problem.subject else ""
    return t("wrong.problem", place=place, subject=subject, code=problem.code, what=what)


def category_said(code: str) -> str:
    """What a category of findings is about."""
    names = CATEGORIES if language() == "zh" else ENGLISH_CATEGORIES
    return names.get(code, code)


def finding_said(finding: Finding) -> str:
    """What a rule says of a text; rules speak Chinese, so others read what the category means."""
    return finding.message if language() == "zh" else category_said(finding.category)


def _what(problem: Problem) -> str:
    """What is wrong: findings of files say it in both languages, others by code and names."""
    both = [_BOTH.fullmatch(text) for text in (problem.what, problem.fix)]
    if all(both):
        own = 1 if language() == "zh" else 2
        return "；".join(found[own] + found[3] for found in both if found)
    what = t(f"wrong.{problem.code}")
    named = [next(part for part in found if part) for found in _QUOTED.findall(problem.what)]
    names = "、".join(dict.fromkeys(named))
    return t("wrong.naming", what=what, names=names) if names else what


def _shown(value: object) -> object:
    if isinstance(value, BangdaError):
        return said(value)
    text = str(value)
    return value if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
