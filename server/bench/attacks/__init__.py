"""`bangda bench attacks`: what somebody might try against a server, tried over loopback."""

from server.bench.attacks.run import attacks

__all__ = ["attacks"]
