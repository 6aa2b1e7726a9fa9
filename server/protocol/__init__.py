"""The frames of the live protocol, and their documentation."""
