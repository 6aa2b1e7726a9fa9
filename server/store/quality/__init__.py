"""What QA keeps: queue, verdicts, figures, score cards, trails. Importing it adds its tables."""

from server.store.quality import tables, tables_days

__all__ = ["tables", "tables_days"]
