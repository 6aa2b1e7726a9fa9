"""Tests of the room `server/exchange`."""
