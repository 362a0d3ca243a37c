"""A picture of a table -> its cells: where the rules run, what lies between them."""
