"""Keeping a library true: publishing with history, trials, conflicts, gaps, use."""
