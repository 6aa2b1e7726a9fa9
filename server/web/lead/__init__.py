"""`/lead`: the lead's console."""

from server.web.lead.build import build_lead

__all__ = ["build_lead"]
