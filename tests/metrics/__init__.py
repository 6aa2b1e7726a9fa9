"""Tests of the room `server/metrics`."""
