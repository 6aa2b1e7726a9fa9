"""SQLite: the default, one file in the data folder."""
