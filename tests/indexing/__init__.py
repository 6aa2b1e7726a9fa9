"""Tests of the room `server/indexing`."""
