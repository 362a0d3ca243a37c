"""Everything the app reads from disk and writes to it."""
