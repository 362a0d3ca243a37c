"""Teaches a hand from labelled pictures: `python learn_my_hand.py LABELS.csv me.json`.

LABELS.csv has a picture and what it shows on each line, as in `scan1.png,1995`; paths are relative
to it. Each picture is read before it is learnt, so the two figures at the end say what the memory
is worth: how many numbers were read right without it, and with what was learnt so far.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from inkdigit import InkDigitError, Recognizer, Writer


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where a picture could not be read or learnt."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labels", type=Path, metavar="LABELS.csv")
    parser.add_argument("hand", type=Path, metavar="ME.json", help="made where there is none")
    args = parser.parse_args(argv)
    recognizer = Recognizer()
    writer = Writer.load(args.hand) if args.hand.exists() else Writer()
    without = with_memory = count = status = 0
    with args.labels.open(newline="", encoding="utf-8") as stream:
        labels = [(row[0], row[1].strip()) for row in csv.reader(stream) if len(row) > 1]
    for name, text in labels:
        picture = args.labels.parent / name
        try:
            plain = recognizer.read(picture).text
            helped = recognizer.read(picture, writer=writer).text
            writer.learn(recognizer, picture, text)
        except InkDigitError as exc:
            sys.stderr.write(f"{picture}: {exc}\n")
            status = 1
            continue
        count += 1
        without += plain == text
        with_memory += helped == text
    writer.save(args.hand)
    sys.stdout.write(
        f"{count} pictures: {without} read right without the memory, {with_memory} with it;"
        f" {len(writer)} glyphs remembered in {args.hand}\n"
    )
    return status


if __name__ == "__main__":
    sys.exit(main())
