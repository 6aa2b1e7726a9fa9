"""Socket and HTTP: parse, one call, serialise."""
