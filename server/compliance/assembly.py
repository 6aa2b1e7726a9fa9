"""The compliance checker of a library: its rules (own or shipped), a shop's own, and the judge."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from server.base.config import rules_folder
from server.compliance.checker import Checker
from server.compliance.judge import JUDGE_FILE, Judge, read_parameters
from server.compliance.pardons import pardoned_by
from server.compliance.rule_files import load_rules
from server.compliance.rules import RuleSet
from server.compliance.shop_examples import usable_examples
from server.indexing.encoder import Encoder, identity_of
from server.library import rules_file, yaml_in

log = logging.getLogger("bangda.checking")


def rules_of(root: Path, shop: str = "") -> RuleSet:
    """The rules that hold for a shop of this library. Raises LibraryError with all problems."""
    own = rules_file(root / shop)
    if not shop or not own.exists():
        return load_rules(rules_folder(root))
    rules = load_rules(rules_folder(root), own)
    return replace(rules, pardoned=pardoned_by(usable_examples(own), rules))


def rules_stamp(root: Path, shop: str) -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes of the files that `rules_of` reads: the same as long as they are."""
    files = [*yaml_in(rules_folder(root)).read, rules_file(root / shop)]
    found = [(path, path.stat()) for path in files if path.exists()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def judge_for(encoder: Encoder) -> Judge | None:
    """The fitted judge, None when there is none for this model: then rules stand alone."""
    if not JUDGE_FILE.exists():
        log.warning("no judge was fitted: rules alone; run: bangda fit judge")
        return None
    parameters = read_parameters()
    identity = identity_of(encoder)
    fitted = (
        f"{parameters.settings['model']} {parameters.settings.get('model_version', '')}".strip()
    )
    model = f"{identity.model} {identity.version}".strip()
    if fitted not in (model, identity.model):
        log.warning(
            "the judge was fitted for %r, not %r: rules alone; run: bangda fit judge --model …",
            fitted,
            model,
        )
        return None
    return Judge(encoder, parameters)


def checker_of(root: Path, encoder: Encoder, shop: str = "") -> Checker:
    """A checker for one shop of this library, or for any text."""
    return Checker(rules_of(root, shop), judge_for(encoder))
