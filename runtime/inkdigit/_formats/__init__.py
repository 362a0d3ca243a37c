"""Files of other programs in, plain data out: bytes, and strokes as lists of points."""
