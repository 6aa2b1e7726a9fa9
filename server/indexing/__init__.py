"""Texts as vectors and words: encoder, vector cache, domain adapter, BM25, passages."""
