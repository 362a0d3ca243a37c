"""The inkdigit app: write digits with a finger or a mouse and see them read, offline."""
