"""Labelled rasters in, a trained network out."""
