"""Work that no message asks for, on disk: promises and what follows from them."""
