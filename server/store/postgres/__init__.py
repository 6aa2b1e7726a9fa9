"""PostgreSQL: one database for any number of servers; extra `postgres`."""
