"""Masking of contact data, ids, cards, plates, addresses and said names before a text is written.

Everything is looked for in the folded text (`undisguise`: full width, circled, spoken or foreign
digits), in which line ends are blanks. Tracking, order and article numbers are kept: leads need
them, and they name no person.

The work is linear in the text's length: every pattern is bounded, and in a row of digits only
stretches of a bounded length are looked at (`tests/text/test_masking.py` counts the steps).
"""

from __future__ import annotations

from collections.abc import Iterator

from server.text.masking.accounts import find_accounts
from server.text.masking.addresses import find_addresses
from server.text.masking.codes import find_codes
from server.text.masking.names import find_names
from server.text.masking.numbers import find_numbers, is_resident_id
from server.text.masking.papers import find_papers
from server.text.masking.secrets import (
    ACCOUNT,
    ADDRESS,
    CARD,
    CODE,
    EMAIL,
    PHONE,
    PLATE,
    RESIDENT_ID,
    Secret,
)
from server.text.undisguise import plain

__all__ = [
    "ACCOUNT",
    "ADDRESS",
    "CARD",
    "CODE",
    "EMAIL",
    "PHONE",
    "PLATE",
    "RESIDENT_ID",
    "is_resident_id",
    "mask",
]


def mask(text: str) -> str:
    """`text` without phones, e-mails, accounts, ids, cards, plates and addresses; names cut."""
    folded = plain(_line_ends_kept(text))
    parts: list[str] = []
    position = 0
    for secret in sorted(_secrets(folded.text), key=lambda found: (found.start, -found.end)):
        start, end = folded.span(secret.start, secret.end)
        if start >= position:
            parts += [text[position:start], secret.shown]
        # Of two that overlap nothing stays, also not the end of the second.
        position = max(position, end)
    return "".join([*parts, text[position:]])


def _line_ends_kept(text: str) -> str:
    """Line ends and tabs as blanks: `plain` drops control signs, which would join two lines."""
    return text.translate({9: " ", 10: " ", 13: " "})


def _secrets(text: str) -> Iterator[Secret]:
    counted = list(find_numbers(text))
    yield from counted
    yield from find_accounts(text)
    yield from find_codes(text)
    yield from find_papers(text)
    yield from find_addresses(text)
    yield from find_names(text, [secret for secret in counted if secret.shown == PHONE])
