"""The practice sheet: a page to print and fill in; how well a hand is read, and the hand learnt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from inkdigit._practice.boxes import CutBox, cut_boxes
from inkdigit._practice.draw import DPI, draw_sheet
from inkdigit._practice.find import find_sheet
from inkdigit.errors import InputError
from inkdigit.files import write_atomic
from inkdigit.images import ImageSource, read_pixels
from inkdigit.labels import ALL_DIGITS
from inkdigit.recognizer import Recognizer
from inkdigit.results import SURE
from inkdigit.writer import Writer

__all__ = ["Practice", "PracticeBox", "practise", "save_practice_sheet"]

MAX_SIDE_PX = 4096  # of a photo: 14 pixels a millimetre of the sheet
MOST_WRONG = 0.5  # of a number's digits: above it something else was copied
# How closely a number's box is looked at, as for `find_ink`: a digit of 1 mm is 14 pixels high.
FINEST = 384.0
OTHERS_RIGHT = 3  # boxes of a digit; then one that surely shows another digit is a slip of the pen


@dataclass(frozen=True)
class PracticeBox:
    """What became of one box.

    Attributes:
        asked: The digit or number that it asks for.
        index: Of the boxes that ask for the same, from 1.
        read: What was read in it, before it was learnt; "" where it is blank.
        learnt: How many of its digits were learnt.
        corrected: How many of these had been misread.
        problem: Why it was not learnt, or not all of it; "" where all of it was.
        corners: Top left, top right, bottom right, bottom left of its frame, x and y in pixels of
            the photo.
    """

    asked: str
    index: int
    read: str
    learnt: int
    corrected: int
    problem: str
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Practice:
    """What a filled sheet shows.

    Attributes:
        boxes: Its boxes: five for each digit, then twenty for numbers.
    """

    boxes: tuple[PracticeBox, ...]

    @property
    def learnt(self) -> int:
        """How many digits were learnt."""
        return sum(box.learnt for box in self.boxes)

    @property
    def corrected(self) -> int:
        """How many of these had been misread."""
        return sum(box.corrected for box in self.boxes)

    @property
    def unlearnt(self) -> tuple[PracticeBox, ...]:
        """The boxes that were not learnt, or not whole."""
        return tuple(box for box in self.boxes if box.problem)

    def read_right(self, digit: str) -> tuple[int, int]:
        """Of a digit's own boxes that are not blank, how many were read right, and how many are."""
        own = [box for box in self.boxes if box.asked == digit and box.read]
        return sum(box.read == digit for box in own), len(own)

    def numbers_right(self) -> tuple[int, int]:
        """The same of the numbers."""
        own = [box for box in self.boxes if len(box.asked) > 1 and box.read]
        return sum(box.read == box.asked for box in own), len(own)


def save_practice_sheet(path: str | os.PathLike[str]) -> None:
    """Write the empty sheet as a PDF of one A4 page, whole or not at all.

    Raises:
        OSError: If the disk is full or the folder cannot be written.
    """
    sheet = draw_sheet()
    write_atomic(path, lambda stream: sheet.save(stream, "PDF", resolution=DPI))


def practise(recognizer: Recognizer, source: ImageSource, writer: Writer) -> Practice:
    """Read a filled sheet, and teach it to a writer.

    A digit's box is learnt if something is written in it, it is a digit, and it is not surely
    another digit than was asked for while others of that digit's boxes were read right. A number is
    learnt if it has as many digits as were asked for, and at most half of them differ.

    Args:
        recognizer: Reads.
        source: A photo or a scan, as for `Recognizer.read`; at an angle, on its side or upside
            down. All four corner marks have to be seen.
        writer: Whose hand it is; learns.

    Returns:
        What was read, with what the writer knew before, and what was learnt.

    Raises:
        InputError: If the source is no picture, is damaged or too large, shows no practice sheet,
            or one of which most boxes are blank: nothing is learnt from it.
        InputTypeError: If it is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file is there and cannot be opened or read.
        MissingExtraError: If it is a PDF, and the extra `pdf` is not installed.
        InferenceError: If the engine fails, or answers with NaN.
    """
    pixels, scale = read_pixels(source, max_side=MAX_SIDE_PX, max_pixels=recognizer.max_pixels)
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    way = find_sheet(grey)
    if way is None:
        raise InputError(
            "shows no practice sheet; expected all four corner marks, and the boxes between them:"
            " take the photo from straight above, in even light"
        )
    cut = cut_boxes(grey, way)
    recognizer = recognizer._looking_from_afar(FINEST)
    read = [_read(recognizer, one, writer) for one in cut]
    if 2 * sum(not found.text for found in read) > len(read):
        raise InputError("shows a practice sheet with most boxes blank; expected a filled one")
    return Practice(tuple(_learnt(recognizer, cut, read, writer, scale)))


@dataclass(frozen=True)
class _Read:
    text: str
    sure: bool


def _read(recognizer: Recognizer, cut: CutBox, writer: Writer) -> _Read:
    if not cut.box.is_digit:
        reading = recognizer.read(cut.picture, upright=True, writer=writer)
        return _Read(reading.text, reading.confidence >= SURE)
    prediction = recognizer.predict_digit(cut.picture, writer=writer)
    if prediction.blank:
        return _Read("", True)
    text = "?" if prediction.digit is None else str(prediction.digit)
    return _Read(text, prediction.confidence >= SURE)


def _learnt(
    recognizer: Recognizer,
    cut: list[CutBox],
    read: list[_Read],
    writer: Writer,
    scale: tuple[float, float],
) -> Iterator[PracticeBox]:
    right = {
        digit: sum(
            found.text == digit
            for one, found in zip(cut, read, strict=True)
            if one.box.text == digit
        )
        for digit in ALL_DIGITS
    }
    count: dict[str, int] = {}
    for one, found in zip(cut, read, strict=True):
        asked = one.box.text
        count[asked] = count.get(asked, 0) + 1
        problem = _problem(asked, found, right.get(asked, 0))
        learnt = corrected = 0
        if not problem:
            lesson = writer.learn(
                recognizer, one.picture, int(asked) if one.box.is_digit else asked
            )
            learnt, corrected = lesson.corrected + lesson.confirmed, lesson.corrected
            missed = ", ".join(asked[index] for index in lesson.missed)
            problem = f"not clear where {missed} is" if missed else ""
        corners = tuple((x * scale[0], y * scale[1]) for x, y in one.corners.tolist())
        yield PracticeBox(asked, count[asked], found.text, learnt, corrected, problem, corners)


def _problem(asked: str, found: _Read, right: int) -> str:
    """Why a box should not be learnt, or ""."""
    if not found.text:
        return "blank"
    if len(asked) == 1:
        if found.text == "?":
            return "not clear"
        if found.text != asked and found.sure and right >= OTHERS_RIGHT:
            return f"surely shows a {found.text}"
        return ""
    if len(found.text) != len(asked):
        return f"not clear: read as {found.text}"
    wrong = sum(a != b for a, b in zip(asked, found.text, strict=True))
    return f"shows another number: {found.text}" if wrong > MOST_WRONG * len(asked) else ""
