"""Trained networks in, the artifact out: export, decoder weights, figures."""
