"""A month of made-up traffic for the demo."""
