"""A trial of reading with the ink network: its maps instead of the rules', the rest as it is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit import Recognizer
from inkdigit._framing.normalize import normalize
from inkdigit._picture.components import label
from inkdigit._picture.morphology import grow
from inkdigit._segment import marks
from inkdigit._segment.marks import segment_picture
from inkdigit.live import parse_constraints, read_layout, score_layout
from inkdigit_train.evaluation.pictures import Reader, Source, pixels_of

__all__ = ["InkReader", "network_reader", "onnx_finder", "torch_finder"]

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Finder = Callable[[Floats], Floats]  # (3, H, W) 0 to 255 in, (2, H, W) probabilities out

MULTIPLE = 16
FIRST_LOOK_PX = 64  # longer side at which one digit is looked for,
SECOND_LOOK_PX = 80  # and at which it is looked at once it is found
MARGIN = 0.15  # around the digit at the second look, over its longer side
FOUND = 0.5  # probability at which a pixel is ink
LEVEL = 0.3  # probability from which pixels hang together
MIDDLE = 0.35  # of the picture's side: a mark this far from the middle weighs a third
LEAST_INK = 6  # pixels of the first look that are no speck
COARSE_PX = 72  # shorter side at which a page is first looked at, for large digits,
COARSE_LONGEST_PX = 480  # and its longer side at most
SMALL_PX = 10  # digits lower than this are looked at again at twice the scale,
AGREE = 0.25  # and others until two scales agree on their height to this part of it,
PLAIN_PX, FAINT, SURE = 18, 0.2, 0.5  # or are this high, and their pixels this sure on average
LARGEST_SURVEY = 1.01  # scale up to which digits are looked for
MOST_AREA = 1_200_000
AIM_PX = 36  # height of a digit at which a page is read,
GOOD_PX = (26, 60)  # or within these without a second look
MOST_ENLARGED = 8


def torch_finder(checkpoint: Path) -> Finder:
    """The network of a checkpoint."""
    import torch

    from inkdigit_train.fit.ink_train import load_ink_net

    net = load_ink_net(checkpoint)

    def find(pixels: Floats) -> Floats:
        with torch.no_grad():
            found: Floats = net(torch.from_numpy(pixels)[None])[0].sigmoid().numpy()
        return found

    return find


def onnx_finder(path: Path) -> Finder:
    """An exported network."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def find(pixels: Floats) -> Floats:
        found: Floats = session.run(None, {session.get_inputs()[0].name: pixels[None]})[0][0]
        return found

    return find


