"""Paths that tests share: the checkout, its samples, ink made here, and the data folder."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
HANDMADE = ROOT / "tests" / "data" / "handmade-digits.jsonl"

# Real data, which is not part of the project; a test that needs it skips without it.
DATA = Path(os.environ.get("INKDIGIT_DATA", ROOT.parent / "shared" / "data"))
