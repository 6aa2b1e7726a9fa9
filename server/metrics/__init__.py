"""Figures for QA and leads: pure functions over rows, no SQL, no clock of their own."""
