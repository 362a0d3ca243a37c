"""`python -m inkdigit`."""

import sys

from inkdigit.cli import main

sys.exit(main())
