"""QA's examples of rules, written to the shop's own rules file; the shipped files stay as they are.

The served library follows at once. A file that could not be read afterwards is never kept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from server.base.errors import EntryError, LibraryError
from server.base.yaml_files import write_text
from server.catalog.catalog import Catalog
from server.compliance.assembly import rules_of
from server.compliance.shop_examples import Kind, contradictions, read_examples
from server.library import rules_file
from server.library.example_edit import with_example, without_example
from server.library.save import read_text

_writing = threading.Lock()


def keep_example(catalog: Catalog, shop: str, rule: str, kind: Kind, text: str) -> bool:
    """Adds an example; False when the rules contradict it now, as `bangda lint` will say.

    Raises UsageError when the shop is not in the library or its rules file is broken.
    """
    catalog.snapshot.library.shop(shop)
    path = rules_file(catalog.root / shop)
    with _writing:
        _change(catalog, shop, path, with_example(_read(path), rule, kind, text))
    return (rule, text) not in contradicted(catalog, shop)


def contradicted(catalog: Catalog, shop: str) -> set[tuple[str, str]]:
    """The examples (rule, text) of a shop that `bangda lint` names; empty while it has none.

    Empty for a broken file too: the start page, the log and `bangda lint` say what is wrong there.
    """
    path = rules_file(catalog.root / shop)
    try:
        examples = read_examples(path)
        if not examples:
            return set()
        rules, shipped = rules_of(catalog.root, shop), rules_of(catalog.root)
    except LibraryError:
        return set()
    found = contradictions(examples, str(path), rules, shipped)
    return {(example.rule, example.text) for example, _ in found}


def drop_examples(catalog: Catalog, shop: str, examples: Iterable[tuple[str, str]]) -> None:
    """Removes examples (rule, text): what is deleted of a shopper goes from there too."""
    path = rules_file(catalog.root / shop)
    with _writing:
        old = new = _read(path)
        for rule, text in examples:
            new = without_example(new, rule, text)
        if new != old:
            _change(catalog, shop, path, new)


def _read(path: Path) -> str:
    return read_text(path)


def _change(catalog: Catalog, shop: str, path: Path, new: str) -> None:
    old = path.read_bytes() if path.exists() else None
    if new.strip():
        write_text(path, new)
    else:
        path.unlink(missing_ok=True)
    try:
        rules_of(catalog.root, shop)
        read_examples(path)
    except LibraryError as error:
        if old is None:
            path.unlink(missing_ok=True)
        else:
            write_text(path, old.decode("utf-8"))
        raise EntryError(
            f"the shop's rules file is broken: {error}", "rules_broken", problem=error
        ) from error
    catalog.reload()
