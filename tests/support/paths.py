"""Where tests find what they read: the checkout, its samples, ink made here, and data beside it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
HANDMADE = ROOT / "tests" / "data" / "handmade-digits.jsonl"
DATA = ROOT.parent / "shared" / "data"  # real material; a test that needs it skips without it
