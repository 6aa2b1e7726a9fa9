"""Tests of the room `server/compliance`."""
