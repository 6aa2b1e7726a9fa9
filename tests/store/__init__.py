"""Tests of the room `server/store`."""
