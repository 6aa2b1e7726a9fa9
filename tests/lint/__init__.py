"""Tests of the room `server/lint`."""
