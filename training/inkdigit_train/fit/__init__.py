"""Data in, a trained network out."""
