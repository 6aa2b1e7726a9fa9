"""Which `Host` and `Origin` are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from server.accounts.extension_id import EXTENSION_ORIGIN


@dataclass(frozen=True)
class Gate:
    """Which `Host` and `Origin` are answered: exact values, no patterns."""

    port: int
    names: frozenset[str]
    # By which a proxy in front is opened, over TLS: with its port unless that is 443.
    public: frozenset[str] = frozenset()

    @classmethod
    def around(cls, host: str, port: int, more: Sequence[str] = ()) -> Gate:
        """The gate of a server bound to `host`; loopback names always count."""
        names = {"127.0.0.1", "localhost", "[::1]", *more}
        if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
            names.add(f"[{host}]" if ":" in host else host)
        return cls(port, frozenset(names), frozenset(more))

    def host_allowed(self, host: str) -> bool:
        """Whether a `Host` header names this server (a rebound DNS name does not).

        Some clients that are no browsers leave the port out; a browser never does unless it is 80.
        """
        return host in self.names or host in self._addresses

    def is_own(self, origin: str) -> bool:
        """Whether an `Origin` is one of the server's own pages."""
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https"):
            return False
        if parts.scheme == "https" and parts.netloc in self.public:
            return True
        return parts.netloc in self._addresses or (self.port == 80 and parts.netloc in self.names)

    @property
    def _addresses(self) -> frozenset[str]:
        return frozenset(f"{name}:{self.port}" for name in self.names)

    def origin_allowed(self, origin: str | None) -> bool:
        """Own pages, the extension, and clients that are no browser (no Origin at all)."""
        return origin is None or origin == EXTENSION_ORIGIN or self.is_own(origin)
