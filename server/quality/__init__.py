"""Figures, reports, the audit trail, and the work nobody waits for."""
