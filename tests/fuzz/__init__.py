"""Hostile input: files made to be slow, targets for a fuzzer, and a search for the worst file."""
