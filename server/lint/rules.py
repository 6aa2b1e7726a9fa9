"""Rules over one shop that reads well but would not work well. Every finding fails `bangda lint`.

Only what is wrong on any day stands here; what needs a lead's eye (expired, no tests) is in
`remarks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.base.errors import Problem
from server.base.remembered import Remembered, remembers
from server.base.variables import PAGE_VARIABLES, variables
from server.library import PRODUCTS_FILE, SHOP_FILE, Fact, Moment, Script, Shop
from server.library.products import ATTRIBUTE_PREFIX, product_variables
from server.text.normal import normalize, words

Rule = Callable[[Shop], Iterator[Problem]]
RULES: dict[str, Rule] = {}

# The longest text that a chat box surely takes. Pages differ and change; 500 characters is what
# replies stay under on every page that facts are known of, and no shopper reads more at once.
LONGEST_REPLY = 500


def rule(code: str) -> Callable[[Rule], Rule]:
    """Registers a rule under its code."""

    def wrap(function: Rule) -> Rule:
        RULES[code] = function
        return function

    return wrap


def at(script: Script, code: str, what: str, fix: str) -> Problem:
    """A finding about a script."""
    return Problem(script.file, script.line, script.id, code, what, fix)


def at_fact(shop: Shop, fact: Fact, code: str, what: str, fix: str) -> Problem:
    """A finding about a fact."""
    return Problem(f"{shop.id}/{SHOP_FILE}", fact.line, fact.name, code, what, fix)


@remembers(3_000_000)
def same(text: str) -> str:
    """The form in which two questions count as the same: words and signs that carry meaning.

    Punctuation and spaces go; a text of nothing else stays as it is.
    """
    folded = normalize(text)
    return "".join(words(folded)) or folded


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms (`same`) in which a script's reply and each of its questions are compared."""

    reply: str
    questions: tuple[str, ...]


_forms: Remembered[Forms] = Remembered(20_000)


def forms_of(script: Script) -> Forms:
    """The forms of a script, worked out once a version: a shop has tens of thousands of texts."""
    return _forms.get(
        script.version,
        lambda: Forms(same(script.reply), tuple(same(question) for question in script.questions)),
    )


def known_variables(shop: Shop) -> frozenset[str]:
    """Names that a reply may hold in braces: facts, what a chat page knows, products' values."""
    return frozenset(shop.facts) | frozenset(PAGE_VARIABLES) | product_variables(shop.products)


@rule("L101")
def unknown_variable(shop: Shop) -> Iterator[Problem]:
    """A reply holds `{a name}` that no fact, no product and no chat page could fill.

    It could never be filled, and the agent would have to type it every time.
    """
    known = known_variables(shop)
    for script in shop.scripts:
        unknown = [n for text in script.wordings for n in variables(text) if n not in known]
        for name in dict.fromkeys(unknown):
            near = _nearest(name, known)
            place = PRODUCTS_FILE if name.startswith(ATTRIBUTE_PREFIX) else SHOP_FILE
            fix = f"write {{{near}}}" if near else f"add {name!r} to {place}"
            yield at(script, "L101", f"variable {{{name}}} is unknown", fix)


def _nearest(name: str, known: frozenset[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.6)), "")


@rule("L102")
def unbalanced_braces(shop: Shop) -> Iterator[Problem]:
    """A reply holds a brace without its partner, an empty pair, or full-width braces.

    The text would go out with the brace in it instead of a value.
    """
    for script in shop.scripts:
        text = next((text for text in script.wordings if unbalanced(text)), None)
        if text is not None:
            what = f"braces that are no variable in {text[:20]!r}"
            yield at(script, "L102", what, "write {变量名} with both braces, half width")


def unbalanced(text: str) -> bool:
    """Whether a text holds braces that are no variable."""
    left = text
    for name in variables(text):
        left = left.replace("{" + name + "}", "")
    return any(sign in left for sign in "{}｛｝")


@rule("L103")
def unknown_follow_up(shop: Shop) -> Iterator[Problem]:
    """`follow_ups` names a script that the shop does not have, or the script itself."""
    for script in shop.scripts:
        for other in script.follow_ups:
            if other == script.id or other not in shop.by_id:
                what = f"follow-up {other!r} is " + ("itself" if other == script.id else "unknown")
                yield at(script, "L103", what, "name another script's id, or remove it")


@rule("L104")
def question_twice(shop: Shop) -> Iterator[Problem]:
    """The same question stands under two scripts with different replies.

    Which one answers would be chance. Scripts for different platforms, audiences, products or
    dates may share a question.
    """
    for question, other, script in question_owners(shop):
        what = f"question {question!r} also stands under {other.id}"
        yield at(script, "L104", what, "keep it under the script that answers it")


