"""The front door: a picture or ink in, digits with their confidence out."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.cells import read_cells
from inkdigit._decode.constraints import Constraints, Length
from inkdigit._decode.hand import Hand, HandRule, class_of
from inkdigit._decode.meant import read_meant, weigh_meant
from inkdigit._decode.pictures import is_clear, is_clearer, is_doubtful, within
from inkdigit._decode.reading import read_layout
from inkdigit._decode.rows import by_row
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.spell import spell_row
from inkdigit._decode.steady import steady
from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import RASTER_PX, rasterize
from inkdigit._picture.find import FINEST, Found, find_digit, find_ink
from inkdigit._pixels.measure import ink_bounds
from inkdigit._pixels.transform import IDENTITY, Transform
from inkdigit._segment.layout import Layout
from inkdigit._segment.level import Way, ways_up
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.engine import (
    bundled_ink_session,
    digit_session,
    engine_name,
    rejection_threshold,
)
from inkdigit.errors import InputError, InputTypeError
from inkdigit.images import MAX_PIXELS, ImageSource, read_pixels
from inkdigit.ink import MAX_POINTS, Ink
from inkdigit.labels import ALL_DIGITS, CLASSES, DIGITS, NOT_DIGIT, log_softmax, softmax
from inkdigit.live import InkReader
from inkdigit.results import Prediction, Reading
from inkdigit.session import (
    BUNDLED_MODEL,
    EMBEDDING_SIZE,
    CheckedInkSession,
    CheckedSession,
    InkSession,
    Session,
)
from inkdigit.writer import Located, Writer, check_writer, parse_text, score_glyphs

if TYPE_CHECKING:
    from inkdigit.tables import Column, Table

__all__ = ["Recognizer", "Source"]

Source = ImageSource | Ink

# Hypotheses and rows of a page that is read each way that it may lie. A row takes as long as four
# hypotheses.
MAX_READ_TWICE, MAX_ROWS_TWICE = 1200, 150


class _Marks(NamedTuple):
    """The marks of a picture of one digit, and the width of the picture in pixels."""

    layout: MarkLayout
    width: int


class Recognizer:
    """Reads handwritten digits.

    Thread-safe, and keeps nothing from one call to the next. Runs on onnxruntime, or, where that
    cannot be imported, on numpy, with the same answers but more slowly; `engine` says which.

    Args:
        model: An .onnx file exported by inkdigit_train; the bundled model where left out.
        session: An engine of your own instead of a model file; see `inkdigit.session.Session`.
        ink_session: An engine of your own that finds the ink of pictures; the bundled one, loaded
            with the first picture that needs it, where left out.
        threads: CPU threads for one batch of the digit network on onnxruntime. The ink network
            takes one; numpy and a session of your own are not told.
        max_pixels: How many pixels a picture may have, as its header says; more raise an
            ImageTooLargeError. SECURITY.md says what a reading takes at most.
        max_points: How many points ink may have; more raise an InkTooLargeError.

    Raises:
        ModelError: If the model is missing, damaged, or not an inkdigit model.
        InputError: If threads are fewer than 1 or more than 1,024, or a limit is below 1.
        InputTypeError: If both a model and a session are given, or one is of another type.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        session: Session | None = None,
        ink_session: InkSession | None = None,
        threads: int = 1,
        max_pixels: int = MAX_PIXELS,
        max_points: int = MAX_POINTS,
    ) -> None:
        if session is not None and model is not None:
            raise InputTypeError("got both model and session; expected one of them")
        if session is None:
            session = digit_session(BUNDLED_MODEL if model is None else model, threads)
        self._session, self._engine = CheckedSession(session), engine_name(session)
        self._run = steady(self._session.run)
        self._ink_session = None if ink_session is None else CheckedInkSession(ink_session)
        self._max_pixels = _limit(max_pixels, "max_pixels")
        self._max_points = _limit(max_points, "max_points")
        self._finest = FINEST
        self._rejection_threshold = rejection_threshold(self._session)

    @property
    def max_pixels(self) -> int:
        """How many pixels a picture may have."""
        return self._max_pixels

    @property
    def engine(self) -> str:
        """What runs the digit network: "onnxruntime" or "numpy"; the name of a session of yours.

        That is the session's attribute `engine`, or its class's name where it has none.
        """
        return self._engine

    def _looking_from_afar(self, finest: float) -> Recognizer:
        """The same for pictures whose digits are large; `finest` as for `find_ink`."""
        other = copy.copy(self)
        other._finest = finest
        return other

    def predict_digit(self, source: Source, *, writer: Writer | None = None) -> Prediction:
        """Read one expected digit.

        Args:
            source: Path, bytes or binary file object of a picture; PIL image; (H, W[, 3|4]) array,
                see `inkdigit.images.to_bytes` for its levels; or `Ink`. The digit may be anywhere
                on it, at any size, dark on light or light on dark.
            writer: What is known of the hand that wrote it.

        Returns:
            The digit, or None where the source is blank or shows no digit.

        Raises:
            InputError: If the source is no picture and no ink, is damaged or too large.
            InputTypeError: If it is of another type.
            InputNotFoundError: If there is no file at the path.
            InputReadError: If the file is there and cannot be opened or read.
            MissingExtraError: If it is a PDF, and the extra `pdf` is not installed.
            InferenceError: If the engine fails, or answers with NaN.
        """
        probabilities = self._read_one(source, self._hand(writer))
        if probabilities is None:
            nothing = _read_only(np.full(DIGITS, 0.1, np.float32))
            return Prediction(None, 1.0, nothing, 1.0, blank=True)
        return self._prediction(probabilities)

    def read(
        self,
        source: Source,
        *,
        length: Length = None,
        allowed: str = ALL_DIGITS,
        min_confidence: float = 0.0,
        upright: bool = False,
        writer: Writer | None = None,
    ) -> Reading:
        """Read any number of digits, in one or more rows.

        Time and memory are bounded: of the strokes, or of a picture's connected marks, the 1,000
        largest are read, and a bounded number of hypotheses is scored. Numbers side by side, as in
        columns, are lines of their own; digits spread evenly, as in a comb, are one number.

        Args:
            source: As for `predict_digit`. Of a file with several pages the first is read; see
                `open_document`.
            length: How many glyphs each line has, signs not counted, or (least, most). The best
                reading that fits is found. What may be no digit, such as the sign in "19%", may be
                skipped to meet it, and is then no part of the reading. If a line cannot be split
                into so many, the closest possible number is read, and the line's index is in
                `Reading.wrong_length`.
            allowed: The digits that may be read, as in "01", and any of the signs ".,-/:" beside
                them. "?" always may. A space among them keeps numbers side by side on one line,
                with a space between them; `length` then goes for each of them. Signs that are not
                allowed are left out of the text, which lowers its confidence; `Reading.left_out`
                has their boxes.
            min_confidence: 0 to 1; what is less sure is read as "?".
            upright: Set it if a picture's rows are known to be level and its digits upright: that
                saves the time to check. Otherwise rows at any angle are first turned level and
                upright, where there are digits enough to tell. Ink is never turned.
            writer: What is known of the hand that wrote it.

        Returns:
            The reading; its text is "" where the source is blank. Of a page with more than 300
            separate numbers only those with the tallest digits are read; the others are in
            `Reading.left_out`, and the confidence is 0. Use `read_table` there.

        Raises:
            InputError: If the source is no picture and no ink, is damaged or too large, or a
                constraint makes no sense.
            InputTypeError: If one is of another type.
            InputNotFoundError: If there is no file at the path.
            InputReadError: If the file is there and cannot be opened or read.
            MissingExtraError: If it is a PDF, and the extra `pdf` is not installed.
            InferenceError: If the engine fails, or answers with NaN.
        """
        constraints = Constraints.parse(length, allowed, min_confidence)
        hand = self._hand(writer)
        if isinstance(source, Ink):
            source.check_size(self._max_points)
            return self._read(StrokeLayout(source), constraints, hand)
        pixels, scale = self._read_pixels(source)

        def read_found(found: Found) -> Reading:
            readings = [
                (way, self._read(layout, constraints, hand))
                for way, layout in self._ways(found, scale, upright)
            ]
            return max(readings, key=_weight)[1]

        found = find_ink(pixels, self._find, self._finest)
        reading = read_found(found)
        if found.exact and is_doubtful(reading):
            found = find_ink(pixels, self._find, self._finest, by_network=True)
            other = read_found(found)
            reading = other if is_clearer(other, reading) else reading
        size = pixels.shape[1] * scale[0], pixels.shape[0] * scale[1]
        return within(reading, size)

    def read_table(
        self,
        source: ImageSource,
        *,
        allowed: str = ALL_DIGITS,
        length: Length = None,
        columns: Mapping[int, Column] | None = None,
        min_confidence: float = 0.0,
        writer: Writer | None = None,
    ) -> Table:
        """Read a picture of a table into rows of cells.

        The table may be ruled or not, turned by up to 40 degrees and seen at an angle. Where rules
        are missing, rows and columns follow from how the numbers stand. What is written in a cell
        is one number, and a digit that crosses a rule stays with its number. Time and memory are
        bounded as for `read`.

        Args:
            source: As for `predict_digit`, but no ink. The largest table on it is read.
            allowed: As for `read`, for all columns.
            length: As for `read`, for the number of each cell.
            columns: What is known of single columns, by their index from 0. A number in a column's
                range is far likelier than one beyond it, for which `Cell.in_range` is False.
            min_confidence: As for `read`.
            writer: As for `read`.

        Returns:
            The table; of one row and column where the picture shows nothing.

        Raises:
            InputError: If the source is no picture, is damaged or too large, or a constraint makes
                no sense.
            InputTypeError: If one is of another type, or the source is ink.
            InputNotFoundError: If there is no file at the path.
            InputReadError: If the file is there and cannot be opened or read.
            MissingExtraError: If it is a PDF, and the extra `pdf` is not installed.
            InferenceError: If the engine fails, or answers with NaN.
        """
        if isinstance(source, Ink):
            raise InputTypeError("source is ink; expected a picture of a table: use read for ink")
        # Here, as they are a tenth of what `import inkdigit` would load.
        from inkdigit._tables.sheet import find_sheet  # noqa: PLC0415
        from inkdigit.tables import compose_table, parse_columns  # noqa: PLC0415

        usual = Constraints.parse(length, allowed, min_confidence)
        known = parse_columns(columns)
        own = {
            index: Constraints.parse(
                length if column.length is None else column.length,
                allowed if column.allowed is None else column.allowed,
                min_confidence,
            )
            for index, column in known.items()
        }
        hand = self._hand(writer)
        pixels, scale = self._read_pixels(source)
        sheet = find_sheet(pixels, self._find, Transform.scaling(*scale))
        layout = sheet.layout
        rule = None if hand is None else hand.rule
        scored = score_hypotheses(layout.hypotheses, layout, self._run, rule)
        constraints = [own.get(span.column, usual) for span in sheet.spans]
        readings = read_cells(layout, scored, constraints, hand)
        size = pixels.shape[1] * scale[0], pixels.shape[0] * scale[1]
        return compose_table(sheet, readings, known, size)

    def locate(
        self, source: Source, text: int | str | None, writer: Writer | None = None
    ) -> list[Located | None]:
        """Find each glyph of a source whose text is known; see `Writer.learn`.

        Args:
            source: As for `predict_digit`, or for `read`.
            text: 0 to 9 for one expected digit, None for one glyph that is no digit; or a text of
                digits, signs and "?", with spaces or line breaks between its numbers.
            writer: What is known of the hand that wrote it.

        Returns:
            One entry for each character, spaces left out; None for what is not clear.

        Raises:
            As `read`.
        """
        expected = parse_text(text)
        hand = self._hand(writer)
        if isinstance(expected, str):
            return [self._locate_one(source, expected, hand)]
        if isinstance(source, Ink):
            source.check_size(self._max_points)
            return self._locate(StrokeLayout(source), expected, hand)
        pixels, scale = self._read_pixels(source)
        found = find_ink(pixels, self._find, self._finest)
        ways = self._ways(found, scale, upright=False)
        located = [self._locate(layout, expected, hand) for _, layout in ways]
        if found.exact and all(any(glyph is None for glyph in glyphs) for glyphs in located):
            found = find_ink(pixels, self._find, self._finest, by_network=True)
            ways = self._ways(found, scale, upright=False)
            located += [self._locate(layout, expected, hand) for _, layout in ways]
        return max(located, key=lambda glyphs: sum(glyph is not None for glyph in glyphs))

    def reader(self) -> InkReader:
        """A reader for a live canvas, which scores only what changed since its last reading."""
        return InkReader(self._session, max_points=self._max_points)

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
            return np.empty((0, CLASSES), np.float32), np.empty((0, EMBEDDING_SIZE), np.float32)
        low, high = float(batch.min()), float(batch.max())
        if not (low >= 0.0 and high <= 1.0):  # NaN fails both comparisons
            raise InputError(
                f"batch spans {low:.4g} to {high:.4g}; expected [0, 1], 1 = ink:"
                " divide bytes by 255, and invert dark ink on white"
            )
        logits, embedding = self._session.run(np.ascontiguousarray(batch)[:, None])
        return softmax(logits), embedding

    def _hand(self, writer: Writer | None) -> Hand | None:
        check_writer(writer)
        return None if writer is None else writer.hand(self._run)

    def _read_pixels(self, source: ImageSource) -> tuple[NDArray[np.uint8], tuple[float, float]]:
        return read_pixels(source, max_pixels=self._max_pixels)

    def _read(self, layout: Layout, constraints: Constraints, hand: Hand | None) -> Reading:
        rule = None if hand is None else hand.rule
        scored = score_hypotheses(layout.hypotheses, layout, self._run, rule)
        return read_layout(layout, scored, constraints, hand)

    def _ways(
        self, found: Found, scale: tuple[float, float], upright: bool
    ) -> list[tuple[Way, Layout]]:
        """The ways that a picture may lie, with the rows that it then has."""
        to_source = Transform.scaling(*scale)
        ways = [Way(found.ink, IDENTITY)]
        if not upright:
            ways = ways_up(found.ink, self._log_probabilities, drawn=found.exact)
        layouts: list[tuple[Way, Layout]] = []
        for way in reversed(ways):
            layouts.insert(0, (way, _layout(found, way, to_source)))
            # The last way is the likeliest by its marks, which are enough to tell on a full page.
            if _is_full(layouts[0][1]):
                break
        return layouts

    def _locate(
        self, layout: Layout, numbers: Sequence[str], hand: Hand | None
    ) -> list[Located | None]:
        if len(layout.rows) != len(numbers):
            return [None] * sum(map(len, numbers))
        rule = HandRule.bundled()
        scored = score_hypotheses(layout.hypotheses, layout, self._run, rule)
        found: list[Located | None] = []
        for (row, part), number in zip(by_row(layout, scored), numbers, strict=True):
            assert part.vectors is not None
            places = spell_row(row, part.log_probabilities, number, hand, part.vectors)
            clear = [k for k in places if k is not None]
            rasters = dict(
                zip(clear, layout.rasters([row.hypotheses[k] for k in clear]), strict=True)
            )
            found += [
                None
                if k is None
                else Located(character, rasters[k], part.log_probabilities[k], part.vectors[k])
                for k, character in zip(places, number, strict=True)
            ]
        return found

    def _locate_one(self, source: Source, character: str, hand: Hand | None) -> Located | None:
        digit = self._find_one(source)
        if digit is None:
            return None
        if not isinstance(digit, _Marks):
            return self._located(digit, character)
        rule = HandRule.bundled()
        meant = weigh_meant(digit.layout, digit.width, self._run, hand, rule)
        assert meant.vectors is not None
        best = int((meant.share * meant.probabilities[:, class_of(character)]).argmax())
        return Located(
            character, meant.rasters[best], meant.log_probabilities[best], meant.vectors[best]
        )

    def _located(self, raster: NDArray[np.float32], character: str) -> Located:
        scored = score_glyphs(raster[None], self._run)
        assert scored.vectors is not None
        return Located(character, raster, scored.log_probabilities[0], scored.vectors[0])

    def _log_probabilities(self, rasters: NDArray[np.float32]) -> NDArray[np.float64]:
        return log_softmax(self._run(rasters[:, None])[0])

    def _find(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        session = self._ink_session or CheckedInkSession(bundled_ink_session())
        return session.run(pixels)

    def _read_one(self, source: Source, hand: Hand | None) -> NDArray[np.float32] | None:
        """Probabilities (11,) of the source's one digit, or None where it is blank."""
        if isinstance(source, Ink):
            return self._weigh_one(self._find_one(source), hand)
        pixels, _ = self._read_pixels(source)
        digit = self._see_one(pixels)
        read = self._weigh_one(digit, hand)
        if read is None or isinstance(digit, _Marks) or is_clear(read):
            return read
        other = self._weigh_one(self._see_one(pixels, by_network=True), hand)
        return read if other is None or read[:DIGITS].max() >= other[:DIGITS].max() else other

    def _weigh_one(
        self, digit: NDArray[np.float32] | _Marks | None, hand: Hand | None
    ) -> NDArray[np.float32] | None:
        if digit is None:
            return None
        if not isinstance(digit, _Marks):
            return self._score(digit, hand)
        return read_meant(digit.layout, digit.width, self._run, hand)

    def _find_one(self, source: Source) -> NDArray[np.float32] | _Marks | None:
        """The source's one digit as a raster (28, 28), or the marks that it is among."""
        if isinstance(source, Ink):
            source.check_size(self._max_points)
            return rasterize(source) if len(source) else None
        return self._see_one(self._read_pixels(source)[0])

    def _see_one(
        self, pixels: NDArray[np.uint8], *, by_network: bool = False
    ) -> NDArray[np.float32] | _Marks | None:
        found = find_digit(pixels, self._find, by_network=by_network)
        if ink_bounds(found.ink) is None:
            return None
        if found.exact:
            return normalize(found.ink)
        return _Marks(MarkLayout(found.ink, found.to_picture), pixels.shape[1])

    def _score(self, raster: NDArray[np.float32], hand: Hand | None) -> NDArray[np.float32]:
        if hand is None:
            logits, _ = self._run(raster[None, None])
            probabilities: NDArray[np.float32] = softmax(logits)[0]
            return probabilities
        scored = score_glyphs(raster[None], self._run)
        assert scored.vectors is not None
        weighed = hand.weigh(scored.log_probabilities, scored.vectors)
        return np.asarray(np.exp(weighed[0]), np.float32)

    def _prediction(self, probabilities: NDArray[np.float32]) -> Prediction:
        not_digit = float(probabilities[NOT_DIGIT])
        digits = probabilities[:DIGITS]
        best = int(digits.argmax())
        conditional = _read_only(digits / max(float(digits.sum()), 1e-12))
        if not_digit > self._rejection_threshold:
            return Prediction(None, not_digit, conditional, not_digit)
        return Prediction(best, float(digits[best]), conditional, not_digit)


def _is_full(layout: Layout) -> bool:
    return len(layout.hypotheses) > MAX_READ_TWICE or len(layout.rows) > MAX_ROWS_TWICE


def _limit(value: int, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputTypeError(f"{name} is a {type(value).__name__}; expected a whole number")
    if value < 1:
        raise InputError(f"{name} is {value}; expected at least 1")
    return value


def _weight(reading: tuple[Way, Reading]) -> float:
    way, read = reading
    return way.weigh((digit.digit, digit.confidence) for digit in read.digits)


def _layout(found: Found, way: Way, to_source: Transform) -> MarkLayout:
    """The rows of a picture that lies one way; `to_source` leads from its pixels to the input's."""
    to_picture = way.to_map.then(found.to_picture)
    return MarkLayout(
        way.ink_map,
        to_picture.then(to_source),
        found.ruled_from(to_picture),
        plain=found.plain,
        shades=found.shades_from(to_picture),
    )


def _read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    array.setflags(write=False)
    return array


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, dtype {value.dtype}"
    return f"a {type(value).__name__}"
