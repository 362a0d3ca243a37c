"""Pictures composed here with full truth: which pixels are handwriting, and which digit each is of."""
