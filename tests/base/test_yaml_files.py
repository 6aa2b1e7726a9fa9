"""Reading YAML as trees with lines; what is refused."""

from __future__ import annotations

import pytest

from server.base.errors import LibraryError
from server.base.yaml_files import Scalar, Table, parse_yaml, to_plain


def test_scalars_stay_the_text_that_stands_in_the_file() -> None:
    tree = parse_yaml("a: 16:00\nb: no\nc: 007\nd: 2026-11-30\ne:\nf: ''\n", "x.yaml")
    assert to_plain(tree) == {
        "a": "16:00",
        "b": "no",
        "c": "007",
        "d": "2026-11-30",
        "e": None,
        "f": "",
    }


def test_lines_count_from_one() -> None:
    tree = parse_yaml("\n# note\nid: a\nreply: b\n", "x.yaml")
    assert isinstance(tree, Table)
    assert tree.key_lines == {"id": 3, "reply": 4}


def test_an_alias_is_written_out() -> None:
    tree = parse_yaml("a: &x [1, 2]\nb: *x\n", "x.yaml")
    assert to_plain(tree) == {"a": ["1", "2"], "b": ["1", "2"]}
    assert isinstance(parse_yaml("a: &x 1\nb: *x", "x.yaml").entries["b"], Scalar)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: 'open\n", 1, "never closed"),
        ("a:\n  - b\n c: d\n", 3, "not aligned"),
        ("? [a]\n: b\n", 1, "no text"),
        ("a: \x07\n", 1, "U+0007"),
        ("[" * 30 + "]" * 30, 1, "too deep"),
        ("a: &a [*a]\n", 1, ""),
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{n}: &{n} [{','.join('*' + p for _ in range(10))}]\n"
                for p, n in zip("abcdefgh", "bcdefghi", strict=True)
            ),
            7,
            "too many values",
        ),
    ],
    ids=["key twice", "quote", "indent", "list as key", "control", "deep", "cycle", "laughs"],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(LibraryError) as refused:
        parse_yaml(text, "x.yaml")
    problem = refused.value.problems[0]
    assert (problem.file, problem.line, problem.code) == ("x.yaml", line, "L001")
    assert said in problem.what
