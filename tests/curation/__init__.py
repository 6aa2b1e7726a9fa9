"""Tests of the room `server/curation`."""
