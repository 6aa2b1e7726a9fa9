"""Pages that the server serves: sign-in, panel, demo, consoles; a blueprint each."""
