"""Where the packaged app starts: buildozer and PyInstaller want a main.py.

Elsewhere: `python -m inkdigit_app`.
"""

import sys

from inkdigit_app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
