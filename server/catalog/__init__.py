"""What is being served, swapped whole when a file changes."""
