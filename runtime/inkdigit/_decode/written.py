"""Rows as they were read in, what a hand wrote of each out: some print is mistaken for ink.

Each glyph is judged by a small network: by what the ink network and the reader make of it, by its
colour and height beside those of the page's surest handwriting, and by its row and page. A row
whose glyphs disagree is parted into handwriting and print. All of it was fitted on made pages:
`python -m inkdigit_train fit-written`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkdigit._fitted.network import Network
from inkdigit._fitted.odds import log_odds, probability
from inkdigit._fitted.regression import Regression
from inkdigit.ink import Box

__all__ = [
    "BUNDLED_WRITTEN",
    "DRAWN_FEATURES",
    "GLYPH_FEATURES",
    "LEAST_BY_HAND",
    "PART_FEATURES",
    "WRITTEN_FEATURES",
    "GlyphJudge",
    "GlyphLook",
    "Judged",
    "RowLook",
    "judge_rows",
    "measure_glyphs",
    "measure_part",
    "measure_rows",
    "parts_of",
]

BUNDLED_WRITTEN = Path(__file__).parent / "written.json"
# A row or a part of one that is less likely handwriting is left out. With 0.1, 0.2, 0.35, 0.5 and
# 0.65, of 1,400 rows of forms, tables and sheets 1,074, 1,075, 1,080, 1,065 and 1,037 are read
# right, and of 160 pages of print something is read on 26, 13, 7, 5 and 4.
LEAST_BY_HAND = 0.35
WRITTEN_FEATURES = (
    "ink",  # log-odds of ink, mean over the row's marks
    "ruled",  # mean probability of a rule there
    "unread",  # fraction of its glyphs that are no digit
    "sure",  # mean confidence of its glyphs
    "ones",  # fraction that are ones
    "glyphs",  # logarithm of their number
    "height",  # logarithm of its height over the page's usual one
    "rows",  # logarithm of their number
    "page_ink",  # log-odds of ink, mean over the page's rows, weighted by their glyphs
    "page_unread",  # fraction of the page's glyphs that are no digit
    "over_page_ink",  # how much more of it the row has than the page
    "printed",  # log-odds of print, mean over its glyphs
    "page_printed",  # mean over the page's rows, weighted by their glyphs
    "fills",  # logarithm of its height over the picture's: a picture of one row is of that row
)
# A program's pen draws as evenly as print: on a plain canvas that says nothing.
DRAWN_FEATURES = tuple(name for name in WRITTEN_FEATURES if "printed" not in name)
GLYPH_FEATURES = (
    "ink",  # log-odds of ink, mean over its pixels,
    "core",  # and of the one that a tenth of them exceed
    "ruled",  # mean probability of a rule there
    "printed",  # log-odds of print
    "confidence",
    "unread",  # whether it is no digit
    "one",  # whether it is a 1
    "height",  # logarithm over the row's usual height
    "hand_height",  # logarithm over that of the page's surest handwriting
    "aspect",  # logarithm of its width over its height
    "along",  # its difference from the background, along that of the page's surest handwriting
    "aside",  # and aside of it: another colour
    "from_row",  # how far its colour is from the row's mean
    "contrast",  # how far it is from the background
    "over_row_ink",  # log-odds of ink beyond the row's mean,
    "over_row_printed",  # and of print
    *(f"row_{name}" for name in WRITTEN_FEATURES),
    "most_ink",  # log-odds of ink of the page's surest glyph,
    "much_ink",  # that of its surer quarter,
    "least_printed",  # and its least log-odds of print
    "row_most_ink",
    "row_least_ink",
    "beside_ink",  # mean over the glyphs beside it,
    "beside_printed",  # likewise
)
PART_FEATURES = ("mean", "most", "least", "glyphs")  # of log-odds; logarithm of their number
LEAST_FILLED = 1e-3  # of a picture's height, so that its logarithm is finite
CONTRAST = 64.0  # of 255: the scale of differences of colour,
LEAST_CONTRAST = 8.0  # of which less is noise
SUREST = 4  # power of the probability of ink by which glyphs count as the page's surest handwriting
MOST_PRINTED = 5.0  # log-odds of print beyond which they do not count less
SURER = 75  # percentile of the surer quarter
MOST_ODDS = 8.0  # of one glyph, in parting a row
CHANGE = 1.0  # log-odds that a change between print and handwriting within a row costs


class GlyphLook(NamedTuple):
    """A glyph as it looks and as it was read.

    Attributes:
        digit: What was read; None for no digit.
        confidence: Of that.
        printed: Log-odds that it is print.
        box: In pixels, any.
        ink: Mean probability of ink over its pixels.
        core: The one that a tenth of them exceed.
        ruled: Mean probability of a rule there.
        colour: How far its colour is from the background's: red, green, blue, -255 to 255.
    """

    digit: int | None
    confidence: float
    printed: float
    box: Box
    ink: float = 1.0
    core: float = 1.0
    ruled: float = 0.0
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class RowLook:
    """A row as it looks and as it was read.

    Attributes:
        ink: Mean probability of ink over the pixels of its marks.
        ruled: Mean probability of a rule there.
        height: Of a usual digit in it, in pixels.
        fills: How much of the picture's height a usual digit takes.
        glyphs: From left to right.
    """

    ink: float
    ruled: float
    height: float
    fills: float
    glyphs: Sequence[GlyphLook]


class Judged(NamedTuple):
    """What a hand wrote of a row.

    Attributes:
        by_hand: Probability that what is kept of it is handwriting; of all of it where nothing is.
        kept: (k,) which of its glyphs are kept: all or none, but in a row of both.
        apart: Probability that what is not kept is print, where something is.
    """

    by_hand: float
    kept: NDArray[np.bool_]
    apart: float = 1.0


def measure_rows(rows: Sequence[RowLook]) -> NDArray[np.float64]:
    """(n, 14) of a page's n rows, in the order of `WRITTEN_FEATURES`."""
    if not rows:
        return np.zeros((0, len(WRITTEN_FEATURES)))
    ink = log_odds([row.ink for row in rows])
    counts = np.array([max(len(row.glyphs), 1) for row in rows], np.float64)
    unread = np.array([sum(g.digit is None for g in row.glyphs) for row in rows]) / counts
    ones = np.array([sum(g.digit == 1 for g in row.glyphs) for row in rows]) / counts
    heights = np.array([row.height for row in rows])
    order = np.argsort(heights)
    middle = np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2)
    page_ink = float((ink * counts).sum() / counts.sum())
    printed = np.array([sum(g.printed for g in row.glyphs) for row in rows]) / counts
    count = len(rows)
    columns = [
        ink,
        np.array([row.ruled for row in rows]),
        unread,
        np.array([sum(g.confidence for g in row.glyphs) for row in rows]) / counts,
        ones,
        np.log(counts),
        np.log(heights / heights[order][middle]),
        np.full(count, np.log(count)),
        np.full(count, page_ink),
        np.full(count, float((unread * counts).sum() / counts.sum())),
        ink - page_ink,
        printed,
        np.full(count, float((printed * counts).sum() / counts.sum())),
        np.log(np.clip([row.fills for row in rows], LEAST_FILLED, 1)),
    ]
    return np.stack(columns, axis=1)


