"""`bangda fit`: makes what ships in `server/knowledge/` from `knowledge/`. Needs torch."""
