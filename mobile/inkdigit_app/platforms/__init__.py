"""Everything that differs between Android and desktop systems."""
