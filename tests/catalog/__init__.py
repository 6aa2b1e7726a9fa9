"""Tests of the room `server/catalog`."""
