"""Tests of the room `server/web`."""
