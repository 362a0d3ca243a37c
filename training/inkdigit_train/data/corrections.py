"""The app's exports in; glyphs to train on, and glyphs held out to check with, out.

A record is one digit, one non-digit ("?", a letter), or a number such as "1995". A number is taken
apart into its glyphs where it is clear which strokes are which; the rest of it is left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from inkdigit import Ink, rasterize
from inkdigit.labels import ALL_DIGITS, NOT_DIGIT, SIGNS
from inkdigit.writer import Located
from inkdigit_train.data.nondigits import LOOKALIKES, is_bar
from inkdigit_train.data.pools import Pool, draw_pool
from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.errors import DataError
from inkdigit_train.files import sha256

__all__ = ["CORRECTIONS", "Corrections", "Glyph", "Locator", "read_corrections"]

CORRECTIONS = "corrections"  # the pools' name, and the first part of the files' names in `sources`
HELD_OUT = 0.2  # of the records, to check with
UNKNOWN = "?"  # what the app writes for a non-digit
REPEATED = "records repeated: the last of the same ink counts"
BLANK = "records without ink"
LOOKALIKE = "non-digits that look like a digit once framed"
OTHER_TEXT = 'records with other characters than digits, signs and "?"'
UNCLEAR = "glyphs of a number that were not clear"
SIGN = "signs in a number, which the network does not read"


class Locator(Protocol):
    """What finds a number's glyphs; `inkdigit.Recognizer` is one."""

    def locate(self, source: Ink, text: str) -> list[Located | None]:
        """Find each glyph of a known text; see `Recognizer.locate`."""


@dataclass(frozen=True, eq=False)
class Glyph:
    """One corrected glyph."""

    label: int  # 0 to 9, or 10 for "not a digit"
    raster: NDArray[np.float32]  # (28, 28) in [0, 1], as the app shows it to the network
    ink: Ink | None = None  # its strokes; None if it was part of a number


@dataclass(frozen=True, eq=False)
class Corrections:
    """What exports hold."""

    train: list[Glyph]
    held_out: list[Glyph]  # of other writers than `train`, or of other records
    records: int  # read from the files, repeated ones too
    used: int  # those with a glyph in `train` or `held_out`
    writers_held_out: int  # 0 if single records were held out
    left_out: dict[str, int]  # how many of what: the reason in words
    sources: dict[str, str]  # sha256 of each file, by its name

    def pools(self, seed: int) -> list[Pool]:
        """What to train on: strokes drawn with several pens, glyphs of numbers as they are."""
        drawn = [(g.ink, g.label) for g in self.train if g.ink is not None]
        framed = [g for g in self.train if g.ink is None]
        pools = []
        if drawn:
            inks, labels = zip(*drawn, strict=True)
            pools.append(draw_pool(CORRECTIONS, inks, labels, seed))
        if framed:
            pools.append(_as_framed(framed))
        return pools

    def validation(self) -> Pool:
        """What to check with: as the app shows it to the network."""
        return _as_framed(self.held_out)


def read_corrections(paths: Sequence[Path], locator: Locator) -> Corrections:
    """Read the app's exports.

    A fifth is held out: whole writers if that comes near a fifth, else single records. Which ones
    does not depend on the order of the files.

    Args:
        paths: JSON lines as the app exports them, digits and non-digits in any order. If the same
            ink comes twice, the last record counts.
        locator: Finds the glyphs of numbers.

    Raises:
        DataNotFoundError: If a file is missing.
        DataError: If one is damaged or has no records, or if fewer than two records can be used.
    """
    records: list[InkRecord] = []
    sources: dict[str, str] = {}
    for path in paths:
        found = read_records(path)
        if not found:
            raise DataError(f"{path} has no records; leave it out, or export the corrections again")
        digest = sha256(path)
        # Devices may give their exports the same name, so a name alone would not do.
        sources[f"{CORRECTIONS}/{digest[:8]}-{path.name}"] = digest
        records += found
    left_out: Counter[str] = Counter()
    usable: list[tuple[InkRecord, list[Glyph]]] = []
    for record in _last_of_each(records, left_out):
        glyphs = _glyphs(record, locator, left_out)
        if glyphs:
            usable.append((record, glyphs))
    reasons = {reason: count for reason, count in left_out.items() if count}
    if len(usable) < 2:
        listed = "; ".join(f"{count} {reason}" for reason, count in reasons.items())
        raise DataError(
            f"{len(usable)} of {len(records)} records in {', '.join(map(str, paths))} can be used"
            f"{f' (left out: {listed})' if listed else ''}; expected at least 2, one to train on"
            " and one to check with: correct some more, and export again"
        )
    held_out, writers = _held_out([record for record, _ in usable])
    parts: tuple[list[Glyph], list[Glyph]] = ([], [])
    for record, glyphs in usable:
        parts[_digest(record.ink) in held_out].extend(glyphs)
    return Corrections(*parts, len(records), len(usable), writers, reasons, sources)


def _last_of_each(records: Iterable[InkRecord], left_out: Counter[str]) -> list[InkRecord]:
    """The last record of each ink: the app exports its corrections anew each time."""
    kept: dict[str, InkRecord] = {}
    for record in records:
        if not len(record.ink):
            left_out[BLANK] += 1
            continue
        key = _digest(record.ink)
        left_out[REPEATED] += key in kept
        kept[key] = record
    return list(kept.values())


def _glyphs(record: InkRecord, locator: Locator, left_out: Counter[str]) -> list[Glyph]:
    label = record.label.strip()
    if len(label) == 1:
        if label not in ALL_DIGITS and (label in LOOKALIKES or is_bar(record.ink)):
            left_out[LOOKALIKE] += 1
            return []
        number = int(label) if label in ALL_DIGITS else NOT_DIGIT
        return [Glyph(number, rasterize(record.ink), record.ink)]
    text = "".join(label.split())
    if not text or set(text) - set(ALL_DIGITS + SIGNS + UNKNOWN):
        left_out[OTHER_TEXT] += 1
        return []
    glyphs = []
    for character, located in zip(text, locator.locate(record.ink, label), strict=True):
        if character in SIGNS:
            left_out[SIGN] += 1
        elif located is None:
            left_out[UNCLEAR] += 1
        else:
            number = NOT_DIGIT if character == UNKNOWN else int(character)
            glyphs.append(Glyph(number, located.raster))
    return glyphs


def _held_out(records: Sequence[InkRecord]) -> tuple[set[str], int]:
    """The digests of the inks held out, and of how many whole writers they are."""
    wanted, count = HELD_OUT * len(records), 0
    sizes = Counter(record.writer for record in records)
    chosen: set[str | None] = set()
    for writer in sorted(sizes, key=lambda name: _hash(repr(name).encode())):
        if abs(count + sizes[writer] - wanted) < abs(count - wanted):
            chosen.add(writer)
            count += sizes[writer]
    if chosen:
        return {_digest(r.ink) for r in records if r.writer in chosen}, len(chosen)
    ordered = sorted(_digest(record.ink) for record in records)
    return set(ordered[: max(1, round(wanted))]), 0


def _digest(ink: Ink) -> str:
    return _hash(b"|".join(stroke.points.tobytes() for stroke in ink))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_framed(glyphs: Sequence[Glyph]) -> Pool:
    images = np.rint(np.stack([g.raster for g in glyphs])[:, None] * 255).astype(np.uint8)
    labels = torch.tensor([g.label for g in glyphs], dtype=torch.int64)
    return Pool(CORRECTIONS, torch.from_numpy(images), labels)
