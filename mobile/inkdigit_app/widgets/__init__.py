"""The parts of the screens: each draws itself and takes touches."""
