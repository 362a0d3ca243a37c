"""A reading drawn on what was read: each digit's box, the digit and its confidence."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from inkdigit.drawing import draw_polylines
from inkdigit.errors import InputTypeError
from inkdigit.images import ImageSource, load_image, plain_image, to_bytes
from inkdigit.ink import Ink
from inkdigit.labels import SIGNS
from inkdigit.recognizer import Source
from inkdigit.results import DigitReading, Reading, is_sure, percent
from inkdigit.tables import Cell, Table

__all__ = ["annotate", "annotate_table"]

Colour: TypeAlias = tuple[int, int, int]
Box: TypeAlias = tuple[float, float, float, float]
Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Okabe and Ito's blue, orange and red, which colour-blind people tell apart, darkened until white
# text on them has a contrast of 4.5 and more (WCAG 2.1, 1.4.3).
BLUE, ORANGE, RED = (0, 100, 170), (176, 84, 0), (190, 20, 60)
WHITE, DARK = (255, 255, 255), (32, 32, 32)
INK = 24  # grey level

LEGIBLE_PX = 64  # a digit this high has a label whose small print is 14 px
MAX_ENLARGED_PX = 4096  # no picture is enlarged past this side
INK_DIGIT_PX = 128  # height of an inked digit in its drawing
MAX_INK_PX = 2400  # longest side of a drawing of ink
BLANK_PX = 280  # side of the drawing of no ink

# In digit heights.
DIGIT_FONT, CONFIDENCE_FONT, PADDING = 0.38, 0.23, 0.06
LINE = 0.03
PEN = 0.07
INK_BORDER = 0.9  # a tag fits in

MIN_FONT_PX = 8

PRINT_SIZES = (1.0, 0.75, 0.55)  # of a tag: smaller where it is crowded


@dataclass(frozen=True)
class _Sheet:
    """What is drawn on.

    Attributes:
        picture: RGB.
        scale: Its pixels for one of the input.
        origin: Where its left upper corner lies, in pixels of the input.
        pen: Half a pen's width, in pixels of the picture: boxes of ink hold the points alone.
    """

    picture: Image.Image
    scale: float
    origin: tuple[float, float] = (0.0, 0.0)
    pen: float = 0.0

    def to_picture(self, box: Box) -> Box:
        """A box of the input in pixels of the picture."""
        (x, y), scale, pen = self.origin, self.scale, self.pen
        left, top = (box[0] - x) * scale - pen, (box[1] - y) * scale - pen
        return left, top, (box[2] - x) * scale + pen, (box[3] - y) * scale + pen


@dataclass(frozen=True)
class _Label:
    """One digit's box and tag, in pixels of the picture."""

    box: Box
    tag: Box
    digit: str
    confidence: str
    colour: Colour
    height: float  # of the digits in its row
    print_height: float  # what the tag's print is sized by: less where it is crowded


