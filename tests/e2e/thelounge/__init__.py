"""The Lounge, a web IRC client that nobody here wrote, as a seller's chat page."""
