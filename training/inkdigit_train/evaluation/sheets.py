"""Single drawings as sheets: mistakes with their answers, and how degraded digits look.

The sheets show parts of the data sets: they are for looking at, not for publishing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

__all__ = ["draw_sheets"]

TILE_PX = 84  # side of a drawing: three times a raster's
CAPTION_PX = 16
COLUMNS = 14
NUMBER_TILES = 3  # a drawing of a number is this many tiles wide
MOST_ON_A_SHEET = 420  # thirty rows; the most confident mistakes come first
EXAMPLES = 14  # digits shown for each degradation


def draw_sheets(
    first: Measured, sets: TestSets, out: Path, numbers: Sequence[InkRecord] = ()
) -> None:
    """Draw one model's mistakes into `out`; `numbers` are in the order that its figures count."""
    _sheet(
        out / "mnist_mistakes.png",
        "MNIST test: truth → answer (? refused), %",
        _mistakes(first.mnist, sets.labels),
        lambda k: sets.images[k],
        lambda k: _caption(str(sets.labels[k]), first.mnist, k),
    )
    _degraded_sheet(sets, out / "drawn_worse.png")
    figures = first.figures.get("numbers", {})
    for group, title in (("real_numbers", "as ink"), ("pictures", "as pictures")):
        if group in figures and len(numbers):
            _numbers_sheet(
                out / f"{group}_mistakes.png",
                f"Real numbers {title}: truth → read / with the length given",
                figures[group]["misread"],
                numbers,
            )
    if first.ink is not None:
        _ink_sheets(first, first.ink, sets, out)


def _ink_sheets(first: Measured, ink: Answers, sets: TestSets, out: Path) -> None:
    _sheet(
        out / "ink_mistakes.png",
        "Ink of unseen writers: truth → answer (? refused), %",
        _mistakes(ink, sets.digit_labels),
        lambda k: rasterize(sets.digits[k].ink, TILE_PX),
        lambda k: _caption(sets.digits[k].label, ink, k),
    )
    others = first.nondigits
    if others is None:
        return
    accepted = np.flatnonzero(others.not_digit <= first.figures["nondigits"]["threshold_at_98"])
    _sheet(
        out / "accepted_nondigits.png",
        "Letters and symbols accepted at 98 % of digits kept: what it is → likeliest digit, %",
        accepted[np.argsort(others.not_digit[accepted])],
        lambda k: rasterize(sets.nondigits[k].ink, TILE_PX),
        lambda k: (
            f"{sets.nondigits[k].label} → {others.likeliest[k]}"
            f" {100 * (1 - others.not_digit[k]):.0f}"
        ),
    )


def _mistakes(answers: Answers, truths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the wrong answers, the most confident first."""
    wrong = np.flatnonzero(answers.answer != truths)
    return np.asarray(wrong[np.argsort(-answers.confidence[wrong], kind="stable")])


def _caption(truth: str, answers: Answers, index: int) -> str:
    refused = "?" if answers.answer[index] == NOT_DIGIT else ""
    return f"{truth} → {refused}{answers.likeliest[index]} {100 * answers.confidence[index]:.0f}"


def _numbers_sheet(
    path: Path, title: str, misread: Sequence[Mapping[str, Any]], numbers: Sequence[InkRecord]
) -> None:
    def caption(k: int) -> str:
        text, fitted = (misread[k][name].replace("\n", "|") for name in ("text", "with_length"))
        return f"{misread[k]['label']} → {text}" + ("" if text == fitted else f" / {fitted}")

    _sheet(
        path,
        title,
        np.arange(len(misread)),
        lambda k: _number_picture(numbers[misread[k]["place"]]),
        caption,
        NUMBER_TILES,
    )


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
    path: Path,
    title: str,
    indices: NDArray[np.int64],
    image: Callable[[int], Images],
    caption: Callable[[int], str],
    tiles: int = 1,
) -> None:
    """Draw captioned drawings, each `tiles` squares wide, dark ink on white.

    Without any drawing the sheet still has its title, which gives their number.
    """
    shown = [int(k) for k in indices[:MOST_ON_A_SHEET]]
    note = f"{title}: {len(indices)}"
    if len(shown) < len(indices):
        note += f", the first {len(shown)} shown"
    columns, wide = COLUMNS // tiles, tiles * TILE_PX + 4
    rows = -(-len(shown) // columns)
    step = TILE_PX + CAPTION_PX
    sheet = Image.new("L", (COLUMNS * (TILE_PX + 4), (rows + 1) * step), 255)
    pen = ImageDraw.Draw(sheet)
    pen.text((4, CAPTION_PX), note, fill=0, font=_font(18))
    for position, index in enumerate(shown):
        left, top = position % columns * wide, (position // columns + 1) * step
        sheet.paste(_tile(image(index)), (left, top - CAPTION_PX))
        pen.text((left + 2, top + TILE_PX - CAPTION_PX), caption(index), fill=0, font=_font(12))
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
