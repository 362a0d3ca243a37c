"""What the app says, in the user's language."""
