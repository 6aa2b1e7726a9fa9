"""The commands. Only this room and `__main__` print."""
