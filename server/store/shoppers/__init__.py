"""Shoppers on disk: who somebody is, what was noted, what the platform's list says."""

from server.store.shoppers.crowd import Crowd
from server.store.shoppers.members import Member, Members
from server.store.shoppers.notes import Note, Notes
from server.store.shoppers.people import Asked, Duty, People, Sighting

__all__ = ["Asked", "Crowd", "Duty", "Member", "Members", "Note", "Notes", "People", "Sighting"]
