"""The tables, one step after another, in the order of the files' numbers.

A step that has shipped is never edited or renamed; add a file and name it last.
Times are UTC, ISO 8601 with milliseconds. `text` and `matched` columns are masked before writing.
"""

from server.store.migrations import (
    s1_traffic,
    s2_quality,
    s3_quality_days,
    s4_curation,
    s5_page_sessions,
    s6_phrases,
    s7_ids,
    s8_orders,
    s9_shoppers,
    s10_promises,
    s11_servers,
    s12_unpaid,
    s13_requests,
    s14_order_batches,
    s15_second_thoughts,
    s16_day_notes,
    s17_reviews,
    s18_shared_work,
    s19_follow_ups,
    s20_seen_amounts,
    s21_shared_vectors,
    s22_import_rows,
)
from server.store.migrations.registry import migrations

__all__ = [
    "migrations",
    "s1_traffic",
    "s2_quality",
    "s3_quality_days",
    "s4_curation",
    "s5_page_sessions",
    "s6_phrases",
    "s7_ids",
    "s8_orders",
    "s9_shoppers",
    "s10_promises",
    "s11_servers",
    "s12_unpaid",
    "s13_requests",
    "s14_order_batches",
    "s15_second_thoughts",
    "s16_day_notes",
    "s17_reviews",
    "s18_shared_work",
    "s19_follow_ups",
    "s20_seen_amounts",
    "s21_shared_vectors",
    "s22_import_rows",
]
