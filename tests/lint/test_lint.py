"""Every lint code has a failing example; the samples have none."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from server.base.config import shipped
from server.library import Shop, load_library
from server.lint import LOADER_CODES, REMARKS, RULES, documentation, lint_library, remarks_of
from server.lint.docs import updated

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
SHOP_KEYS = ("facts:", "levels:", "synonyms:", "timers:", "variables:", "settings:")
FOLDER_CODES = {"L010", "L011", "L020"}


def library_of(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "lib" / "shop-a"
    folder.mkdir(parents=True)
    of_shop = text.startswith(SHOP_KEYS)
    of_products = text.startswith("products:")
    name = "shop.yaml" if of_shop else "products.yaml" if of_products else "scripts.yaml"
    # An example of a shop may bring its scripts along.
    text, mark, scripts = text.partition("scripts:\n") if of_shop else (text, "", "")
    (folder / name).write_text(text, encoding="utf-8")
    if of_shop:
        scripts = mark + scripts or "scripts:\n  - id: a\n    reply: 好\n"
        (folder / "scripts.yaml").write_text(scripts, "utf-8")
    return tmp_path / "lib"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_fails_by_its_code_alone(tmp_path: Path, example: Path) -> None:
    found = lint_library(library_of(tmp_path, example.read_text(encoding="utf-8")))
    assert {problem.code for problem in found} == {example.stem}
    assert all(problem.line > 0 and problem.what and problem.fix for problem in found)
    assert all(problem.file.startswith("shop-a/") for problem in found)


def test_every_code_has_an_example() -> None:
    assert {path.stem for path in EXAMPLES} | FOLDER_CODES == set(LOADER_CODES) | set(RULES)


def test_every_code_is_documented() -> None:
    assert all(text.strip() for _, text in documentation())
    assert all(function.__doc__ for function in REMARKS.values())


def test_samples_are_clean() -> None:
    assert [str(problem) for problem in lint_library(shipped("scripts_library"))] == []


def test_bare_library_is_clean(tmp_path: Path) -> None:
    assert lint_library(library_of(tmp_path, "scripts:\n  - id: a\n    reply: 好\n")) == []


@pytest.mark.parametrize(("make", "code"), [(False, "L010"), (True, "L011")])
def test_missing_and_empty_folder(tmp_path: Path, make: bool, code: str) -> None:
    root = tmp_path / "lib"
    if make:
        root.mkdir()
    assert [problem.code for problem in lint_library(root)] == [code]


def test_broken_rule_file_is_a_finding(tmp_path: Path) -> None:
    root = library_of(tmp_path, "scripts:\n  - id: a\n    reply: 好\n")
    (root / "rules").mkdir()
    (root / "rules" / "mine.yaml").write_text("rules:\n  - id: x\n", encoding="utf-8")
    found = lint_library(root)
    assert found
    assert {problem.file for problem in found} == {"rules/mine.yaml"}


def test_scripts_for_different_platforms_may_share_a_question(tmp_path: Path) -> None:
    text = "scripts:\n" + "".join(
        f"  - id: {p}\n    reply: 用{p}\n    questions: [怎么付]\n    platforms: [{p}]\n"
        for p in ("jd", "taobao")
    )
    assert lint_library(library_of(tmp_path, text)) == []


def shop_of(tmp_path: Path, text: str) -> Shop:
    return load_library(library_of(tmp_path, text)).shops["shop-a"]


NOON = datetime.datetime(2026, 11, 21, 12)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("tests: []", "N201"),
        ("questions: []", "N202"),
        ("valid_until: 2026-11-20", "N203"),
        ("valid_until: 2026-11-25", "N204"),
        ("reviewed: 2026-01-01", "N206"),
        (f"reply: {'好' * 121}", "N207"),
        ("stage: ''", "N208"),
    ],
)
def test_remarks(tmp_path: Path, fields: str, code: str) -> None:
    whole = {"id": "a", "reply": "好", "stage": "售前", "questions": "[在吗]", "tests": "[你好]"}
    name, value = fields.split(": ", 1)
    text = "scripts:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in (whole | {name: value}).items())
    assert [r.code for r in remarks_of(shop_of(tmp_path, text), NOON)] == [code]


def test_script_with_an_expired_fact_falls_silent(tmp_path: Path) -> None:
    root = library_of(
        tmp_path,
        "scripts:\n  - id: a\n    reply: 现在{满减}\n    stage: 售前\n    questions: [有活动吗]\n"
        "    tests: [优惠呢]\n",
    )
    text = "facts:\n  满减:\n    value: 满1减1\n    valid_until: 2026-11-14\n"
    (root / "shop-a" / "shop.yaml").write_text(text, encoding="utf-8")
    shop = load_library(root).shops["shop-a"]
    assert [(r.code, r.subject) for r in remarks_of(shop, NOON)] == [("N205", "a")]


def test_documented_tables_are_the_code_s() -> None:
    text = (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")
    assert updated(text) == text, "run: python -m server.lint.docs"
