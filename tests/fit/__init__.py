"""Tests of the room `server/fit`."""
