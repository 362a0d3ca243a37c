"""Weights of what goes with the networks, fitted to made examples."""
