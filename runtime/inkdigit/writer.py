"""One person's hand: glyphs whose meaning is known, and what they say of others."""

from __future__ import annotations

import base64
import binascii
import io
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._decode.hand import Hand, HandRule, class_of
from inkdigit._formats.source import read_source
from inkdigit._framing.rasterize import RASTER_PX
from inkdigit.errors import (
    InputError,
    InputTypeError,
    WriterFormatError,
)
from inkdigit.files import write_atomic
from inkdigit.ink import Ink
from inkdigit.labels import ALL_DIGITS, NOT_DIGIT, SIGNS, log_softmax

if TYPE_CHECKING:
    from inkdigit._decode.scoring import Engine, Scored
    from inkdigit.images import ImageSource

__all__ = [
    "MOST_GLYPHS",
    "Lesson",
    "Located",
    "RememberedGlyph",
    "Teacher",
    "Writer",
    "check_writer",
    "parse_text",
    "score_glyphs",
]

MOST_GLYPHS = 500
ALIKE = 0.99  # cosine of two vectors, below which their rasters are not compared
BLAMED = 3  # glyphs that a correction may forget beside those of its own shape
RECENT = 200  # glyphs over which `Writer.summary` says how many needed correcting
LEVELS = 15  # a raster is kept in steps of 1/15: the file is half as long
FORMAT, VERSION = "inkdigit writer", 1
MOST_BYTES = 4_000_000  # of a file; 500 glyphs take some 150,000
BATCH = 64


@dataclass(frozen=True, eq=False)
class RememberedGlyph:
    """A glyph whose meaning is known.

    Attributes:
        character: A digit, one of the signs ".,-/:", or "?" for what is neither.
        raster: (28, 28) float32 in [0, 1], 1 = ink, as the network sees it.
        corrected: Whether it had been misread; else it was confirmed.
    """

    character: str
    raster: NDArray[np.float32]
    corrected: bool


@dataclass(frozen=True, eq=False)
class Located:
    """A glyph found where a text said that there is one.

    Attributes:
        character: As in `RememberedGlyph`.
        raster: Likewise.
        log_probabilities: (11,) by the network alone.
        vector: (d,) float32, which glyphs are compared by.
    """

    character: str
    raster: NDArray[np.float32]
    log_probabilities: NDArray[np.float64]
    vector: NDArray[np.float32]


@dataclass(frozen=True)
class Lesson:
    """What was learnt.

    Attributes:
        corrected: Glyphs that had been misread.
        confirmed: Glyphs that had been read right.
        missed: Indices of the text's characters, spaces not counted, that could not be found in the
            source, or have no shape to learn, such as a point.
    """

    corrected: int
    confirmed: int
    missed: tuple[int, ...] = ()


class Teacher(Protocol):
    """What `Writer.learn` asks of a recogniser; `inkdigit.Recognizer` is one."""

    def locate(
        self, source: ImageSource | Ink, text: int | str | None, writer: Writer | None = None
    ) -> list[Located | None]:
        """Find each glyph of a known text."""


@dataclass(frozen=True, eq=False)
class _Embedded:
    """The glyphs as one engine sees them."""

    run: Engine
    vectors: NDArray[np.float32]  # (n, d)
    labels: NDArray[np.int64]  # (n,)
    corrected: NDArray[np.bool_]  # (n,)

    @cached_property
    def hand(self) -> Hand:
        return Hand(self.vectors, self.labels, self.corrected)

    def keep(self, kept: Sequence[int]) -> _Embedded:
        rows = np.array(kept, np.int64)
        return _Embedded(self.run, self.vectors[rows], self.labels[rows], self.corrected[rows])

    def drop(self, gone: int) -> _Embedded:
        arrays = (self.vectors, self.labels, self.corrected)
        return _Embedded(self.run, *(np.concatenate([a[:gone], a[gone + 1 :]]) for a in arrays))

    def add(self, glyph: Located, corrected: bool) -> _Embedded:
        return _Embedded(
            self.run,
            np.concatenate([self.vectors, glyph.vector[None]]),
            np.append(self.labels, class_of(glyph.character)),
            np.append(self.corrected, corrected),
        )


