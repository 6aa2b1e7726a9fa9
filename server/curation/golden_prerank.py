"""Where the golden questions of each shop stand, ranked ahead while a lead is still typing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from server.curation.golden import Stands, carried
from server.curation.golden_ranks import Question, stand_of
from server.library import Script
from server.scripts_index import ScriptsIndex
from server.suggest import Terms
from server.text.synonyms import Synonyms

WARMING = "warm-golden"
"""The name of the threads that rank ahead."""


class GoldenPrerank:
    """Keeps the stands of each shop's served version; a new version keeps what it cannot move."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Sequence[Script], Synonyms, Stands]] = {}
        self._begun: dict[str, Stands] = {}

    def stands(self, shop: str, index: ScriptsIndex) -> Stands:
        """What is known of the golden questions in `index`, the one that is served."""
        with self._lock:
            scripts, synonyms, stands = self._held.get(shop, ((), index.synonyms, {}))
            if synonyms != index.synonyms:
                stands = {}
            elif scripts is not index.scripts:
                stands = carried(stands, scripts, index)
            self._held[shop] = index.scripts, index.synonyms, stands
            return stands

    def warm(
        self,
        shop: str,
        index: ScriptsIndex,
        questions: Callable[[], Sequence[Question]],
        terms: Terms,
    ) -> None:
        """Ranks what is not known yet, in a thread; once a version of the shop."""
        stands = self.stands(shop, index)
        with self._lock:
            if self._begun.get(shop) is stands:
                return
            self._begun[shop] = stands

        def rank_all() -> None:
            for question in questions():
                if self._begun.get(shop) is not stands:
                    return  # a newer version is served: its own questions are ranked instead
                if question not in stands:
                    stands[question] = stand_of(question, index, terms)

        threading.Thread(target=rank_all, name=WARMING, daemon=True).start()
