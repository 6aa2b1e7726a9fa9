"""Rules without YAML: each pack with what it says, its clause, on, softer, off, and exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.base.config import rules_folder
from server.base.errors import EntryError, LibraryError
from server.base.yaml_files import write_text
from server.compliance.findings import CATEGORIES, INCOMING, SEVERITIES, Severity
from server.compliance.patterns import plain_pattern
from server.compliance.rule_files import load_rules
from server.compliance.rules import Clause, Rule, RuleSet
from server.curation.curator import text_version
from server.library import Shop, rules_file
from server.library.rules_edit import edit_rules, held_rules
from server.library.save import read_text
from server.web.lead.common import Console, page, say, show

_MOST_TEXTS, _LONGEST_TEXT = 50, 60
_OFF = "off"


@dataclass(frozen=True, slots=True)
class Row:
    """One shared rule as a lead sees it; `state` is "" (as shipped), off or another severity."""

    rule: Rule
    clauses: tuple[Clause, ...]
    state: str
    exceptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one shared file."""

    name: str
    rows: tuple[Row, ...]

    @property
    def changed(self) -> int:
        """How many of its rules the shop changed."""
        return sum(bool(row.state or row.exceptions) for row in self.rows)


def add(lead: Blueprint, console: Console) -> None:
    """The rules' routes."""

    @lead.get("/<shop>/rules")
    @page(console)
    def rules(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.post("/<shop>/rules/pack")
    @page(console, again=_page)
    def rules_pack(shop: Shop) -> Any:
        """What the shop wants of each rule of one pack."""
        console.must_publish(shop)
        text = _text_as_seen(console, shop)
        held = held_rules(text)
        known = {rule.id for rule in _all(_shared(console))}
        chosen = [name for name in request.form.getlist("rule") if name in known]
        off = [name for name in held.get("off") or [] if name not in chosen]
        severity = {n: s for n, s in (held.get("severity") or {}).items() if n not in chosen}
        exceptions = {n: s for n, s in (held.get("exceptions") or {}).items() if n not in chosen}
        for name in chosen:
            state = request.form.get(f"state_{name}", "")
            if state == _OFF:
                off.append(name)
            elif state in SEVERITIES:
                severity[name] = state
            texts = _texts(f"except_{name}")
            if texts:
                exceptions[name] = texts
        changes = {"off": off, "severity": severity, "exceptions": exceptions}
        _write(console, shop, edit_rules(text, changes))
        return redirect(url_for("lead.rules", shop=shop.id, pack=request.form.get("pack")))

    @lead.post("/<shop>/rules/own")
    @page(console, again=_page)
    def rules_own(shop: Shop) -> Any:
        """Words that the shop itself forbids, as a rule with its examples."""
        console.must_publish(shop)
        text = _text_as_seen(console, shop)
        own = list(held_rules(text).get("rules") or [])
        if request.form.get("do") == "remove":
            own = [rule for rule in own if str(rule.get("id")) != request.form.get("id")]
        else:
            own.append(_own_rule({str(rule.get("id")) for rule in own}))
        _write(console, shop, edit_rules(text, {"rules": own}))
        return redirect(url_for("lead.rules", shop=shop.id) + "#own")

    @lead.post("/<shop>/settings/rules")
    @page(console, again=_page)
    def rules_save(shop: Shop) -> Any:
        """The shop's own rules.yaml, as text; a broken one is never written."""
        console.must_publish(shop)
        new = request.form.get("rules", "").replace("\r\n", "\n")
        _write(console, shop, new if not new.strip() or new.endswith("\n") else new + "\n")
        return redirect(url_for("lead.rules", shop=shop.id) + "#yaml")


def _own_rule(taken: set[str]) -> dict[str, Any]:
    words, category = _texts("words"), request.form.get("category", "")
    severity, message = request.form.get("severity", ""), request.form.get("message", "").strip()
    if not words:
        raise EntryError("no word is given", "no_words", "words")
    if category not in CATEGORIES or category in INCOMING:
        raise EntryError(f"no category {category!r}", "choice", "category", found=category)
    if severity not in SEVERITIES:
        raise EntryError(f"no severity {severity!r}", "choice", "severity", found=severity)
    if not message or len(message) > _LONGEST_TEXT:
        raise EntryError("no message is given", "no_message", "message", most=_LONGEST_TEXT)
    number = next(n for n in range(1, len(taken) + 2) if f"own.{n}" not in taken)
    examples = {"violating": _texts("violating") or words, "near_miss": _texts("near_miss")}
    return {
        "id": f"own.{number}",
        "category": category,
        "severity": severity,
        "patterns": [plain_pattern(word) for word in words],
        "message": message,
        "examples": {name: texts for name, texts in examples.items() if texts},
    }


def _texts(name: str) -> list[str]:
    """The lines of a field. Raises EntryError for too many, too long, and signs of patterns."""
    lines = request.form.get(name, "").replace("\r", "").split("\n")
    texts = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(texts) > _MOST_TEXTS:
        message = f"{len(texts)} lines; expected at most {_MOST_TEXTS}"
        raise EntryError(message, "too_many", name, found=len(texts), most=_MOST_TEXTS)
    for text in texts:
        if len(text) > _LONGEST_TEXT:
            message = f"{len(text)} characters; expected at most {_LONGEST_TEXT}"
            raise EntryError(message, "too_long", name, found=len(text), most=_LONGEST_TEXT)
        if any(sign in text for sign in "{}…"):
            raise EntryError(f"{text!r} holds signs of patterns", "plain_words", name, found=text)
    return texts


def _text_as_seen(console: Console, shop: Shop) -> str:
    """The file's text. Raises EntryError when it is not the one that the form was made of."""
    text = read_text(_path(console, shop))
    if request.form.get("base", "") not in ("", text_version(text)):
        raise EntryError("rules.yaml was changed meanwhile", "rules_changed")
    return text


def _write(console: Console, shop: Shop, new: str) -> None:
    """Writes and serves the file; the old one comes back when the new one is refused."""
    path = _path(console, shop)
    old = read_text(path)
    if new.strip():
        write_text(path, new)
    else:
        path.unlink(missing_ok=True)
    try:
        made = load_rules(_folder(console), path)
    except LibraryError as error:
        if old:
            write_text(path, old)
        else:
            path.unlink(missing_ok=True)
        raise EntryError(
            f"rules are not saved: {error}", "rules_unsaved", "rules", problem=error
        ) from error
    console.parts.background.rules_changed(shop.id, g.account.name, made)
    console.parts.catalog.reload()
    say("rules_saved")


def _path(console: Console, shop: Shop) -> Path:
    return rules_file(console.parts.catalog.root / shop.id)


def _folder(console: Console) -> Path:
    return rules_folder(console.parts.catalog.root)


def _shared(console: Console) -> RuleSet:
    return load_rules(_folder(console))


def _all(rules: RuleSet) -> list[Rule]:
    return [*rules.rules, *rules.judged.values()]


def _packs(shared: RuleSet, held: dict[str, Any]) -> list[Pack]:
    off, severity = set(held.get("off") or []), held.get("severity") or {}
    exceptions = held.get("exceptions") or {}
    rows: dict[str, list[Row]] = {}
    for rule in _all(shared):
        ids = dict.fromkeys([rule.clause, *rule.clause_by_platform.values()])
        clauses = tuple(shared.clauses[name] for name in ids if name in shared.clauses)
        state = _OFF if rule.id in off else str(severity.get(rule.id, ""))
        texts = exceptions.get(rule.id) or ()
        excepted = tuple(map(str, [texts] if isinstance(texts, str) else texts))
        rows.setdefault(Path(rule.file).stem, []).append(Row(rule, clauses, state, excepted))
    return [Pack(name, tuple(found)) for name, found in rows.items()]


def _page(console: Console, shop: Shop) -> str:
    text = read_text(_path(console, shop))
    try:
        held, readable = held_rules(text), True
    except (LibraryError, EntryError):
        held, readable = {}, False
    outgoing = {code: name for code, name in CATEGORIES.items() if code not in INCOMING}
    severities: tuple[Severity, ...] = SEVERITIES
    return show(
        "rules.html",
        "settings",
        packs=_packs(_shared(console), held),
        opened=request.args.get("pack") or request.form.get("pack", ""),
        own=[rule for rule in held.get("rules") or [] if isinstance(rule, dict)],
        readable=readable,
        own_rules=text,
        base=text_version(text),
        categories=CATEGORIES,
        outgoing=outgoing,
        severities=severities,
        platforms=shop.platforms,
        may_publish=console.may_publish(shop),
    )
