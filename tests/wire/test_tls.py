"""A server that a team reaches: encrypted, by a certificate that machines can be made to trust."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from simple_websocket import Client

from server.base.errors import ConfigError
from server.wire.reach import is_loopback, names_of_machine
from server.wire.tls import local_certificate, own_certificate
from tests.conftest import SHIP, say
from tests.support import write_shop


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.8.0.1", True),
     ("0.0.0.0", False), ("192.0.2.7", False), ("::", False), ("shop-pc", False)],
)  # fmt: skip
def test_what_only_this_machine_reaches(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_the_root_stays_while_the_certificate_follows_the_machine(tmp_path: Path) -> None:
    first = local_certificate(tmp_path, ["shop-pc", "192.0.2.7"])
    root, served = (tmp_path / "root.crt").read_bytes(), first.certificate.read_bytes()
    again = local_certificate(tmp_path, ["shop-pc", "192.0.2.7"])
    assert again == first
    assert first.certificate.read_bytes() == served
    moved = local_certificate(tmp_path, ["shop-pc", "192.0.2.8"])
    assert moved.certificate.read_bytes() != served
    assert (tmp_path / "root.crt").read_bytes() == root
    assert moved.fingerprint == first.fingerprint
    assert re.fullmatch(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", first.fingerprint)


def test_damaged_files_are_made_anew(tmp_path: Path) -> None:
    first = local_certificate(tmp_path, ["shop-pc"])
    (tmp_path / "root.key").write_bytes(b"")
    assert local_certificate(tmp_path, ["shop-pc"]).fingerprint != first.fingerprint


@pytest.mark.parametrize("fault", ["missing", "no certificate", "another's key"])
def test_an_own_certificate_is_checked(tmp_path: Path, fault: str) -> None:
    one, other = (local_certificate(tmp_path / name, ["shop-pc"]) for name in "ab")
    certificate, key = one.certificate, one.key
    if fault == "missing":
        certificate = tmp_path / "nowhere.crt"
    elif fault == "no certificate":
        certificate.write_text("hello", encoding="utf-8")
    else:
        key = other.key
    with pytest.raises(ConfigError, match="certificate"):
        own_certificate(certificate, key)


def test_a_server_for_the_room_is_encrypted_and_trusted_by_its_root(tmp_path: Path) -> None:
    library, data = tmp_path / "library", tmp_path / "data"
    write_shop(library, "shop-a", [SHIP])
    command = [sys.executable, "-m", "server", "serve", "--host", "0.0.0.0", "--port", "0",
               "--library", str(library), "--data", str(data)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(3)]
            port = re.search(r"https://\S+:(\d+)", said[0])
            fingerprint, code = said[1].split(": ")[1].strip(), said[2].split(": ")[1].strip()
            assert port is not None, said
            assert fingerprint == local_certificate(data / "tls", []).fingerprint
            base = f"127.0.0.1:{port[1]}"
            trusting = ssl.create_default_context(cafile=data / "tls" / "root.crt")
            body = json.dumps({"code": code, "name": "小王"}).encode()
            request = Request(f"https://{base}/api/v1/pair", body)
            with urlopen(request, context=trusting, timeout=20) as answer:
                token = json.loads(answer.read())["token"]
            ws = Client(f"wss://{base}/live", ssl_context=trusting)
            welcome = say(ws, type="hello", protocol=1, token=token, client="t")
            assert welcome["type"] == "welcome"
            ws.close()
            ws.thread.join()
            ws.sock.close()
            for context in (ssl.create_default_context(), None):
                scheme = "https" if context else "http"
                with pytest.raises((URLError, ConnectionError)):
                    urlopen(f"{scheme}://{base}/healthz", context=context, timeout=20)
        finally:
            process.terminate()
            process.wait(timeout=60)


def test_the_machine_has_a_name() -> None:
    assert names_of_machine("192.0.2.7")[-1] == "192.0.2.7"
    assert not any(is_loopback(name) for name in names_of_machine("0.0.0.0"))
