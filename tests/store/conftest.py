"""Which of the store's tests can run here."""

from tests import postgres

# What only PostgreSQL has cannot be tried without one; head and foot of the run say so.
_BOTH = ["test_move.py", "test_postgres.py", "test_same_answers.py"]
collect_ignore = [] if "postgres" in postgres.ENGINES else _BOTH
