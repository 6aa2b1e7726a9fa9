"""What the lead's console keeps: versions, proposals, gaps dealt with, saved golden questions."""

from server.store.curation.history import Batch, History, Version
from server.store.curation.inbox import Golden, Inbox, Proposal
from server.store.curation.usage import Usage

__all__ = ["Batch", "Golden", "History", "Inbox", "Proposal", "Usage", "Version"]
