"""The app's screens, each made of widgets."""