def annotate(source: Source, reading: Reading) -> Image.Image:
    """Draw a reading on what was read.

    Each digit or sign gets a box, and a tag with the character ("?" for any other glyph) over its
    confidence in whole per cent, rounded down. Boxes of what is sure (see `results.SURE`) are blue,
    of others orange, around no digit red; red without a tag around what was left out.

    Args:
        source: What `Recognizer.read` was given; a file object must be able to seek.
        reading: What it returned.

    Returns:
        RGB. The upright picture, enlarged by a whole number where its digits are too small for a
        legible tag, with a margin where a tag needs one; or the ink, dark on white.

    Raises:
        ImageError: If the file is not a picture, or damaged.
        InputTypeError: If the source or the reading is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    if not isinstance(reading, Reading):
        raise InputTypeError(f"reading is a {type(reading).__name__}; expected a Reading")
    height = _typical_height(reading.digits)
    sheet = _ink_sheet(source, height) if isinstance(source, Ink) else _sheet(source, height)
    labels = _labels(reading.digits, sheet)
    picture, (x, y) = _with_margin(sheet.picture, labels) if labels else (sheet.picture, (0.0, 0.0))
    draw = ImageDraw.Draw(picture)
    for box in reading.left_out:
        _draw_box(draw, _moved(sheet.to_picture(box), x, y), height * sheet.scale, RED)
    for label in labels:
        _draw_box(draw, _moved(label.box, x, y), label.height, label.colour)
    for label in labels:  # after all boxes, so that no box crosses a tag
        _draw_tag(draw, _moved(label.tag, x, y), label)
    return picture


def annotate_table(source: ImageSource, table: Table) -> Image.Image:
    """Draw a table on the picture it was read from.

    Each cell has a thin blue outline. Cells to look at have a thick one, orange, or red where they
    are unreadable or out of range, and a tag with their text ("?" for a blank one) over the
    confidence in whole per cent, rounded down.

    Args:
        source: What `Recognizer.read_table` was given; a file object must be able to seek.
        table: What it returned.

    Returns:
        RGB, the upright picture.

    Raises:
        As `annotate`.
    """
    digits = tuple(
        digit for cell in table.cells if cell.reading is not None for digit in cell.reading.digits
    )
    height = _typical_height(digits)
    sheet = _sheet(source, height)
    draw = ImageDraw.Draw(sheet.picture)
    line = _line_px(max(height * sheet.scale, LEGIBLE_PX))
    for cell in table.cells:
        draw.polygon(_outline(cell, sheet), outline=BLUE, width=max(1, line // 2))
    for cell in table.doubtful:
        colour = RED if cell.unreadable or not cell.in_range else ORANGE
        draw.polygon(_outline(cell, sheet), outline=colour, width=2 * line)
    for cell in table.doubtful:  # after all outlines, so that none crosses a tag
        colour = RED if cell.unreadable or not cell.in_range else ORANGE
        size = max(height * sheet.scale, LEGIBLE_PX) * PRINT_SIZES[-1]
        text = cell.text.replace("\n", " / ") or "?"
        confidence = f"{percent(cell.confidence)}%"
        wide, high = _tag_size(text, confidence, size)
        x, y = _outline(cell, sheet)[0]
        tag = (x + line, y + line, x + line + wide, y + line + high)
        _draw_tag(draw, tag, _Label(tag, tag, text, confidence, colour, size, size))
    return sheet.picture


def _outline(cell: Cell, sheet: _Sheet) -> list[tuple[float, float]]:
    """A cell's corners in pixels of the picture."""
    return [(x * sheet.scale, y * sheet.scale) for x, y in cell.corners]


def _typical_height(digits: tuple[DigitReading, ...]) -> float:
    """The digits' median height in pixels of the input; 0 where there is none."""
    # A wide flat glyph is a dash or a struck-out digit: the width says more of the writing's size.
    whole = [digit for digit in digits if digit.character not in SIGNS] or digits
    return median([_height(digit.box) for digit in whole]) if digits else 0.0


def _height(box: Box) -> float:
    return max(box[3] - box[1], (box[2] - box[0]) / 2)


