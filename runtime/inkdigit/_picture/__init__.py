"""Pixels in, ink out: where the handwriting is, without background, rules and frames."""
