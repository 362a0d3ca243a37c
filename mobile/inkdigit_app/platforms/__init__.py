"""What differs between systems: Android, desktops, engines."""
