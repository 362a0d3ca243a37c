"""Single drawings as sheets: mistakes with their answers, and how degraded digits look.

The sheets show parts of the data sets: they are for looking at, not for publishing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inkdigit import rasterize
from inkdigit.drawing import draw_ink
from inkdigit.files import write_atomic
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.records import InkRecord
from inkdigit_train.evaluation.answers import Answers
from inkdigit_train.evaluation.degrade import Images
from inkdigit_train.evaluation.figures import Measured
from inkdigit_train.evaluation.test_sets import TestSets

__all__ = ["draw_number_sheets", "draw_sheets"]

TILE_PX = 84  # side of a drawing: three times a raster's
CAPTION_PX = 16
COLUMNS = 14
NUMBER_TILES = 3  # a drawing of a number is this many tiles wide
MOST_ON_A_SHEET = 420  # thirty rows; the most confident mistakes come first
EXAMPLES = 14  # digits shown for each degradation


def draw_sheets(first: Measured, sets: TestSets, out: Path) -> None:
    """Draw one model's mistakes on single digits into `out`."""
    wrong = _mistakes(first.mnist, sets.labels)
    drawings = ((sets.images[k], _caption(str(sets.labels[k]), first.mnist, k)) for k in wrong)
    title = "MNIST test: truth → answer (? refused), %"
    _sheet(out / "mnist_mistakes.png", title, len(wrong), drawings)
    _degraded_sheet(sets, out / "drawn_worse.png")
    if first.ink is not None:
        _ink_sheets(first, first.ink, sets, out)


def draw_number_sheets(figures: Mapping[str, Any], numbers: Sequence[InkRecord], out: Path) -> None:
    """Draw the misread of `evaluate_numbers` into `out`; `numbers` are in the order counted."""
    for group, shown in (("real_numbers", "as ink"), ("pictures", "as pictures")):
        if group in figures and len(numbers):
            misread = figures[group]["misread"]
            drawings = ((_number_picture(numbers[m["place"]]), _misreading(m)) for m in misread)
            title = f"Real numbers {shown}: truth → read / with the length given"
            _sheet(out / f"{group}_mistakes.png", title, len(misread), drawings, NUMBER_TILES)


def _ink_sheets(first: Measured, ink: Answers, sets: TestSets, out: Path) -> None:
    wrong = _mistakes(ink, sets.digit_labels)
    records = ((k, sets.digits[k]) for k in wrong)
    drawings = ((rasterize(r.ink, TILE_PX), _caption(r.label, ink, k)) for k, r in records)
    title = "Ink of unseen writers: truth → answer (? refused), %"
    _sheet(out / "ink_mistakes.png", title, len(wrong), drawings)
    if first.nondigits is None:
        return
    likeliest, not_digit = first.nondigits.likeliest, first.nondigits.not_digit
    accepted = np.flatnonzero(not_digit <= first.figures["nondigits"]["threshold_at_98"])
    accepted = accepted[np.argsort(not_digit[accepted])]
    records = ((k, sets.nondigits[k]) for k in accepted.tolist())
    drawings = (
        (rasterize(r.ink, TILE_PX), f"{r.label} → {likeliest[k]} {100 * (1 - not_digit[k]):.0f}")
        for k, r in records
    )
    title = "Letters and symbols accepted at 98 % of digits kept: what it is → likeliest digit, %"
    _sheet(out / "accepted_nondigits.png", title, len(accepted), drawings)


def _mistakes(answers: Answers, truths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the wrong answers, the most confident first."""
    wrong = np.flatnonzero(answers.answer != truths)
    return np.asarray(wrong[np.argsort(-answers.confidence[wrong], kind="stable")])


def _caption(truth: str, answers: Answers, index: int) -> str:
    refused = "?" if answers.answer[index] == NOT_DIGIT else ""
    return f"{truth} → {refused}{answers.likeliest[index]} {100 * answers.confidence[index]:.0f}"


def _misreading(misread: Mapping[str, Any]) -> str:
    text, fitted = (misread[name].replace("\n", "|") for name in ("text", "with_length"))
    return f"{misread['label']} → {text}" + ("" if text == fitted else f" / {fitted}")


def _number_picture(number: InkRecord) -> Images:
    """(TILE_PX, NUMBER_TILES × TILE_PX) float32, 1 = ink: the number as large as fits."""
    picture = draw_ink(number.ink)
    room = (NUMBER_TILES * TILE_PX, TILE_PX)
    scale = min(room[0] / picture.width, room[1] / picture.height)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    sheet = Image.new("L", room, 255)
    sheet.paste(picture.resize(size), ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
    return np.asarray(1 - np.asarray(sheet, np.float32) / 255, np.float32)


def _sheet(
    path: Path, title: str, count: int, drawings: Iterable[tuple[Images, str]], tiles: int = 1
) -> None:
    """Draw the first of `count` captioned drawings, each `tiles` squares wide, dark ink on white.

    Without any drawing the sheet still has its title, which gives their number.
    """
    shown = list(islice(drawings, MOST_ON_A_SHEET))
    note = f"{title}: {count}"
    if len(shown) < count:
        note += f", the first {len(shown)} shown"
    columns, wide = COLUMNS // tiles, tiles * TILE_PX + 4
    rows = -(-len(shown) // columns)
    step = TILE_PX + CAPTION_PX
    sheet = Image.new("L", (COLUMNS * (TILE_PX + 4), (rows + 1) * step), 255)
    pen = ImageDraw.Draw(sheet)
    pen.text((4, CAPTION_PX), note, fill=0, font=_font(18))
    for position, (picture, caption) in enumerate(shown):
        left, top = position % columns * wide, (position // columns + 1) * step
        sheet.paste(_tile(picture), (left, top - CAPTION_PX))
        pen.text((left + 2, top + TILE_PX - CAPTION_PX), caption, fill=0, font=_font(12))
    _save_sheet(sheet, path)


def _degraded_sheet(sets: TestSets, path: Path) -> None:
    """The same digits in a row for each degradation."""
    rows = {"as it is": sets.images, **sets.degraded}
    margin = 90
    size = (margin + EXAMPLES * (TILE_PX + 4), len(rows) * (TILE_PX + 4))
    sheet = Image.new("L", size, 255)
    pen = ImageDraw.Draw(sheet)
    for row, (name, images) in enumerate(rows.items()):
        top = row * (TILE_PX + 4)
        pen.text((4, top + TILE_PX // 2 - 8), name, fill=0, font=_font(14))
        for column, image in enumerate(images[:EXAMPLES]):
            sheet.paste(_tile(image), (margin + column * (TILE_PX + 4), top))
    _save_sheet(sheet, path)


def _tile(raster: Images) -> Image.Image:
    picture = Image.fromarray(np.rint(255 * (1 - raster)).astype(np.uint8))
    size = (TILE_PX * raster.shape[1] // raster.shape[0], TILE_PX)
    return picture.resize(size, Image.Resampling.NEAREST)


def _save_sheet(sheet: Image.Image, path: Path) -> None:
    write_atomic(path, lambda stream: sheet.save(stream, format="png", optimize=True))


def _font(size: int) -> ImageFont.FreeTypeFont:
    # matplotlib's font: Pillow's default has no arrow.
    return ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)
