"""The part of a page that is on the screen, and what moves along with it."""
