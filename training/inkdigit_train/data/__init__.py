"""Data sets in; labelled rasters to train on out, real and made."""
