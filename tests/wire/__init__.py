"""Tests of the room `server/wire`."""