def check_writer(writer: object) -> None:
    """Refuse what is neither None nor a `Writer`.

    Raises:
        InputTypeError: If it is something else.
    """
    if writer is not None and not isinstance(writer, Writer):
        raise InputTypeError(f"writer is a {type(writer).__name__}; expected an inkdigit.Writer")


class Writer:
    """What is known of one person's hand.

    It remembers up to `MOST_GLYPHS` glyphs with their meaning, and helps to read others like them.
    A correction counts for more than a confirmation, a newer glyph for more than an older one. The
    network stays as it is: a lesson takes effect at once. Not thread-safe while it learns.
    """

    def __init__(self) -> None:
        self._glyphs: tuple[RememberedGlyph, ...] = ()
        self._recent = ""  # "1" for each glyph that needed correcting, "0" for each that did not
        self._embedded: _Embedded | None = None

    def __len__(self) -> int:
        return len(self._glyphs)

    def __repr__(self) -> str:
        return f"Writer({len(self)} glyphs)"

    @property
    def glyphs(self) -> tuple[RememberedGlyph, ...]:
        """What is remembered, oldest first."""
        return self._glyphs

    def learn(
        self,
        recognizer: Teacher,
        source: ImageSource | Ink,
        text: int | str | None,
        *,
        corrected: bool | Sequence[bool] | None = None,
    ) -> Lesson:
        """Learn what a digit or a number is.

        Args:
            recognizer: Finds the glyphs.
            source: As for `Recognizer.predict_digit`, or `Recognizer.read`.
            text: What it shows. 0 to 9 for one digit, None for no digit; or a text as
                `Recognizer.read` would give it, of digits, signs and "?", with spaces or line
                breaks between numbers.
            corrected: Whether the glyphs had been misread: one value for all, or one for each
                character, spaces and line breaks not counted. If None, a glyph counts as misread
                where this writer's memory and the network together would misread it.

        Returns:
            What was learnt; glyphs that cannot be placed in the source are not.

        Raises:
            InputError: If the source is no picture and no ink, is damaged or too large, the text
                has other characters, or `corrected` has another number of values.
            InputTypeError: If one is of another type.
            InputNotFoundError: If there is no file at the path.
            InputReadError: If the file is there and cannot be opened or read.
            MissingExtraError: If it is a PDF, and the extra `pdf` is not installed.
            InferenceError: If the engine fails, or answers with NaN.
        """
        if not callable(getattr(recognizer, "locate", None)):
            raise InputTypeError(
                f"recognizer is a {type(recognizer).__name__}; expected an inkdigit.Recognizer"
            )
        found = recognizer.locate(source, text, self)
        said = list(corrected) if isinstance(corrected, Sequence) else [corrected] * len(found)
        if len(said) != len(found):
            raise InputError(
                f"corrected has {len(said)} values; expected {len(found)}, one for each character"
            )
        known = [
            (glyph, wrong) for glyph, wrong in zip(found, said, strict=True) if glyph is not None
        ]
        if not known:
            return Lesson(0, 0, tuple(range(len(found))))
        placed = [glyph for glyph, _ in known]
        misread = [
            self._misreads(glyph, self._embedded) if wrong is None else bool(wrong)
            for glyph, wrong in known
        ]
        for glyph, wrong in zip(placed, misread, strict=True):
            self._remember(glyph, wrong)
        missed = tuple(k for k, glyph in enumerate(found) if glyph is None)
        return Lesson(sum(misread), len(misread) - sum(misread), missed)

    def forget(self, digit: int | None = None, *, glyph: RememberedGlyph | None = None) -> int:
        """Forget one digit's glyphs, or one glyph; everything where both are left out.

        Returns:
            How many glyphs were forgotten.

        Raises:
            InputError: If the digit is not from 0 to 9.
            InputTypeError: If it is of another type.
        """
        if digit is not None and (isinstance(digit, bool) or not isinstance(digit, int)):
            raise InputTypeError(f"digit is a {type(digit).__name__}; expected a whole number")
        if digit is not None and digit not in range(10):
            raise InputError(f"digit is {digit!r}; expected 0 to 9")
        kept = [
            k
            for k, known in enumerate(self._glyphs)
            if not (digit is None and glyph is None)
            and known is not glyph
            and (digit is None or known.character != str(digit))
        ]
        forgotten = len(self) - len(kept)
        if digit is None and glyph is None:
            self._recent = ""
        self._keep(kept)
        return forgotten

    def take_back(self, glyph: RememberedGlyph) -> bool:
        """Forget a glyph as though it had never been learnt: it is not counted any more, either.

        Returns:
            Whether it was remembered.
        """
        if not self.forget(glyph=glyph):
            return False
        # Which of the marks is the glyph's is not kept, so the newest of its kind goes.
        before, mark, after = self._recent.rpartition("01"[glyph.corrected])
        if mark:
            self._recent = before + after
        return True

    def summary(self) -> dict[str, Any]:
        """What is remembered, in numbers.

        Returns:
            `glyphs`, how many; `corrected`, how many of them had been misread; `characters`, how
            many there are of each character; `recent`, how many glyphs were learnt lately, at most
            200; `recent_corrected`, how many of those had been misread.
        """
        counts = Counter(glyph.character for glyph in self._glyphs)
        return {
            "glyphs": len(self),
            "corrected": sum(glyph.corrected for glyph in self._glyphs),
            "characters": {c: counts[c] for c in ALL_DIGITS + SIGNS + "?" if counts[c]},
            "recent": len(self._recent),
            "recent_corrected": self._recent.count("1"),
        }

    def corrections(self, last: int = RECENT) -> tuple[int, int]:
        """How many of the last glyphs had to be corrected, and how many those were, at most 200."""
        recent = self._recent[-last:] if last > 0 else ""
        return recent.count("1"), len(recent)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a JSON file, whole or not at all; each glyph is in it as a small PNG.

        Raises:
            OSError: If the disk is full or the folder cannot be written; an older file stays.
        """
        rows = ",\n".join(
            json.dumps({"is": g.character, "corrected": g.corrected, "png": _packed(g)})
            for g in self._glyphs
        )
        head = json.dumps({"format": FORMAT, "version": VERSION, "recent": self._recent})
        content = f'{head[:-1]}, "glyphs": [\n{rows}\n]}}\n'  # a glyph a line
        write_atomic(path, lambda stream: stream.write(content.encode()))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Writer:
        """Read what `save` wrote.

        Raises:
            InputNotFoundError: If there is no such file.
            InputReadError: If it cannot be read.
            WriterFormatError: If it is damaged, or another kind of file.
            InputTypeError: If the path is of another type.
        """
        if not isinstance(path, (str, os.PathLike)):
            raise InputTypeError(f"path is a {type(path).__name__}; expected the path of a file")
        path = Path(path)
        content, _ = read_source(path, MOST_BYTES, "a saved hand")
        try:
            return cls._parse(content)
        except (ValueError, RecursionError, OSError) as exc:  # Pillow's errors are OSErrors
            raise WriterFormatError(
                f"{path} is not what one writer's hand is saved as ({exc}); expected a file that"
                " `Writer.save` wrote"
            ) from exc

    @classmethod
    def _parse(cls, content: bytes) -> Writer:
        if len(content) > MOST_BYTES:
            raise ValueError(f"longer than {MOST_BYTES:,} bytes")
        fields = json.loads(content)
        if not isinstance(fields, dict) or fields.get("format") != FORMAT:
            raise ValueError(f'no "format": "{FORMAT}"')
        if fields.get("version") != VERSION:
            raise ValueError(f"version {fields.get('version')!r}; this inkdigit reads {VERSION}")
        rows, recent = fields.get("glyphs"), fields.get("recent")
        if not isinstance(rows, list) or len(rows) > MOST_GLYPHS:
            raise ValueError(f"no list of at most {MOST_GLYPHS} glyphs")
        if not isinstance(recent, str) or len(recent) > RECENT or set(recent) - set("01"):
            raise ValueError(f"{recent!r} for recent")
        writer = cls()
        writer._glyphs = tuple(_unpacked(row) for row in rows)
        writer._recent = recent
        return writer

    def hand(self, run: Engine) -> Hand | None:
        """The glyphs as an engine's network sees them, or None where there are none.

        They are scored anew where another engine asks than the last time.

        Args:
            run: `Session.run`.

        Raises:
            InferenceError: If the engine fails, or answers with NaN.
        """
        if not self._glyphs:
            return None
        embedded = self._embedded
        if embedded is None or embedded.run != run:
            vectors = score_glyphs(np.stack([glyph.raster for glyph in self._glyphs]), run).vectors
            assert vectors is not None
            self._embedded = embedded = _Embedded(run, vectors, *self._meanings())
        return embedded.hand  # of this engine, even if another thread asked with another meanwhile

    def _meanings(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Of each glyph the class, and whether it was corrected."""
        if self._embedded is not None:
            return self._embedded.labels, self._embedded.corrected
        labels = [class_of(glyph.character) for glyph in self._glyphs]
        corrected = [glyph.corrected for glyph in self._glyphs]
        return np.array(labels, np.int64), np.array(corrected, bool)

    def _misreads(self, glyph: Located, embedded: _Embedded | None) -> bool:
        """Whether a glyph alone is read as something else. A sign is read as no digit."""
        log_probabilities = glyph.log_probabilities[None]
        if embedded is not None and len(embedded.labels):
            log_probabilities = embedded.hand.weigh(log_probabilities, glyph.vector[None])
        label = min(class_of(glyph.character), NOT_DIGIT)
        return int(log_probabilities[0].argmax()) != label

    def _remember(self, glyph: Located, corrected: bool) -> None:
        """Add a glyph, and forget what it proves wrong and what there is no room for."""
        if corrected:
            self._unlearn(glyph)
        raster = np.rint(glyph.raster * LEVELS).astype(np.float32) / np.float32(LEVELS)
        self._glyphs = (*self._glyphs, RememberedGlyph(glyph.character, raster, corrected))
        if self._embedded is not None:
            self._embedded = self._embedded.add(glyph, corrected)
        self._recent = (self._recent + "01"[corrected])[-RECENT:]
        if len(self) > MOST_GLYPHS:
            vectors = None if self._embedded is None else self._embedded.vectors
            self._drop(_least_useful(*self._meanings(), vectors))

    def _unlearn(self, glyph: Located) -> None:
        """Forget what has another meaning and the same shape, or makes this glyph be misread.

        What the network misreads by itself is not the memory's fault; nor is it that of single
        glyphs where it takes more than `BLAMED` to mend it.
        """
        if self._embedded is None:
            return
        raster = np.rint(glyph.raster * LEVELS) / LEVELS
        alike = np.flatnonzero(self._embedded.vectors @ glyph.vector > ALIKE).tolist()
        same = {
            k
            for k in alike
            if self._glyphs[k].character != glyph.character
            and np.allclose(self._glyphs[k].raster, raster, atol=1e-3)
        }
        self._keep([k for k in range(len(self)) if k not in same])
        if self._misreads(glyph, None):
            return
        kept = list(range(len(self)))
        for _ in range(BLAMED + 1):
            embedded = self._embedded.keep(kept)
            if not self._misreads(glyph, embedded):
                self._keep(kept)
                return
            near = embedded.vectors @ glyph.vector
            near[embedded.labels == class_of(glyph.character)] = -np.inf
            if not len(near) or near.max() == -np.inf:
                return
            del kept[int(near.argmax())]

    def _drop(self, gone: int) -> None:
        self._glyphs = self._glyphs[:gone] + self._glyphs[gone + 1 :]
        if self._embedded is not None:
            self._embedded = self._embedded.drop(gone)

    def _keep(self, kept: Sequence[int]) -> None:
        if len(kept) == len(self):
            return
        self._glyphs = tuple(self._glyphs[k] for k in kept)
        if self._embedded is not None:
            self._embedded = self._embedded.keep(kept)


