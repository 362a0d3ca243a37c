"""Measures every hostile file against the budget: `python -m tests.fuzz.budget [NAME ...]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.hostile import CASES, MAX_BYTES
from tests.fuzz.hostile_pages import PAGE_CASES, read_as
from tests.fuzz.measure import MAX_MB, MAX_S, measure
from tests.fuzz.readers import WAYS

EVERY = {**CASES, **PAGE_CASES}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=list(EVERY), metavar="NAME")
    parser.add_argument("--how", choices=WAYS, default="read")
    arguments = parser.parse_args()
    over = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.names:
            path = Path(folder) / name
            path.write_bytes(EVERY[name]()[: MAX_BYTES + 1])
            cost = measure(path, read_as(name, arguments.how))
            is_over = cost.seconds > MAX_S or cost.mb > MAX_MB or "CRASH" in cost.answer
            over += is_over
            print(
                f"{name:22} {path.stat().st_size / 1000:7.0f} kB {cost.seconds:6.2f} s"
                f" {cost.mb:6.0f} MB  {cost.answer}{'  OVER' if is_over else ''}",
                flush=True,
            )
            path.unlink()
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
