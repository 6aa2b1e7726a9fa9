"""What QA keeps: queue, verdicts, figures, score cards, trails. Importing it adds its tables."""

from server.store.quality import tables

__all__ = ["tables"]
