"""Strokes or ink in, (28, 28) rasters out: what the digit network sees."""