class InkReader:
    """Reads pictures through the ink network.

    Args:
        find: The network.
        recognizer: Reads the ink it finds.
    """

    def __init__(self, find: Finder, recognizer: Recognizer) -> None:
        self._find, self._recognizer = find, recognizer

    def digit(self, pixels: Pixels) -> str:
        """The one digit that is meant, "" where there is none."""
        ink = self.digit_ink(pixels)
        if ink is None:
            return ""
        probabilities, _ = self._recognizer.classify(normalize(ink)[None])
        prediction = self._recognizer._prediction(probabilities[0])
        return "" if prediction.digit is None else str(prediction.digit)

    def digit_ink(self, pixels: Pixels) -> Floats | None:
        """The ink of the digit that is meant at the scale of the second look, None if blank."""
        height, width = pixels.shape[:2]
        first = self._look(pixels, (0, 0, width, height), FIRST_LOOK_PX)[1]
        mask = first >= FOUND
        if mask.sum() < LEAST_INK:
            return None
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        scale_y, scale_x = height / first.shape[0], width / first.shape[1]
        top, bottom = rows[0] * scale_y, (rows[-1] + 1) * scale_y
        left, right = columns[0] * scale_x, (columns[-1] + 1) * scale_x
        room = MARGIN * max(bottom - top, right - left)
        box = (
            max(left - room, 0), max(top - room, 0),
            min(right + room, width), min(bottom + room, height),
        )  # fmt: skip
        any_ink, second = self._look(pixels, box, SECOND_LOOK_PX)
        if (second >= FOUND).sum() < LEAST_INK:
            return None
        return _in_the_middle(second, np.maximum(any_ink, second))

    def number(self, pixels: Pixels) -> str:
        """All numbers, a row a line."""
        ink, scale = self.page_ink(pixels)
        with _without_rules():
            layout = segment_picture(ink, scale)
            limits, digits = parse_constraints(None, "0123456789")
            scores = score_layout(layout, self._recognizer._logits)
            return read_layout(layout, scores, limits, digits).text

    def page_ink(self, pixels: Pixels) -> tuple[Floats, tuple[float, float]]:
        """The ink of a page at the scale it is read, and the input's pixels in one of the map's."""
        height, width = pixels.shape[:2]
        most = min((MOST_AREA / (height * width)) ** 0.5, MOST_ENLARGED)
        scale = min(COARSE_PX / min(height, width), COARSE_LONGEST_PX / max(height, width), most)
        ink, before = self._page(pixels, scale), 0.0
        while True:
            usual = _usual_height(ink) or 0.0
            seen = ink[ink >= FAINT]
            sure = len(seen) > 0 and float(seen.mean()) >= SURE
            agrees = usual >= SMALL_PX and abs(usual / scale - before) < AGREE * before
            if agrees or (sure and usual >= PLAIN_PX and usual < 0.7 * min(ink.shape)):
                break
            if 2 * scale > min(most, LARGEST_SURVEY):
                break
            before, scale = usual / scale, 2 * scale
            ink = self._page(pixels, scale)
        if usual and not GOOD_PX[0] <= usual <= GOOD_PX[1]:
            ink = self._page(pixels, min(scale * AIM_PX / usual, most))
        return ink, (width / ink.shape[1], height / ink.shape[0])

    def _page(self, pixels: Pixels, scale: float) -> Floats:
        height, width = pixels.shape[:2]
        ink: Floats = self._look(pixels, (0, 0, width, height), scale * max(height, width))[0]
        return ink

    def _look(
        self, pixels: Pixels, box: tuple[float, float, float, float], longest: float
    ) -> Floats:
        """(2, h, w) both maps of a part of the picture, its longer side `longest` pixels."""
        wide, tall = box[2] - box[0], box[3] - box[1]
        scale = longest / max(wide, tall)
        inner = [max(MULTIPLE, MULTIPLE * round(side * scale / MULTIPLE)) for side in (wide, tall)]
        image = Image.fromarray(pixels)
        seen = image.resize((inner[0], inner[1]), Image.Resampling.BILINEAR, box=box)
        planes = np.ascontiguousarray(np.asarray(seen, np.float32).transpose(2, 0, 1))
        found = self._find(planes)
        size = (max(1, round(wide * scale)), max(1, round(tall * scale)))
        if size == (inner[0], inner[1]):
            return found
        # Undo the small change of aspect that the network's multiples asked for.
        maps = [
            np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR), np.float32)
            for plane in found
        ]
        return np.stack(maps)


def network_reader(find: Finder, recognizer: Recognizer) -> Reader:
    """A reader that finds ink with the network."""
    reader = InkReader(find, recognizer)

    def read(source: Source, mode: str) -> str:
        pixels = pixels_of(source) if isinstance(source, Path) else source
        return reader.digit(pixels) if mode == "digit" else reader.number(pixels)

    return read


def _in_the_middle(ink: Floats, whole: Floats) -> Floats:
    """The ink without marks at the border beside a larger one nearer the middle: neighbours.

    What hangs together shows on `whole`, the ink of all hands: the other map has gaps where the
    network doubts what is meant.
    """
    parts = label(whole >= LEVEL)
    if len(parts) < 2:
        return ink
    height, width = ink.shape
    middles = (parts.boxes[:, :2] + parts.boxes[:, 2:]) / 2 / [width, height] - 0.5
    weights = parts.areas * np.exp(-((middles / MIDDLE) ** 2).sum(axis=1))
    left, top, right, bottom = parts.boxes.T
    touching = (left == 0) | (top == 0) | (right == width) | (bottom == height)
    keep = ~touching
    keep[int(weights.argmax())] = True
    return np.asarray(ink * grow(parts.select(keep)), np.float32)


def _usual_height(ink: Floats) -> float | None:
    """Height of a usual digit on an ink map, weighted by ink, None where there is hardly any."""
    parts = label(ink >= FOUND)
    if not len(parts) or int(parts.areas.max()) < LEAST_INK:
        return None
    heights = (parts.boxes[:, 3] - parts.boxes[:, 1]).astype(np.float64)
    order = np.argsort(heights)
    weights = np.cumsum((parts.areas * (heights > 3))[order])
    if weights[-1] <= 0:
        return None
    return float(heights[order][np.searchsorted(weights, weights[-1] / 2)])


@contextlib.contextmanager
def _without_rules() -> Iterator[None]:
    """Keep the segmenter from looking for frames, of which the network leaves none."""
    with mock.patch.object(marks, "without_frame", lambda ink_map: ink_map):
        yield
