"""Texts made comparable, understood, undisguised and masked."""
