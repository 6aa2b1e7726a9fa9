"""Tests of the room `server/ranking`."""
