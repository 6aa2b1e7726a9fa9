"""Replay pages: seller chat pages rebuilt from what is known of their DOM, and how to serve them."""