def question_owners(shop: Shop) -> Iterator[tuple[str, Script, Script]]:
    """(question, script, a later script) for every question that two scripts answer otherwise."""
    counts = Counter(form for script in shop.scripts for form in forms_of(script).questions)
    several = {form for form, count in counts.items() if form and count > 1}
    owners: dict[str, list[Script]] = {}
    for script in shop.scripts:
        if several.isdisjoint(forms_of(script).questions):
            continue
        forms = zip(forms_of(script).questions, script.questions, strict=True)
        for form, question in dict(forms).items():
            if form not in several:
                continue
            for other in owners.get(form, ()):
                if normalize(other.reply) != normalize(script.reply) and not apart(script, other):
                    yield question, other, script
                    break
            owners.setdefault(form, []).append(script)


def apart(one: Script, other: Script) -> bool:
    """Whether the two never compete: no platform, audience, product or day in common."""
    for name in ("platforms", "audience", "products"):
        mine, theirs = set(getattr(one, name)), set(getattr(other, name))
        if (mine or theirs) and not mine & theirs:
            return True
    return before(one.valid_until, other.valid_from) or before(other.valid_until, one.valid_from)


def before(end: Moment | None, start: Moment | None) -> bool:
    """Whether one ends before the other starts; open ends never do."""
    return end is not None and start is not None and end.last < start.first


@rule("L105")
def question_repeated(shop: Shop) -> Iterator[Problem]:
    """A script lists the same question twice."""
    for script in shop.scripts:
        forms = forms_of(script).questions
        for form in {f for f in forms if f and forms.count(f) > 1}:
            yield at(script, "L105", f"question {form!r} is listed twice", "remove one")


@rule("L106")
def test_is_a_question(shop: Shop) -> Iterator[Problem]:
    """A held-out test equals a question of the same or another script.

    Then it measures nothing, or asks for another script than the question says.
    """
    tested = {same(test) for script in shop.scripts for test in script.tests} - {""}
    owners = {
        form: script
        for script in shop.scripts
        for form in forms_of(script).questions
        if form in tested
    }
    for script in shop.scripts:
        for test in script.tests:
            owner = owners.get(same(test))
            if owner is not None:
                what = f"test {test!r} is also a question of {owner.id}"
                yield at(script, "L106", what, "word the test another way")


@rule("L107")
def too_long(shop: Shop) -> Iterator[Problem]:
    """A reply, variant or part is longer than a chat box takes (500 characters)."""
    for script in shop.scripts:
        for text in (script.reply, *script.variants, *script.parts):
            if len(text) > LONGEST_REPLY:
                what = f"a wording has {len(text)} characters, a chat box takes {LONGEST_REPLY}"
                yield at(script, "L107", what, "shorten it, or send it in `parts`")
                break


@rule("L108")
def script_dates_reversed(shop: Shop) -> Iterator[Problem]:
    """`valid_until` lies before `valid_from`: the script would never be suggested."""
    for script in shop.scripts:
        if before(script.valid_until, script.valid_from):
            what = f"valid from {script.valid_from} until {script.valid_until}"
            yield at(script, "L108", what, "swap or mend the dates")


@rule("L109")
def fact_dates_reversed(shop: Shop) -> Iterator[Problem]:
    """A fact's `valid_until` lies before its `valid_from`: it would never hold."""
    for fact in shop.facts.values():
        if before(fact.valid_until, fact.valid_from):
            what = f"valid from {fact.valid_from} until {fact.valid_until}"
            yield at_fact(shop, fact, "L109", what, "swap or mend the dates")


@rule("L110")
def empty_fact(shop: Shop) -> Iterator[Problem]:
    """A fact without a value: every script that uses it would wait for it."""
    for fact in shop.facts.values():
        if not fact.value:
            yield at_fact(shop, fact, "L110", "fact has no value", "write its value or remove it")


@rule("L111")
def fact_shadows_page(shop: Shop) -> Iterator[Problem]:
    """A fact has the name of something that each chat page knows of its own shopper or order.

    The fact would win, and every shopper would read the same name or order number.
    """
    for fact in shop.facts.values():
        if fact.name in PAGE_VARIABLES and fact.name != "客服名":
            what = f"fact {fact.name!r} hides what the chat page says of this order"
            yield at_fact(shop, fact, "L111", what, "give the fact another name")


@rule("L112")
def reply_holds_contact(shop: Shop) -> Iterator[Problem]:
    """An approved reply draws a high-severity warning on a platform of the shop.

    Agents would be told to send what they are warned of. The finding names rule and clause.
    """
    # Judged by `run`, which holds the compliance checker; kept here for code and documentation.
    yield from ()
