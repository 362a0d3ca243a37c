"""Reads the number in front of a webcam: `python runtime/examples/webcam.py`; q or Escape ends it.

Needs OpenCV: `pip install opencv-python`. Hold the paper close, so that the digits fill a good part
of the picture. What is read is boxed, and printed once it stays the same for some pictures.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from inkdigit import Reading, Recognizer
from inkdigit.results import percent

STEADY = 3  # pictures in a row that read alike, before the text is printed
GREEN, LINE_PX = (60, 160, 60), 2  # blue, green, red, as OpenCV has them
ESCAPE = 27


def draw(frame: Any, reading: Reading) -> None:
    """Draw a box and the reading at each digit."""
    for digit in reading.digits:
        left, top, right, bottom = (round(edge) for edge in digit.box)
        cv2.rectangle(frame, (left, top), (right, bottom), GREEN, LINE_PX)
        text = f"{digit.character} {percent(digit.confidence)}%"
        place = (left, max(top - 6, 12))
        cv2.putText(frame, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, GREEN, LINE_PX)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where there is no camera."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--camera", type=int, default=0, help="its number (default 0)")
    args = parser.parse_args(argv)
    recognizer = Recognizer()
    camera = cv2.VideoCapture(args.camera)
    if not camera.isOpened():
        sys.stderr.write(f"camera {args.camera} cannot be opened; try another with --camera\n")
        return 1
    last, alike = "", 0
    while True:
        there, frame = camera.read()
        if not there:
            break
        # OpenCV's pictures are blue, green, red; inkdigit's are red, green, blue.
        reading = recognizer.read(np.ascontiguousarray(frame[:, :, ::-1]))
        alike = alike + 1 if reading.text == last else 1
        last = reading.text
        if last and alike == STEADY:
            sys.stdout.write(f"{last}\n")
            sys.stdout.flush()
        draw(frame, reading)
        cv2.imshow("inkdigit", frame)
        if cv2.waitKey(1) & 0xFF in (ord("q"), ESCAPE):
            break
    camera.release()
    cv2.destroyAllWindows()
    return 0


if __name__ == "__main__":
    sys.exit(main())