def score_glyphs(rasters: NDArray[np.float32], run: Engine) -> Scored:
    """What an engine makes of rasters (n, 28, 28), their vectors too.

    Raises:
        InferenceError: If the engine fails, or answers with NaN.
    """
    from inkdigit._decode.scoring import Scored  # noqa: PLC0415  # an empty memory needs none

    rule = HandRule.bundled()
    log_probabilities, vectors = [], []
    for first in range(0, len(rasters), BATCH):
        block = np.ascontiguousarray(rasters[first : first + BATCH])
        logits, embedding = run(block[:, None])
        log_probabilities.append(log_softmax(logits))
        vectors.append(rule.vectors(block, log_probabilities[-1], embedding))
    return Scored(np.concatenate(log_probabilities), np.concatenate(vectors))


def _least_useful(
    labels: NDArray[np.int64],
    corrected: NDArray[np.bool_],
    vectors: NDArray[np.float32] | None,
) -> int:
    """Index of the glyph that goes first.

    Of the character with the most of them, the confirmed one that is most like another, or the
    oldest where no vectors (n, d) tell; where all were corrected, the oldest.
    """
    own = np.flatnonzero(labels == np.bincount(labels).argmax())
    confirmed = own[~corrected[own]]
    gone = int((confirmed if len(confirmed) else own)[0])
    if len(confirmed) and vectors is not None:
        near = vectors[confirmed] @ vectors[own].T
        near[confirmed[:, None] == own] = -1
        gone = int(confirmed[near.max(axis=1).argmax()])
    return gone