def measure_glyphs(rows: Sequence[RowLook]) -> NDArray[np.float64]:
    """(m, 37) of the m glyphs of a page's rows, in the order of `GLYPH_FEATURES`."""
    glyphs = [glyph for row in rows for glyph in row.glyphs]
    if not glyphs:
        return np.zeros((0, len(GLYPH_FEATURES)))
    counts = [len(row.glyphs) for row in rows]
    row_of = np.repeat(np.arange(len(rows)), counts)
    left, top, right, bottom = np.array([glyph.box for glyph in glyphs]).T
    height, width = np.maximum(bottom - top, 1.0), np.maximum(right - left, 1.0)
    ink, core = log_odds([g.ink for g in glyphs]), log_odds([g.core for g in glyphs])
    printed = np.array([g.printed for g in glyphs])
    surest = np.array([g.ink for g in glyphs]) ** SUREST
    surest *= np.exp(-np.clip(printed, -MOST_PRINTED, MOST_PRINTED) / 2)
    surest /= max(surest.sum(), 1e-9)
    colours = np.array([g.colour for g in glyphs])
    hand = surest @ colours
    scale = float(np.linalg.norm(hand)) + LEAST_CONTRAST
    along = colours @ hand / scale**2
    row_ink, row_printed, row_colour = (
        _row_means(values, row_of, len(rows)) for values in (ink, printed, colours)
    )
    columns = [
        ink,
        core,
        [g.ruled for g in glyphs],
        printed,
        [g.confidence for g in glyphs],
        [g.digit is None for g in glyphs],
        [g.digit == 1 for g in glyphs],
        np.log(height / np.array([row.height for row in rows])[row_of]),
        np.log(height) - surest @ np.log(height),
        np.log(width / height),
        along,
        np.linalg.norm(colours - along[:, None] * hand, axis=1) / scale,
        np.linalg.norm(colours - row_colour[row_of], axis=1) / scale,
        np.linalg.norm(colours, axis=1) / CONTRAST,
        ink - row_ink[row_of],
        printed - row_printed[row_of],
        *measure_rows(rows)[row_of].T,
        np.full(len(glyphs), ink.max()),
        np.full(len(glyphs), np.percentile(ink, SURER)),
        np.full(len(glyphs), printed.min()),
        np.array([ink[row_of == row].max(initial=-np.inf) for row in range(len(rows))])[row_of],
        np.array([ink[row_of == row].min(initial=np.inf) for row in range(len(rows))])[row_of],
        _beside(ink, row_of),
        _beside(printed, row_of),
    ]
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _row_means(
    values: NDArray[np.float64], row_of: NDArray[np.int64], rows: int
) -> NDArray[np.float64]:
    """Means of glyphs' values over each row; 0 for a row without any."""
    sums = np.zeros((rows, *values.shape[1:]))
    np.add.at(sums, row_of, values)
    counts = np.maximum(np.bincount(row_of, minlength=rows), 1)
    return sums / counts.reshape(-1, *[1] * (values.ndim - 1))


