"""Tests of the room `server/quality`."""
