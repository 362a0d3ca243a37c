"""Starts the packaged app: buildozer and PyInstaller need a main.py."""

import sys

from inkdigit_app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
