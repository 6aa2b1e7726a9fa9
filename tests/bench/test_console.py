"""The benchmark of the console opens every page and publishes for real, in a small shop."""

from __future__ import annotations

from server.bench.console import console


def test_each_page_and_a_publish_are_measured() -> None:
    report = console(scripts=40)
    found = {row.what: row.value for row in report.rows}
    for page in ("list", "search by pinyin", "editor with all checks", "health", "gaps"):
        assert 0 < found[page] <= found[f"{page}, slowest"]
    assert found["publish"] > 0
    assert found["health right after a publish"] > 0
