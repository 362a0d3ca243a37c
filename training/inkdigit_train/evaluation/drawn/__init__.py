"""Figures and mistakes as pictures: plots, and sheets to look at."""
