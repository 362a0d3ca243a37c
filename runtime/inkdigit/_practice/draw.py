"""The practice sheet as it is printed."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from inkdigit._practice.layout import BOXES, HOLE_MM, MARK_MM, MARKS, PAGE_MM, SheetBox

__all__ = ["DPI", "draw_sheet"]

DPI = 300
FRAME_LEVEL, FRAME_MM = 165, 0.35  # paler than any pen, and still seen on a photo
TITLE = "inkdigit: write each digit into its boxes and copy each number below it"
ADVICE = "Write as you usually do, with a dark pen. Then take a photo with all four corner marks."


def draw_sheet(dpi: int = DPI) -> Image.Image:
    """Draw the empty sheet.

    Args:
        dpi: Pixels an inch.

    Returns:
        Mode L, A4.
    """
    mm = dpi / 25.4
    sheet = Image.new("L", (round(PAGE_MM[0] * mm), round(PAGE_MM[1] * mm)), 255)
    pencil = ImageDraw.Draw(sheet)
    for index, (x, y) in enumerate(MARKS.tolist()):
        pencil.rectangle(_square(x, y, MARK_MM, mm), fill=0)
        if index == 0:
            pencil.rectangle(_square(x, y, HOLE_MM, mm), fill=255)
    for text, y, size in ((TITLE, 13.5, 4.2), (ADVICE, 20.0, 3.3)):
        pencil.text((PAGE_MM[0] / 2 * mm, y * mm), text, 0, _font(size * mm), anchor="mm")
    for index, box in enumerate(BOXES):
        edges = [edge * mm for edge in (box.left, box.top, box.right, box.bottom)]
        pencil.rectangle(edges, outline=FRAME_LEVEL, width=max(1, round(FRAME_MM * mm)))
        if box.is_digit and (index == 0 or BOXES[index - 1].text != box.text):
            at = (box.left - 5.5) * mm, (box.top + box.bottom) / 2 * mm
            pencil.text(at, box.text, 0, _font(7 * mm), anchor="mm")
        elif not box.is_digit:
            _label_number(pencil, box, mm)
    return sheet


def _label_number(pencil: ImageDraw.ImageDraw, box: SheetBox, mm: float) -> None:
    at = (box.left + 1) * mm, (box.top - 3) * mm
    pencil.text(at, box.text, 0, _font(4.5 * mm), anchor="lm")


def _square(x: float, y: float, side: float, mm: float) -> list[float]:
    half = side / 2
    return [(x - half) * mm, (y - half) * mm, (x + half) * mm, (y + half) * mm]


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
