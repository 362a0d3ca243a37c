"""Scored hypotheses in, the best reading of each row out."""
