"""Tests of the room `server/accounts`."""
