"""Tests of the room `server/base`."""
