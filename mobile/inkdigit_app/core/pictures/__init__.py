"""What can be done with a picture, besides reading it as a number."""
