"""One conversation's turn: the place where parts meet."""