def _beside(values: NDArray[np.float64], row_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """(m,) mean of the values on both sides of each glyph in its row; its own without any."""
    sums, counts = np.zeros_like(values), np.zeros_like(values)
    same = row_of[1:] == row_of[:-1]
    for here, there in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
        sums[here] += values[there] * same
        counts[here] += same
    return np.where(counts > 0, sums / np.maximum(counts, 1), values)


def parts_of(odds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(k,) which glyphs of a row are handwriting rather than print: the likeliest sequence.

    Args:
        odds: (k,) log-odds of each that a hand wrote it; a change between neighbours costs
            `CHANGE`.
    """
    half = np.clip(odds, -MOST_ODDS, MOST_ODDS) / 2
    if not len(half) or (half > 0).all() or (half <= 0).all():
        return half > 0
    scores = np.array([-half[0], half[0]])
    origins = []
    for value in half[1:]:
        ways = np.array([[scores[0], scores[1] - CHANGE], [scores[0] - CHANGE, scores[1]]])
        origins.append(ways.argmax(axis=1))
        scores = ways.max(axis=1) + np.array([-value, value])
    last = int(scores.argmax())
    chosen = [last]
    for origin in reversed(origins):
        last = int(origin[last])
        chosen.append(last)
    return np.array(chosen[::-1], bool)


def measure_part(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4,) of some glyphs of a row, in the order of `PART_FEATURES`."""
    limited = np.clip(odds, -MOST_ODDS, MOST_ODDS)
    return np.array([limited.mean(), limited.max(), limited.min(), np.log(len(odds))])


@dataclass(frozen=True, eq=False)
class GlyphJudge:
    """Tells handwriting from print, glyph by glyph.

    Attributes:
        network: On `GLYPH_FEATURES`, moved and scaled.
        low: (37,) least values that the fit saw; what is less is taken for them.
        high: (37,) greatest values, likewise.
        means: (37,)
        scales: (37,)
    """

    network: Network
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    means: NDArray[np.float64]
    scales: NDArray[np.float64]

    @classmethod
    def parse(cls, fitted: Mapping[str, Any]) -> GlyphJudge:
        """What a fit wrote."""
        each = [fitted["features"][name] for name in GLYPH_FEATURES]
        columns = (np.array([row[key] for row in each]) for key in ("low", "high", "mean", "scale"))
        return cls(Network.parse(fitted), *columns)

    def log_odds(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(m,) that a hand wrote each of m glyphs, from features (m, 37)."""
        scaled = (np.clip(features, self.low, self.high) - self.means) / self.scales
        return self.network.log_odds(scaled.astype(np.float32))


def judge_rows(rows: Sequence[RowLook], *, drawn: bool = False) -> list[Judged]:
    """Find out what a hand wrote.

    Args:
        rows: Of one page.
        drawn: Whether it is a plain canvas, where rows stay whole.

    Returns:
        What is kept of each row.
    """
    fitted, features = _fitted(), measure_rows(rows)
    places = [WRITTEN_FEATURES.index(name) for name in DRAWN_FEATURES]
    bare = probability(fitted.drawn.log_odds(features[:, places])).tolist()
    if drawn:
        return [_whole(row, chance) for row, chance in zip(rows, bare, strict=True)]
    odds = fitted.glyphs.log_odds(measure_glyphs(rows))
    judged, first = [], 0
    for row, chance in zip(rows, bare, strict=True):
        own = odds[first : first + len(row.glyphs)]
        first += len(own)
        judged.append(_judge(row, own) if len(own) else _whole(row, chance))
    return judged


def _judge(row: RowLook, odds: NDArray[np.float64]) -> Judged:
    hand = parts_of(odds)
    if hand.all() or not hand.any():
        return _whole(row, _chance(odds))
    kept, other = _chance(odds[hand]), _chance(odds[~hand])
    if kept >= LEAST_BY_HAND > other:
        return Judged(kept, hand, 1 - other)
    return _whole(row, _chance(odds))


def _whole(row: RowLook, by_hand: float) -> Judged:
    return Judged(by_hand, np.full(len(row.glyphs), by_hand >= LEAST_BY_HAND))


def _chance(odds: NDArray[np.float64]) -> float:
    return float(probability(_fitted().parts.log_odds(measure_part(odds)[None]))[0])


class _Fitted(NamedTuple):
    """What `fit-written` wrote."""

    drawn: Regression
    glyphs: GlyphJudge
    parts: Regression


@cache
def _fitted() -> _Fitted:
    fitted = json.loads(BUNDLED_WRITTEN.read_text())
    return _Fitted(
        Regression.parse(fitted["drawn"], DRAWN_FEATURES),
        GlyphJudge.parse(fitted["glyphs"]),
        Regression.parse(fitted["parts"], PART_FEATURES),
    )
