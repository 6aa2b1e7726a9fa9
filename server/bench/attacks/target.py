"""The server that is attacked: two shops, an account of each role, in a process of its own."""

from __future__ import annotations

import http.client
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from server.accounts.tokens import Auth
from server.bench.serving import started
from server.store import Accounts, Database

OWN, FOREIGN = "shop-a", "shop-b"
ROLES = ("agent", "qa", "lead", "admin")
_SCRIPT = "scripts:\n- id: ship.when\n  title: 什么时候发货\n  reply: 今天发，{昵称}\n"
_WITHIN_S = 20
_LONGEST = 2_000_000


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when the server hung up."""

    status: int
    text: str
    location: str = ""


@dataclass(frozen=True)
class Target:
    """Where it listens, its folders, and what opens it: tokens and cookies by role."""

    port: int
    pid: int
    library: Path
    data: Path
    tokens: Mapping[str, str]

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request of its own connection; a mapping is sent as a form."""
        told = dict(headers or {})
        if isinstance(body, Mapping):
            body = urlencode(body).encode()
            told.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_WITHIN_S)
        try:
            host = told.pop("Host", f"127.0.0.1:{self.port}")
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            for name, value in told.items():
                connection.putheader(name, value.encode("latin-1", "replace"))
            if "Content-Length" not in told and "Transfer-Encoding" not in told:
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            text = answer.read(_LONGEST).decode("utf-8", "replace")
            return Answer(answer.status, text, answer.headers.get("Location", ""))
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(0, "")
        finally:
            connection.close()

    def cookie(self, role: str) -> str:
        """A signed-in browser of that role."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_WITHIN_S)
        try:
            form = urlencode({"token": self.tokens[role]})
            told = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/signin", form, told)
            answer = connection.getresponse()
            answer.read()
            held: SimpleCookie = SimpleCookie()
            for line in answer.headers.get_all("Set-Cookie") or []:
                held.load(line)
            return "; ".join(f"{name}={morsel.value}" for name, morsel in held.items())
        finally:
            connection.close()

    def alive(self) -> bool:
        """Whether the same process still answers, and says that all is well."""
        answer = self.ask("GET", "/healthz")
        return answer.status == 200 and f'"pid":{self.pid}' in answer.text.replace(" ", "")


@contextmanager
def target() -> Iterator[Target]:
    """Starts it on a free port of this machine; all is removed behind it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library, data = folder / "library", folder / "data"
        for shop in (OWN, FOREIGN):
            (library / shop).mkdir(parents=True)
            (library / shop / "scripts.yaml").write_text(_SCRIPT, encoding="utf-8")
        data.mkdir()
        database = Database(data / "bangda.db")
        auth = Auth(Accounts(database))
        tokens = {role: auth.issue(f"{role}甲", role, OWN)[1] for role in ROLES}
        auth.issue("乙", "agent", FOREIGN)
        database.close()
        with started(library, data) as (port, pid, _):
            yield Target(port, pid, library, data, tokens)
