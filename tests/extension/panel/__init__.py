"""The panel on a page of its own."""
