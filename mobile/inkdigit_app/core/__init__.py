"""The app's state and logic, without a window or a disk."""
