"""Widgets that only pictures need."""
