"""Reads every picture in a folder into a table: `python batch_folder.py SCANS OUT.csv --length 5`.

One Recognizer serves all the threads. A file that cannot be read becomes a row that says why, and
does not stop the others. For whole processes: `inkdigit SCANS --jobs 4`.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from inkdigit import InkDigitError, Recognizer
from inkdigit.results import is_sure

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".gif", ".ppm"}
COLUMNS = ("file", "text", "confidence", "check", "error")


def read_file(path: Path, recognizer: Recognizer, length: int | None) -> dict[str, object]:
    """One row of the table."""
    try:
        reading = recognizer.read(path, length=length)
    except InkDigitError as exc:
        return {"file": path.name, "check": "yes", "error": str(exc)}
    return {
        "file": path.name,
        "text": reading.text,
        "confidence": f"{reading.confidence:.4f}",
        "check": "no" if is_sure(reading.confidence) and "?" not in reading.text else "yes",
    }


def write_table(rows: Iterable[dict[str, object]], path: Path) -> int:
    """Write the rows as they come; returns how many could not be read."""
    failed = 0
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, COLUMNS, restval="")
        table.writeheader()
        for row in rows:
            table.writerow(row)
            failed += "error" in row
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where a file could not be read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("table", type=Path, metavar="OUT.csv")
    parser.add_argument("--length", type=int, help="digits in each line, where that is known")
    args = parser.parse_args(argv)
    paths = sorted(path for path in args.folder.iterdir() if path.suffix.lower() in SUFFIXES)
    read = partial(read_file, recognizer=Recognizer(), length=args.length)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        failed = write_table(threads.map(read, paths), args.table)
    sys.stderr.write(f"{len(paths)} files, {failed} of them unreadable: {args.table}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
