"""`python -m inkdigit`."""

import sys

from inkdigit.cli import main

if __name__ == "__main__":  # a process of --jobs may import this file
    sys.exit(main())
