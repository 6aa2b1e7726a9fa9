"""What the rules say of each script on each platform: what breaks one is not suggested there."""

from __future__ import annotations

from server.compliance.checker import Checker
from server.compliance.findings import Finding
from server.library import Script, Shop


class Clearance:
    """Remembers the findings of each script on each platform; rules alone, so it is quick.

    One per snapshot: facts and rules never change below it. What was found `before` holds on as
    long as they are the same.
    """

    def __init__(self, rules: Checker, shop: Shop, before: Clearance | None = None) -> None:
        self._checker = rules
        self._shop = shop
        self._known: dict[tuple[str, str, str], tuple[Finding, ...]] = {}
        if before is not None and before._checker is rules and before._shop.facts == shop.facts:
            there = {(script.id, script.version) for script in shop.scripts}
            # A copy of what is there now: another thread may still be adding to it.
            held = list(before._known.items())
            self._known = {key: found for key, found in held if key[:2] in there}

    @property
    def rules(self) -> Checker:
        """The rules that are asked."""
        return self._checker

    def findings(self, script: Script, platform: str) -> tuple[Finding, ...]:
        """What the rules find in a script's wordings on a platform, each rule and match once.

        Variables in braces are filled before a reply goes out, so they are no finding.
        """
        key = (script.id, script.version, platform)
        if key not in self._known:
            self._known[key] = self._found(script, platform)
        return self._known[key]

    def broken(self, script: Script, platform: str) -> Finding | None:
        """The grave finding that keeps a script from being suggested on a platform, if any."""
        found = self.findings(script, platform)
        return next((one for one in found if one.severity == "high"), None)

    def bars(self, script: Script, platform: str) -> bool:
        """Whether the script is kept from a platform."""
        return self.broken(script, platform) is not None

    def _found(self, script: Script, platform: str) -> tuple[Finding, ...]:
        found: dict[tuple[str, str], Finding] = {}
        for wording in script.wordings:
            for one in self._checker.check(
                wording, direction="outgoing", platform=platform, shop=self._shop
            ):
                if one.category != "unfilled_variable":
                    found.setdefault((one.rule, one.matched), one)
        return tuple(found.values())
