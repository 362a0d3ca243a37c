"""Strokes or marks in, rows of digit hypotheses out."""
