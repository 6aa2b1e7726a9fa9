"""The replay of verdicts counts what falls silent, and what wrongly does."""

import json

from server.bench import compliance, verdicts

FINE = ["给弄个小票 要专柜的", "有某家同款吗，带标的那种，不要自己的牌子", "什么时候发货"]
BROKEN = ["可以加微信吗", "写好评有没有红包"]


def test_what_was_called_a_false_alarm_falls_silent_and_nothing_else(tmp_path, monkeypatch):
    about = {"style": "plain", "direction": "incoming"}
    rows = [{"text": text, "category": "none", "label": "normal"} | about for text in FINE]
    rows += [{"text": text, "category": "probe", "label": "violating"} | about for text in BROKEN]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "heldout_here.jsonl").write_text(lines, encoding="utf-8")
    for module in (verdicts, compliance):
        monkeypatch.setattr(module, "KNOWLEDGE", tmp_path)
    report = verdicts.verdicts()
    assert "3 fine held-out lines, 2 of them found by the judge alone" in report.about
    again, other, wrong = report.rows
    assert again.value > 0.5
    assert other.value == wrong.value == 0
    assert wrong.what.endswith("(n=10)")
