"""Where every step registers itself."""

from sqlite_utils import Migrations

migrations = Migrations("bangda")
