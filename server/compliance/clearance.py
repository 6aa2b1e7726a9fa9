"""Which scripts break a rule of a platform: those are not suggested there."""

from __future__ import annotations

from server.compliance.checker import Checker
from server.compliance.findings import Finding
from server.library import Script, Shop


class Clearance:
    """Remembers what the rules say of each script on each platform; rules alone, so it is quick.

    One per snapshot: facts and rules never change below it.
    """

    def __init__(self, rules: Checker, shop: Shop) -> None:
        self._checker = rules
        self._shop = shop
        self._known: dict[tuple[str, str, str], Finding | None] = {}

    def broken(self, script: Script, platform: str) -> Finding | None:
        """The grave finding that keeps a script from being suggested on a platform, if any."""
        key = (script.id, script.version, platform)
        if key not in self._known:
            self._known[key] = self._grave(script, platform)
        return self._known[key]

    def bars(self, script: Script, platform: str) -> bool:
        """Whether the script is kept from a platform."""
        return self.broken(script, platform) is not None

    def _grave(self, script: Script, platform: str) -> Finding | None:
        for wording in script.wordings:
            findings = self._checker.check(
                wording, direction="outgoing", platform=platform, shop=self._shop
            )
            for finding in findings:
                # A variable in braces is filled before the reply goes out.
                if finding.severity == "high" and finding.category != "unfilled_variable":
                    return finding
        return None
