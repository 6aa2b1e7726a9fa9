"""What people read on the pages: one JSON file a room and language, Chinese first.

Keys are `room.name`; a file `zh/site.json` holds the keys of the room `site`. `{name}` in a text is
replaced by an argument.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import g, request

LANGUAGES = {"zh": "中文", "en": "English"}
LANGUAGE_COOKIE = "bangda_lang"
_FOLDER = Path(__file__).parent / "texts"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language by `room.name`."""
    texts: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.json")):
        room = json.loads(path.read_text(encoding="utf-8"))
        texts.update({f"{path.stem}.{key}": text for key, text in room.items()})
    return texts


def language() -> str:
    """The language of this request: `?lang=`, else the cookie, else Chinese."""
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "zh")
    return chosen if chosen in LANGUAGES else "zh"


def t(key: str, **arguments: object) -> str:
    """The text of a key in the request's language. A missing key is shown as itself."""
    text = catalogue(g.get("language") or language()).get(key, key)
    for name, value in arguments.items():
        text = text.replace("{" + name + "}", str(value))
    return text
