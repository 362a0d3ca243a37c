"""`python -m inkdigit_train`."""

import sys

from inkdigit_train.cli import main

sys.exit(main())
