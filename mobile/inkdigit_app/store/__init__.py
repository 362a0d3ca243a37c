"""What the app keeps on disk, and what it opens and writes."""
