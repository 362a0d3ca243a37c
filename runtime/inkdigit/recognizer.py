"""The front door: a picture or ink in, digits with their confidence out."""

from __future__ import annotations

import math
import os

import numpy as np
from numpy.typing import NDArray

from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import RASTER_PX, rasterize
from inkdigit._picture.isolate import isolate_digit
from inkdigit._segment.join import Layout
from inkdigit._segment.marks import segment_picture
from inkdigit._segment.strokes import InkSegmenter
from inkdigit.errors import (
    EmptyInkError,
    InferenceError,
    InputError,
    InputTypeError,
    ModelFormatError,
)
from inkdigit.images import ImageSource, read_picture, to_ink_map
from inkdigit.ink import Ink
from inkdigit.live import InkReader, Length, parse_constraints, read_layout, score_layout
from inkdigit.results import Prediction, Reading
from inkdigit.session import OnnxSession, Session

__all__ = ["Recognizer", "Source"]

Source = ImageSource | Ink

ONE_BITS = int(np.float32(1).view(np.uint32))
DIGITS = 10
NOT_DIGIT = 10  # index of the eleventh class
DEFAULT_REJECTION_THRESHOLD = 0.5  # for a session whose metadata names none


class Recognizer:
    """Reads handwritten digits.

    Thread-safe, and keeps nothing from one call to the next.

    Args:
        model: An .onnx file exported by inkdigit_train; the bundled model where left out.
        session: An engine of your own instead of a model file; see `inkdigit.session.Session`.
        threads: CPU threads for one batch of the bundled engine.

    Raises:
        ModelError: If the model is missing, damaged, or not an inkdigit model.
        InputTypeError: If both a model and a session are given.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        session: Session | None = None,
        threads: int = 1,
    ) -> None:
        if session is not None and model is not None:
            raise InputTypeError("got both model and session; expected one of them")
        if session is None:
            session = OnnxSession(threads=threads) if model is None else OnnxSession(model, threads)
        self._session = session
        text = session.metadata.get("rejection_threshold", str(DEFAULT_REJECTION_THRESHOLD))
        self._rejection_threshold = _parse_threshold(text)

    def predict_digit(self, source: Source) -> Prediction:
        """Read one expected digit.

        Args:
            source: Path of a picture; PIL image; (H, W[, 3|4]) array; or `Ink`. The digit may be
                anywhere on it, at any size, dark on light or light on dark.

        Returns:
            The digit, or None where the source is blank or shows no digit.

        Raises:
            InputError: If the source cannot be read.
            InputTypeError: If it is of another type.
            InputNotFoundError: If there is no file at the path.
            InferenceError: If the engine fails, or answers with NaN.
        """
        raster = self._frame(source)
        if raster is None:
            return Prediction(None, 1.0, _read_only(np.full(DIGITS, 0.1, np.float32)), 1.0)
        logits, _ = self._session.run(raster[None, None])
        return self._prediction(_softmax(logits)[0])

    def read(
        self, source: Source, *, length: Length = None, allowed: str = "0123456789"
    ) -> Reading:
        """Read any number of digits, in one or more lines.

        Time and memory are bounded: of the strokes, or of a picture's connected marks, the
        largest `layout.MAX_STROKES` are read, and at most `layout.MAX_HYPOTHESES` hypotheses are
        scored. Numbers further apart than `layout.COLUMN_GAP` heights are lines of their own.

        Args:
            source: As for `predict_digit`.
            length: How many glyphs each line has, or (least, most). The best reading that fits
                is found. What is perhaps no digit, as the sign in "19%", may be passed over for
                it, and is then no part of the reading; where the source cannot be divided so,
                the nearest number is taken.
            allowed: The digits that may be read, as in "01". "?" always may.

        Returns:
            The reading; its text is "" where the source is blank.

        Raises:
            InputError: If the source cannot be read, or a constraint makes no sense.
            InputTypeError: If one is of another type.
            InputNotFoundError: If there is no file at the path.
            InferenceError: If the engine fails, or answers with NaN.
        """
        limits, digits = parse_constraints(length, allowed)
        layout = self._layout(source)
        return read_layout(layout, score_layout(layout, self._logits), limits, digits)

    def reader(self) -> InkReader:
        """A reader for a live canvas, which scores only what changed since its last reading."""
        return InkReader(self._logits)

    def classify(
        self, batch: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters that are framed already, by `rasterize`, `normalize` or MNIST itself.

        Args:
            batch: (N, 28, 28) float32 in [0, 1], 1 = ink.

        Returns:
            probabilities (N, 11) float32, each row sums to 1: the digits and then "not a digit";
            embedding (N, 64) float32.

        Raises:
            InputError: If shape, dtype or range are not as above.
            InferenceError: If the engine fails, or answers with NaN.
        """
        if (
            not isinstance(batch, np.ndarray)
            or batch.ndim != 3
            or batch.shape[1:] != (RASTER_PX, RASTER_PX)
            or batch.dtype != np.float32
        ):
            raise InputError(
                f"batch is {_describe(batch)}; expected an (N, 28, 28) float32 array in [0, 1],"
                " 1 = ink: frame pictures with normalize, ink with rasterize"
            )
        if len(batch) == 0:
            return np.empty((0, DIGITS + 1), np.float32), np.empty((0, 64), np.float32)
        # In one pass over their bits: read as whole numbers, floats from 0 to 1 are those up to
        # 1's own; above lie larger floats, NaN, and the negative ones with -0 among them.
        bits = batch.view(np.uint32)
        if bits.item(bits.argmax()) > ONE_BITS and not (batch.min() >= 0.0 and batch.max() <= 1.0):
            raise InputError(
                f"batch spans {batch.min():.4g} to {batch.max():.4g}; expected [0, 1], 1 = ink:"
                " divide bytes by 255, and invert dark ink on white"
            )
        logits, embedding = self._session.run(np.ascontiguousarray(batch)[:, None])
        return _softmax(logits), embedding

    def _logits(self, rasters: NDArray[np.float32]) -> NDArray[np.float32]:
        logits, _ = self._session.run(np.ascontiguousarray(rasters)[:, None])
        _peaks(logits)
        return logits

    def _layout(self, source: Source) -> Layout:
        if isinstance(source, Ink):
            return InkSegmenter().segment(source)
        ink_map, scale = read_picture(source)
        return segment_picture(ink_map, scale)

    def _frame(self, source: Source) -> NDArray[np.float32] | None:
        """The source's one digit as a (28, 28) raster, or None where it is blank."""
        if isinstance(source, Ink):
            return rasterize(source) if len(source) else None
        try:
            return normalize(isolate_digit(to_ink_map(source)))
        except EmptyInkError:
            return None

    def _prediction(self, probabilities: NDArray[np.float32]) -> Prediction:
        not_digit = float(probabilities[NOT_DIGIT])
        digits = probabilities[:DIGITS]
        best = int(digits.argmax())
        shares = _read_only(digits / max(float(digits.sum()), 1e-12))
        if not_digit > self._rejection_threshold:
            return Prediction(None, not_digit, shares, not_digit)
        return Prediction(best, float(digits[best]), shares, not_digit)


def _parse_threshold(text: str) -> float:
    try:
        threshold = float(text)
    except ValueError:
        threshold = math.nan
    if not 0 <= threshold <= 1:
        raise ModelFormatError(
            f"the model's rejection_threshold is {text!r}; expected a number from 0 to 1: export it"
            " again"
        )
    return threshold


def _peaks(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 1) each row's largest; it is NaN or infinite where any probability would be NaN."""
    peaks: NDArray[np.float32] = np.maximum.reduce(logits, axis=1, keepdims=True)
    if not math.isfinite(np.add.reduce(peaks, axis=None)):  # half the time of isfinite().all()
        raise InferenceError(
            "the model answered with NaN or infinite logits; it is damaged: export it again, or"
            " reinstall inkdigit if it is the bundled one"
        )
    return peaks


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = logits - _peaks(logits)
    np.exp(shares, out=shares)
    shares /= np.add.reduce(shares, axis=1, keepdims=True)
    return shares


def _read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    array.setflags(write=False)
    return array


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, dtype {value.dtype}"
    return f"a {type(value).__name__}"
