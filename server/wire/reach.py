"""By which names and addresses others reach this machine."""

from __future__ import annotations

import ipaddress
import socket

# Reached by nobody: only asked which of this machine's addresses would be used.
_ELSEWHERE = ("192.0.2.1", 9)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def names_of_machine(host: str) -> tuple[str, ...]:
    """The names and addresses by which the room reaches this machine."""
    own = socket.gethostname()
    names = [own, f"{own}.local", *_addresses(own)]
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        names.append(host)
    return tuple(dict.fromkeys(name for name in names if name))


def _addresses(own: str) -> list[str]:
    found: list[str] = []
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(own, None, socket.AF_INET)]
    except OSError:
        found = []  # a machine whose own name resolves to nothing still has addresses
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            found.append(probe.getsockname()[0])
        except OSError:
            found = found or []  # no network at all: the names must do
    return [address for address in found if not is_loopback(address)]
