"""Digits and numbers as pictures with no room around them, or with few pixels; figures out.

What people cut out of a page or a form, and what old data sets of small bitmaps look like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit.drawing import draw_ink
from inkdigit.labels import NOT_DIGIT
from inkdigit_train.data.mnist import load_mnist
from inkdigit_train.data.records import InkRecord
from inkdigit_train.evaluation.answers import LoadedModel
from inkdigit_train.evaluation.drawn.mistakes import Mistake, mistake, save_mistakes
from inkdigit_train.evaluation.figures import accuracy
from inkdigit_train.evaluation.test_sets import read_numbers

__all__ = ["CUTS", "MARGINS", "cut_to_box", "evaluate_crops", "shrink"]

Pixels = NDArray[np.uint8]

DIGITS = 2000  # of MNIST's 10,000 test digits, evenly spaced: each takes milliseconds
SHRUNK_PX = 16  # side of the bitmaps of Semeion and USPS
BLACK_LEVEL = 128  # grey level from which a pixel of a black-and-white bitmap is ink
TILE_PX = 100  # of a mistake's picture on the sheet


def cut_to_box(image: Pixels, margin: int) -> Pixels:
    """An image, light ink on 0, cut to its ink's bounding box and `margin` pixels more."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    box = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(box, margin)


def shrink(image: Pixels, two_tone: bool) -> Pixels:
    """An image, light ink on 0, cut to its ink's box and scaled to (16, 16).

    The longer side fills the picture, the shorter one keeps its proportion and is in the middle.

    Args:
        image: (H, W) uint8.
        two_tone: Whether the result is black and white, 0 and 255, rather than grey.
    """
    box = Image.fromarray(cut_to_box(image, 0))
    scale = SHRUNK_PX / max(box.size)
    width, height = (max(1, round(side * scale)) for side in box.size)
    small = Image.new("L", (SHRUNK_PX, SHRUNK_PX))
    resized = box.resize((width, height), Image.Resampling.BILINEAR)  # averages where it shrinks
    small.paste(resized, ((SHRUNK_PX - width) // 2, (SHRUNK_PX - height) // 2))
    pixels = np.asarray(small)
    return np.where(pixels >= BLACK_LEVEL, np.uint8(255), np.uint8(0)) if two_tone else pixels


CUTS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "no margin": partial(cut_to_box, margin=0),
    "margin of 1 px": partial(cut_to_box, margin=1),
    "16×16 grey": partial(shrink, two_tone=False),
    "16×16 black and white": partial(shrink, two_tone=True),
}
MARGINS = {"no margin": 0, "margin of 1 px": 1, "margin of 2 px": 2, "margin of 5 px": 5}


def evaluate_crops(
    model: LoadedModel, folder: Path | None, limit: int | None, sheets: Path | None
) -> dict[str, Any]:
    """Measure the reading of digits and numbers cut at their box, and of small bitmaps.

    Args:
        model: The model.
        folder: The data folder.
        limit: Only so many digits and about so many numbers.
        sheets: Folder for sheets of mistakes; None for none.

    Returns:
        Ready for JSON: "mnist", 2,000 test digits, as `figures.accuracy` gives for each of `CUTS`;
        "numbers", development numbers drawn 100 px high, "count" and "exact" for each of `MARGINS`.

    Raises:
        DataError, DataNotFoundError: If a data file is damaged, or MNIST is missing.
    """
    tensors = load_mnist(folder, train=False)
    count = min(limit or DIGITS, DIGITS)
    images, labels = (t.numpy()[:: max(1, len(t) // count)][:count] for t in tensors)
    wrong: list[Mistake] = []
    figures: dict[str, Any] = {"mnist": {}}
    for name, cut in CUTS.items():
        answers = model.predict([cut(image) for image in images], f"MNIST, {name}")
        figures["mnist"][name] = accuracy(answers, labels)
        for k in np.flatnonzero(answers.answer != labels):
            read = "?" if answers.answer[k] == NOT_DIGIT else str(answers.answer[k])
            wrong.append(mistake(name, str(labels[k]), read, cut(images[k])))
    if sheets is not None:
        save_mistakes(wrong, sheets / "cut_digits_mistakes.png", "MNIST test, cut", TILE_PX)
    numbers = [] if folder is None else read_numbers(folder, limit)
    if numbers:
        figures["numbers"], misread = _numbers(model, numbers)
        if sheets is not None:
            path = sheets / "cut_numbers_mistakes.png"
            save_mistakes(misread, path, "Real numbers as pictures, cut", 2 * TILE_PX)
    return figures


def _numbers(
    model: LoadedModel, numbers: Sequence[InkRecord]
) -> tuple[dict[str, Any], list[Mistake]]:
    figures, misread = {}, []
    for name, margin in MARGINS.items():
        exact = 0
        for record in numbers:
            picture = draw_ink(record.ink, margin_px=margin)
            text = model.recognizer.read(picture).text
            exact += text == record.label
            if text != record.label:
                misread.append(mistake(name, record.label, text, picture))
        figures[name] = {"count": len(numbers), "exact": exact / len(numbers)}
    return figures, misread
