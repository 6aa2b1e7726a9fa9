"""The page side of the extension on replay pages, in a real Chromium."""
