"""How a page is seen through the canvas."""
