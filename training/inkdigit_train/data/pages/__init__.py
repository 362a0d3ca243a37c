"""Made pictures with full truth: which pixels are handwriting, and of which digit each is."""
