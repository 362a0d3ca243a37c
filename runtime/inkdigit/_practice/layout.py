"""Where things are on the practice sheet, in millimetres from its upper left corner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BOXES", "HOLE_MM", "MARKS", "MARK_MM", "PAGE_MM", "REPEATS", "SheetBox"]

PAGE_MM = (210.0, 297.0)  # A4
MARK_MM = 8.0  # side of a corner mark: 20 pixels where the sheet is 750 pixels high
HOLE_MM = 3.2  # side of the hole in the upper left one, which tells which way is up
MARK_FROM_EDGE_MM = 16.0  # of a mark's middle; printers leave 5 mm blank, and a desk may be dark
REPEATS = 5  # boxes for each digit
# Each digit seven times, no digit twice in a row, none with a leading 0; drawn by chance once.
NUMBERS = (
    "984",
    "3047",
    "458",
    "4956",
    "697",
    "2321",
    "463",
    "4817",
    "826",
    "2757",
    "309",
    "1089",
    "876",
    "9143",
    "510",
    "5206",
    "761",
    "2502",
    "930",
    "8513",
)

_LEFT, _DIGITS_TOP, _NUMBERS_TOP = 20.0, 40.0, 146.0
_BOX, _STEP = (13.0, 16.0), (15.5, 20.0)
_HALF = 90.0  # from the digits 0 to 4 to the digits 5 to 9
_LABEL = 10.0
_FRAME, _FRAME_STEP, _FRAME_DOWN = (38.0, 15.0), (44.0, 25.0), 6.0
_FRAMES_A_ROW = 4


@dataclass(frozen=True)
class SheetBox:
    """A box to write in.

    Attributes:
        text: What to write: a digit or a number.
        left, top, right, bottom: The middle of its frame.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_digit(self) -> bool:
        """Whether it is for one digit."""
        return len(self.text) == 1


def _digit_boxes() -> list[SheetBox]:
    boxes = []
    for digit in range(10):
        left = _LEFT + _LABEL + _HALF * (digit // 5)
        top = _DIGITS_TOP + _STEP[1] * (digit % 5)
        for k in range(REPEATS):
            x = left + _STEP[0] * k
            boxes.append(SheetBox(str(digit), x, top, x + _BOX[0], top + _BOX[1]))
    return boxes


def _number_boxes() -> list[SheetBox]:
    boxes = []
    for k, number in enumerate(NUMBERS):
        x = _LEFT + _FRAME_STEP[0] * (k % _FRAMES_A_ROW)
        y = _NUMBERS_TOP + _FRAME_STEP[1] * (k // _FRAMES_A_ROW) + _FRAME_DOWN
        boxes.append(SheetBox(number, x, y, x + _FRAME[0], y + _FRAME[1]))
    return boxes


BOXES: tuple[SheetBox, ...] = (*_digit_boxes(), *_number_boxes())

_far_x, _far_y = PAGE_MM[0] - MARK_FROM_EDGE_MM, PAGE_MM[1] - MARK_FROM_EDGE_MM
# (4, 2): the middles of the corner marks, clockwise from the upper left one.
MARKS: NDArray[np.float64] = np.array(
    [
        [MARK_FROM_EDGE_MM, MARK_FROM_EDGE_MM],
        [_far_x, MARK_FROM_EDGE_MM],
        [_far_x, _far_y],
        [MARK_FROM_EDGE_MM, _far_y],
    ]
)
