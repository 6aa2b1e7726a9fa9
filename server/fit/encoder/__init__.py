"""`bangda fit encoder`: what ships, made from multilingual-e5-small and `knowledge/`."""