def _sheet(source: ImageSource, height: float) -> _Sheet:
    """The picture upright and in colour, its digits large enough for labels."""
    picture = _upright(_open(source))
    factor = 1
    if 0 < height < LEGIBLE_PX:
        factor = -int(-LEGIBLE_PX // height)
        factor = max(1, min(factor, MAX_ENLARGED_PX // max(picture.size)))
    if factor > 1:
        size = (picture.width * factor, picture.height * factor)
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    return _Sheet(picture, factor)


def _open(source: ImageSource) -> Image.Image:
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, np.ndarray):
        flat = source[:, :, 0] if source.ndim == 3 and source.shape[2] == 1 else source
        return Image.fromarray(to_bytes(flat))
    return load_image(source)


def _upright(image: Image.Image) -> Image.Image:
    """A copy in RGB, turned as its EXIF block asks."""
    with contextlib.suppress(Exception):  # a damaged EXIF block leaves the picture as it lies
        image = ImageOps.exif_transpose(image)
    image = plain_image(image)
    return _on_paper(image) if image.mode in ("LA", "RGBA") else image.convert("RGB").copy()


def _on_paper(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, or on dark where what is on it is light."""
    image = image.convert("RGBA")
    levels, alpha = np.asarray(image.convert("L")), np.asarray(image.getchannel("A"))
    light = alpha.any() and np.average(levels, weights=alpha) > 128
    paper = Image.new("RGBA", image.size, (*(DARK if light else WHITE), 255))
    return Image.alpha_composite(paper, image).convert("RGB")


def _ink_sheet(ink: Ink, height: float) -> _Sheet:
    """The ink, dark on white, at a size that suits its digits."""
    if not len(ink):
        return _Sheet(Image.new("RGB", (BLANK_PX, BLANK_PX), WHITE), 1.0)
    left, top, right, bottom = ink.bounds
    extent = max(right - left, bottom - top, 1e-6)
    height = height if height > 0 else extent
    scale = min(INK_DIGIT_PX / height, MAX_INK_PX / extent)
    pen = max(1.5, PEN * height * scale)
    border = max(INK_BORDER * height * scale, 2 * pen)
    size = (
        round((right - left) * scale + 2 * border),
        round((bottom - top) * scale + 2 * border),
    )
    polylines = [(s.points.astype(np.float64) - (left, top)) * scale + border for s in ink]
    drawing = draw_polylines(polylines, [pen] * len(polylines), size, ink=INK)
    origin = (left - border / scale, top - border / scale)
    return _Sheet(drawing.convert("RGB"), scale, origin, pen / 2)


def _labels(digits: tuple[DigitReading, ...], sheet: _Sheet) -> list[_Label]:
    """A label for each digit.

    Its tag goes over its box, or under it, or is printed smaller: the first way that covers no box,
    no other tag and stays in the picture, or else the one that covers the least.
    """
    if not digits:
        return []
    typical = _typical_height(digits) * sheet.scale
    heights = {}  # one size a line: a 1 may be written higher than a 0, but tags are alike
    for line in {digit.line for digit in digits}:
        own = _typical_height(tuple(digit for digit in digits if digit.line == line))
        heights[line] = max(own * sheet.scale, typical / 4)
    boxes = np.array([sheet.to_picture(digit.box) for digit in digits])
    taken = np.concatenate([boxes, np.zeros_like(boxes)])  # the boxes, and the tags so far
    labels = []
    for index, digit in enumerate(digits):
        height = heights[digit.line]
        text, confidence = _texts(digit)
        box: Box = tuple(boxes[index])
        tags = np.concatenate(
            [
                _over_and_under(box, _tag_size(text, confidence, height * size), height)
                for size in PRINT_SIZES
            ]
        )
        best = int((_overlap(tags, taken) + _outside(tags, sheet.picture)).argmin())
        taken[len(digits) + index] = tags[best]
        print_height = height * PRINT_SIZES[best // 2]
        tag: Box = tuple(tags[best])
        labels.append(_Label(box, tag, text, confidence, _colour(digit), height, print_height))
    return labels


def _texts(digit: DigitReading) -> tuple[str, str]:
    return digit.character, f"{percent(digit.confidence)}%"


def _colour(digit: DigitReading) -> Colour:
    if digit.character == "?":
        return RED
    return BLUE if is_sure(digit.confidence) else ORANGE


def _over_and_under(box: Box, size: tuple[float, float], height: float) -> NDArray[np.float64]:
    """(2, 4): where a tag of this width and height may go."""
    wide, high = size
    left = (box[0] + box[2] - wide) / 2
    gap = 3 * _line_px(height)
    tops = (box[1] - gap - high, box[3] + gap)
    return np.array([(left, top, left + wide, top + high) for top in tops])


def _overlap(tags: NDArray[np.float64], taken: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): how many square pixels of other boxes and tags each tag would cover."""
    left, top = tags[:, :2].min(axis=0)
    right, bottom = tags[:, 2:].max(axis=0)
    beside = (taken[:, 0] >= right) | (taken[:, 2] <= left)
    apart = (taken[:, 1] >= bottom) | (taken[:, 3] <= top)
    near = taken[~(beside | apart)]  # few, of the thousands that a page can have
    low = np.maximum(tags[:, None, :2], near[None, :, :2])
    high = np.minimum(tags[:, None, 2:], near[None, :, 2:])
    covered: NDArray[np.float64] = (high - low).clip(0).prod(axis=2).sum(axis=1)
    return covered


def _outside(tags: NDArray[np.float64], picture: Image.Image) -> NDArray[np.float64]:
    """(n,): how many square pixels of each tag lie above or below the picture."""
    over, under = (-tags[:, 1]).clip(0), (tags[:, 3] - picture.height).clip(0)
    outside: NDArray[np.float64] = (tags[:, 2] - tags[:, 0]) * (over + under)
    return outside


def _with_margin(
    picture: Image.Image, labels: list[_Label]
) -> tuple[Image.Image, tuple[float, float]]:
    """The picture with room for all tags, and how far that moved it right and down."""
    tags = np.array([label.tag for label in labels])
    room = np.concatenate([-tags[:, :2].min(0), tags[:, 2:].max(0) - picture.size])
    if room.max() <= 0:
        return picture, (0.0, 0.0)
    space = 2 * _line_px(labels[0].height)
    left, top, right, bottom = (int(np.ceil(side)) + space if side > 0 else 0 for side in room)
    fill = _edge_colour(picture)
    return ImageOps.expand(picture, (left, top, right, bottom), fill), (float(left), float(top))


def _edge_colour(picture: Image.Image) -> Colour:
    """What most of the picture's edge is like: its paper, or its canvas."""
    pixels = np.asarray(picture)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(level) for level in np.median(edge, axis=0))
    return red, green, blue


def _moved(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def _draw_box(draw: ImageDraw.ImageDraw, box: Box, height: float, colour: Colour) -> None:
    """Around the ink, not on it; with a white edge that sets it off from a dark background."""
    line = _line_px(height)
    halo = max(1, line // 3)
    inner = (round(box[0]) - 1, round(box[1]) - 1, round(box[2]), round(box[3]))
    for width, reach, paint in ((line + 2 * halo, line + halo, WHITE), (line, line, colour)):
        around = (inner[0] - reach, inner[1] - reach, inner[2] + reach, inner[3] + reach)
        draw.rectangle(around, outline=paint, width=width)


def _draw_tag(draw: ImageDraw.ImageDraw, tag: Box, label: _Label) -> None:
    edge = max(1, _line_px(label.height) // 3)
    draw.rounded_rectangle(
        tag, PADDING * 2 * label.print_height, fill=label.colour, outline=WHITE, width=edge
    )
    centre = (tag[0] + tag[2]) / 2
    digit_font, confidence_font = _fonts(label.print_height)
    padding = PADDING * label.print_height
    top = tag[1] + padding - _extent(digit_font, label.digit)[1]
    _draw_centred(draw, centre, top, label.digit, digit_font)
    top = tag[3] - padding - _extent(confidence_font, label.confidence)[3]
    _draw_centred(draw, centre, top, label.confidence, confidence_font)


def _draw_centred(
    draw: ImageDraw.ImageDraw, centre: float, top: float, text: str, font: Font
) -> None:
    left, _, right, _ = _extent(font, text)
    draw.text((centre - (left + right) / 2, top), text, fill=WHITE, font=font)


@functools.lru_cache(maxsize=1024)
def _tag_size(digit: str, confidence: str, height: float) -> tuple[float, float]:
    """Width and height of a tag in pixels."""
    digit_font, confidence_font = _fonts(height)
    upper, lower = _extent(digit_font, digit), _extent(confidence_font, confidence)
    padding = PADDING * height
    wide = max(upper[2] - upper[0], lower[2] - lower[0]) + 2 * padding
    return wide, upper[3] - upper[1] + lower[3] - lower[1] + 3 * padding


def _extent(font: Font, text: str) -> Box:
    """What the text covers when it is drawn at 0, 0."""
    return font.getbbox(text)


def _line_px(height: float) -> int:
    return max(1, round(LINE * height))


def _fonts(height: float) -> tuple[Font, Font]:
    return _font(round(DIGIT_FONT * height)), _font(round(CONFIDENCE_FONT * height))


@functools.lru_cache(maxsize=64)
def _font(size: int) -> Font:
    return ImageFont.load_default(max(MIN_FONT_PX, size))
