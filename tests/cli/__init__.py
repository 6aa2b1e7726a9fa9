"""Tests of the room `server/cli`."""
