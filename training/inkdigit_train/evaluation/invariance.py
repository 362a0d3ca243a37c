"""A recogniser and a data folder in; how often the text read hangs on what it should not, out.

The same number is read twice: as it was written, and with a change that no reader would notice:
strokes in the other direction or order, points set otherwise, a picture drawn larger or saved as a
JPEG. Only whether the text changes counts, not whether it is right.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit import Ink, Recognizer
from inkdigit.drawing import draw_ink
from inkdigit.ink import arc_length
from inkdigit.recognizer import Source
from inkdigit_train.data.records import InkRecord
from inkdigit_train.evaluation.drawn.mistakes import Mistake, mistake, save_mistakes
from inkdigit_train.evaluation.test_sets import read_numbers

__all__ = ["INK_CHANGES", "PICTURE_CHANGES", "changed_texts", "evaluate_invariance"]

HEIGHT_PX = 100.0  # of each number's points, as on a phone's canvas or a scan of 200 dpi
PEN_PX = 6.0
MARGIN_PX = 47.0  # round the line; 50 round its points
SPACING_PX = 2.0  # between points that are set anew
SMALL, LARGE = 0.5, 3.0  # sizes at which numbers are drawn again
JPEG_QUALITY = 50
BLACK_LEVEL = 128  # grey level below which a pixel of a black-and-white picture is ink
MARGINS_PX = (1, 10, 100)  # of white, added on all four sides
TILE_PX = 200  # of a number on the sheet
SEED = 0  # for the order of strokes


def evaluate_invariance(
    recognizer: Recognizer, folder: Path, limit: int | None = None, sheets: Path | None = None
) -> dict[str, Any]:
    """Count the numbers of a data folder whose text a change that means nothing changes.

    Args:
        recognizer: Reads them.
        folder: The data folder; without numbers there are no figures.
        limit: Only about so many numbers, evenly spaced; None for all.
        sheets: Folder for a sheet of the numbers whose text changed; None for none.

    Returns:
        Ready for JSON: "ink" and "pictures", for each change "count", "changed" (a fraction), and
        "misread" with the index ("place"), label and both texts of each number that changed.

    Raises:
        DataError: If the file is damaged.
    """
    numbers = [_scaled(record) for record in read_numbers(folder, limit)]
    if not numbers:
        return {}
    figures: dict[str, Any] = {}
    drawn: list[Mistake] = []
    for name, show, changes in (
        ("ink", lambda ink: ink, INK_CHANGES),
        ("pictures", _draw, PICTURE_CHANGES),
    ):
        figures[name] = changed_texts(recognizer, numbers, show, changes)
        for change, found in figures[name].items():
            for each in found["misread"]:
                picture = _as_picture(changes[change](numbers[each["place"]].ink))
                drawn.append(mistake(change, each["base"], each["text"], picture))
    if sheets is not None:
        title = "Numbers whose text a change that means nothing changes"
        save_mistakes(drawn, sheets / "changed_numbers.png", title, TILE_PX)
    return figures


def changed_texts(
    recognizer: Recognizer,
    numbers: Sequence[InkRecord],
    show: Callable[[Ink], Source],
    changes: Mapping[str, Callable[[Ink], Source]],
) -> dict[str, Any]:
    """Read numbers as they are and after each change; see `evaluate_invariance`.

    Args:
        recognizer: Reads them.
        numbers: At least one.
        show: What is read of the ink as it is.
        changes: What is read of the changed ink, by the change's name.
    """
    base = [recognizer.read(show(record.ink)).text for record in numbers]
    figures = {}
    for name, change in changes.items():
        misread = []
        for place, record in enumerate(numbers):
            text = recognizer.read(change(record.ink)).text
            if text != base[place]:
                misread.append(
                    {"place": place, "label": record.label, "base": base[place], "text": text}
                )
        figures[name] = {
            "count": len(numbers),
            "changed": len(misread) / len(numbers),
            "misread": misread,
        }
    return figures


def _scaled(record: InkRecord) -> InkRecord:
    """A number whose points are `HEIGHT_PX` high, its top left corner at 50, 50."""
    left, top, _, bottom = record.ink.bounds
    scale = HEIGHT_PX / max(bottom - top, 1e-6)
    corner = MARGIN_PX + PEN_PX / 2
    moved = [(s.points.astype(np.float64) - (left, top)) * scale + corner for s in record.ink]
    return InkRecord(record.label, Ink(moved), record.writer)


def reverse_strokes(ink: Ink) -> Ink:
    """Each stroke from its end to its beginning."""
    return Ink([stroke.points[::-1] for stroke in ink])


def shuffle_strokes(ink: Ink) -> Ink:
    """The strokes in another order, each in a random direction."""
    rng = np.random.default_rng(SEED)
    strokes = [s.points[:: int(rng.choice((1, -1)))] for s in ink]
    return Ink([strokes[k] for k in rng.permutation(len(strokes))])


def resample(ink: Ink, spacing: float = SPACING_PX) -> Ink:
    """Points `spacing` apart along each stroke; the first and the last stay."""
    return Ink([_spaced(stroke.points.astype(np.float64), spacing) for stroke in ink])


def _spaced(points: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    travelled = arc_length(points)
    places = np.append(np.arange(0, travelled[-1], spacing), travelled[-1])
    return np.stack([np.interp(places, travelled, axis) for axis in points.T], axis=1)


def round_points(ink: Ink) -> Ink:
    """Whole coordinates."""
    return Ink([np.rint(stroke.points) for stroke in ink])


def thin_out(ink: Ink) -> Ink:
    """Every second point of each stroke, and its last one."""
    return Ink([np.concatenate([s.points[:-1:2], s.points[-1:]]) for s in ink])


def _draw(ink: Ink, scale: float = 1.0) -> Image.Image:
    height = HEIGHT_PX + PEN_PX
    return draw_ink(ink, height * scale, PEN_PX * scale, MARGIN_PX * scale)


def _as_picture(source: Ink | Image.Image | bytes) -> Image.Image:
    if isinstance(source, Ink):
        return _draw(source)
    return Image.open(io.BytesIO(source)) if isinstance(source, bytes) else source


def _as_jpeg(ink: Ink) -> bytes:
    stream = io.BytesIO()
    _draw(ink).save(stream, "JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def _black_and_white(ink: Ink) -> Image.Image:
    return _draw(ink).point(lambda level: 255 * (level >= BLACK_LEVEL)).convert("1")


def _with_margin(ink: Ink, margin: int) -> Image.Image:
    picture = _draw(ink)
    size = (picture.width + 2 * margin, picture.height + 2 * margin)
    wider = Image.new("L", size, 255)
    wider.paste(picture, (margin, margin))
    return wider


INK_CHANGES: Mapping[str, Callable[[Ink], Ink]] = {
    "strokes reversed": reverse_strokes,
    "strokes shuffled": shuffle_strokes,
    "resampled to 2 px": resample,
    "rounded to whole pixels": round_points,
    "every 2nd point": thin_out,
}
PICTURE_CHANGES: Mapping[str, Callable[[Ink], Image.Image | bytes]] = {
    "drawn × 0.5": partial(_draw, scale=SMALL),
    "drawn × 3": partial(_draw, scale=LARGE),
    "as JPEG 50": _as_jpeg,
    "black and white": _black_and_white,
    **{f"{n} px of margin more": partial(_with_margin, margin=n) for n in MARGINS_PX},
}
