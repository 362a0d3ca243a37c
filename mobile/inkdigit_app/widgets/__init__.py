"""What is drawn on the screen and takes touches."""
