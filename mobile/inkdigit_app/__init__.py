"""The inkdigit app: draw a digit with a finger or a mouse, see it read. Offline.

Importing this package loads no Kivy; the modules with a widget in them do.
"""