@lru_cache(maxsize=2 * MOST_GLYPHS)  # saved after each lesson, only what is new is packed
def _packed(glyph: RememberedGlyph) -> str:
    stream = io.BytesIO()
    ink = np.rint(glyph.raster * LEVELS) * (255 // LEVELS)
    Image.fromarray((255 - ink).astype(np.uint8)).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode()


def _unpacked(row: object) -> RememberedGlyph:
    if not isinstance(row, dict) or set(row) != {"is", "corrected", "png"}:
        raise ValueError('a glyph that has not "is", "corrected" and "png"')
    character, corrected, png = row["is"], row["corrected"], row["png"]
    if not isinstance(character, str) or len(character) != 1:
        raise ValueError(f"a glyph that is {character!r}")
    if character not in ALL_DIGITS + SIGNS + "?" or not isinstance(corrected, bool):
        raise ValueError(f"a glyph that is {character!r}, corrected: {corrected!r}")
    if not isinstance(png, str):
        raise ValueError(f"a glyph whose picture is a {type(png).__name__}")
    try:
        content = base64.b64decode(png, validate=True)
    except binascii.Error as exc:
        raise ValueError(f"a glyph whose picture is no base64 ({exc})") from exc
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        if image.size != (RASTER_PX, RASTER_PX):
            raise ValueError(f"a glyph of {image.size[0]}×{image.size[1]} pixels")
        grey = np.asarray(image.convert("L"), np.float32)
    levels = np.rint((255 - grey) / 255 * LEVELS)
    return RememberedGlyph(character, (levels / LEVELS).astype(np.float32), corrected)


def parse_text(text: int | str | None) -> str | list[str]:
    """What a lesson says: one character for one digit, a list of numbers for a text.

    Raises:
        InputError: If it has other characters, or none.
        InputTypeError: If it is of another type.
    """
    if text is None:
        return "?"
    if isinstance(text, int) and not isinstance(text, bool):
        if text not in range(10):
            raise InputError(f"text is {text}; expected a digit from 0 to 9, or a string")
        return str(text)
    if not isinstance(text, str):
        raise InputTypeError(
            f"text is a {type(text).__name__}; expected a digit, a string such as '1995', or None"
        )
    numbers = text.split()
    if not numbers or set("".join(numbers)) - set(ALL_DIGITS + SIGNS + "?"):
        raise InputError(
            f'text is {text!r}; expected digits, any of the signs "{SIGNS}", and "?" for what is'
            " neither"
        )
    return numbers
