"""Tests of the room `server/text`."""
