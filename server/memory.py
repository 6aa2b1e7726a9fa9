"""What agents of a shop accepted before, as evidence for the ranking."""

from __future__ import annotations


class Memory:
    """Accepted messages and their scripts."""
