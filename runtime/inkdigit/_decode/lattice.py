"""Scored hypotheses in, the best reading of a line out, with others and their probabilities.

A path through a line's lattice is a set of hypotheses that covers each atom once; its weight is
the exponential of a sum over what it is made of: how likely each raster is its digit (or no digit
at all, the eleventh class), how high and wide each is, how it lies beside the one before. The
factors of that sum are fitted on composed training numbers
(`inkdigit_train.publish.decoder_weights`) so that a path's share of all weight is its probability:
a conditional random field (Lafferty, McCallum, Pereira, 2001) over segmentations (Sarawagi, Cohen,
"Semi-Markov CRFs", 2004).
"""

from __future__ import annotations

import heapq
import json
import math
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._segment.join import Hypothesis, Line

__all__ = ["Glyph", "Lattice", "LineReading", "Weights", "decode_line", "merge_alternatives"]

DIGITS = 10
NOT_DIGIT = 10
CLASSES = 11
BUNDLED_WEIGHTS = Path(__file__).parent / "weights.json"

MAX_STATES = 48  # ways to have covered the atoms up to one; past it the plainest are kept
COUNTED_STATES = 200  # where ways that differ in their number of glyphs are kept apart
SEGMENTATIONS = 6  # best ways to divide a line that alternatives come from
ALTERNATIVES = 5
NEGLIGIBLE_LOG_SHARE = -20.0  # of all weight: no text is told or gains a share that can be seen
MIN_LOG_PROBABILITY = -16.0  # float32 softmax is noise below
EDGES_AT_ONCE = 4096  # a page of scribbles has 100,000: their features would take 20 MB

# A line is of numbers, or of letters and digits mixed: where one glyph is no digit others are
# likelier to be none either. Shares of such lines, and of "?" among the glyphs of each kind; the
# weights are those of numbers. Assumed, not measured: they say what the reader is made for. One
# mixed line in 10 instead of 50 marked more of validation writers' letters, and cost few numbers.
MIXED_LINES = 0.1
IN_NUMBERS, IN_MIXED = 0.001, 0.25
PERHAPS_MIXED = 5e-3  # with fewer "?" expected in it a line is not looked at as a mixed one

# Whoever says how many digits there are means digits: what is none is rather a sign beside them (a
# percent sign, a comma), which is passed over, than one of them.
MAX_PASSED = 3  # signs in a line
COUNTED_UNREADABLE = 0.1  # against one that is passed over
PASSED_LOG_PROBABILITY = -5.0  # of its being no digit: nothing plainer a digit is passed over

# What a hypothesis is judged by, beside its raster; sizes in heights of the line.
GLYPH_FEATURES = (
    "glyph", "cuts", "spread", "low", "low_squared", "high", "wide", "wide_squared", "strokes",
)  # fmt: skip
# How it lies beside the one before it.
PAIR_FEATURES = ("overlap", "overlap_squared", "gap", "gap_squared", "close", "shift", "resize")
# What is no digit has another build: a wide "?" is rather two digits, a cut one rather a part.
UNREADABLE_FEATURES = tuple(f"unreadable_{name}" for name in GLYPH_FEATURES)
LABEL_FEATURES = ("log_probability", "unreadable_log_probability", "link")
FEATURES = GLYPH_FEATURES + UNREADABLE_FEATURES + PAIR_FEATURES + LABEL_FEATURES


@dataclass(frozen=True, eq=False)
class Weights:
    """The fitted factors, one for each of `FEATURES`.

    Attributes:
        glyph: (9,) of `GLYPH_FEATURES`, whatever is read.
        unreadable: (9,) of the same, in addition, where it is read as no digit.
        pair: (7,) of `PAIR_FEATURES`.
        label: (3,) of `LABEL_FEATURES`.
    """

    glyph: NDArray[np.float64]
    unreadable: NDArray[np.float64]
    pair: NDArray[np.float64]
    label: NDArray[np.float64]

    @classmethod
    def from_vector(cls, vector: NDArray[np.float64]) -> Weights:
        """Split one vector in the order of `FEATURES`."""
        groups = (GLYPH_FEATURES, UNREADABLE_FEATURES, PAIR_FEATURES, LABEL_FEATURES)
        return cls(*np.split(vector, np.cumsum([len(group) for group in groups])[:-1]))

    @classmethod
    def load(cls, path: Path) -> Weights:
        """Read a file that `inkdigit_train.publish.decoder_weights` wrote."""
        named = json.loads(path.read_text())["weights"]
        return cls.from_vector(np.array([named[name] for name in FEATURES], np.float64))

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> Weights:
        """The weights that come with the package."""
        return cls.load(BUNDLED_WEIGHTS)


@dataclass(frozen=True, eq=False)
class Glyph:
    """One digit, or "?", of a reading.

    Attributes:
        hypothesis: What it is made of.
        digit: 0 to 9, or None where it is no digit.
        confidence: Probability that a glyph is just there and is that digit.
        candidates: Digits with the probabilities that one is just there, best first.
    """

    hypothesis: Hypothesis
    digit: int | None
    confidence: float
    candidates: tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class LineReading:
    """What a line says.

    Attributes:
        glyphs: From left to right.
        alternatives: Texts with their probabilities, best first, which sum to at most 1. The
            first is the glyphs'.
    """

    glyphs: tuple[Glyph, ...]
    alternatives: tuple[tuple[str, float], ...]


# Atoms covered behind the first open one, as bits; the last glyph; what this node adds; glyphs so
# far, where they are counted; how many were passed over.
_State: TypeAlias = tuple[int, int, int, int, int]


class Lattice:
    """All ways to cover a line's atoms by hypotheses, each atom once.

    A node says which atoms are covered and what covered the last of them; paths run from node 0
    to the `finals`. Time and memory grow with the line's length times at most `MAX_STATES`,
    or `COUNTED_STATES`.

    Attributes:
        glyphs: What each node adds: a hypothesis; -1 for the start and for links.
        counts: How many glyphs lie behind each node, itself included.
        incoming: The nodes before each.
        finals: The nodes at which all atoms are covered.
        glyph_features: (n, 9) of each hypothesis; see `GLYPH_FEATURES`.
        pairs: (2, edges): the glyph before and the one added, of each edge in the order of the
            nodes and of each one's `incoming`; -1 for none.

    Args:
        line: Its atoms and hypotheses.
        counted: Whether nodes tell how many glyphs lie behind them, for a bound on the length.
        passable: Hypotheses of which `MAX_PASSED` may be passed over, to be no glyph at all. The
            node that does so has the hypothesis's number plus the number of all in `glyphs`.
    """

    def __init__(self, line: Line, counted: bool = False, passable: Collection[int] = ()) -> None:
        self.line = line
        self.glyphs = [-1]
        self.counts = [0]
        self._lasts = [-1]
        self.incoming: list[list[int]] = [[]]
        starting: list[list[tuple[int, int]]] = [[] for _ in range(line.atoms)]
        for number, hypothesis in enumerate(line.hypotheses):
            first = hypothesis.atoms[0]
            covered = sum(1 << (atom - first) for atom in hypothesis.atoms)
            starting[first].append((number, covered))
            if number in passable:
                starting[first].append((len(line.hypotheses) + number, covered))
        for atom in line.links:
            starting[atom].append((-1, 1))
        waiting: list[dict[_State, int]] = [{} for _ in range(line.atoms + 1)]
        waiting[0][0, -1, -1, 0, 0] = 0
        most = COUNTED_STATES if counted else MAX_STATES
        for atom in range(line.atoms):
            states = sorted(waiting[atom].items(), key=_plainness)[:most]
            for (mask, last, _, count, passed), node in states:
                for number, covered in starting[atom]:
                    over = number >= len(line.hypotheses)
                    if (
                        mask & covered
                        or (number < 0 and last < 0)
                        or (over and passed == MAX_PASSED)
                    ):
                        continue
                    after, place = mask | covered, atom
                    while after & 1:
                        after >>= 1
                        place += 1
                    total = count + (number >= 0 and not over)
                    last_one = last if number < 0 else number
                    state = (after, last_one, number, counted * total, passed + over)
                    target = waiting[place].get(state)
                    if target is None:
                        target = waiting[place][state] = len(self.glyphs)
                        self.glyphs.append(number)
                        self.counts.append(total)
                        self._lasts.append(state[1])
                        self.incoming.append([])
                    self.incoming[target].append(node)
        self.finals = list(waiting[line.atoms].values())
        self._order = [node for states in waiting for node in states.values()]
        self._features()

    def _features(self) -> None:
        boxes = np.array([h.box for h in self.line.hypotheses]) / self.line.height
        left, top, right, bottom = boxes.T
        log_height = np.log(np.maximum(bottom - top, 0.05))
        width = right - left
        low, high = np.minimum(log_height, 0), np.maximum(log_height, 0)
        self.glyph_features = np.stack(
            [
                np.ones_like(width),
                np.array([float(h.cuts) for h in self.line.hypotheses]),
                np.array([h.spread for h in self.line.hypotheses]),
                low,
                low**2,
                high,
                width,
                np.maximum(width - 0.8, 0) ** 2,
                np.array([max(len(h.parts) - 1.0, 0.0) for h in self.line.hypotheses]),
            ],
            axis=1,
        )
        # Between upright or slanted edges, whichever part the two better.
        leans = np.array([h.lean or (h.box[0], h.box[2]) for h in self.line.hypotheses])
        leans /= self.line.height
        self._places = np.column_stack([boxes, log_height, leans]).T
        incoming = [len(edges) for edges in self.incoming]
        self._first_edge = np.cumsum([0, *incoming]).tolist()
        nodes = np.repeat(np.arange(len(self.glyphs)), incoming)
        before = np.array([node for edges in self.incoming for node in edges], np.int64)
        pairs = np.array([np.array(self._lasts)[before], np.array(self.glyphs)[nodes]])
        count = len(self.line.hypotheses)
        self.pairs = np.where(pairs < count, pairs, pairs - count)

    def pair_features(self, edges: slice = slice(None)) -> NDArray[np.float64]:
        """(n, 7) of some edges, in the order of `pairs`."""
        i, j = self.pairs[:, edges]
        left, top, right, bottom, log_height, first, last = self._places
        gap = np.clip(np.maximum(left[j] - right[i], first[j] - last[i]), -1.5, 3)
        advance = (left + right)[j] / 2 - (left + right)[i] / 2
        shift = np.clip((top + bottom)[j] / 2 - (top + bottom)[i] / 2, -1.5, 1.5)
        resize = np.clip(log_height[j] - log_height[i], -0.7, 0.7)
        overlap = np.maximum(-gap, 0)
        apart = np.clip(gap, 0, 0.6)  # composed numbers have no wider gaps to learn from
        crowded = np.maximum(0.35 - advance, 0)
        features = np.stack(
            [overlap, overlap**2, apart, apart**2, crowded, shift**2, resize**2], axis=1
        )
        features[(i < 0) | (j < 0)] = 0
        return features

    def pair_scores(self, weights: Weights) -> list[float]:
        """Score of each edge, in the order of `pairs`."""
        scores: list[float] = []
        for first in range(0, self.pairs.shape[1], EDGES_AT_ONCE):
            edges = slice(first, first + EDGES_AT_ONCE)
            links = self.pairs[1, edges] < 0
            block = self.pair_features(edges) @ weights.pair + links * weights.label[2]
            scores += block.tolist()
        return scores

    def label_scores(
        self, log_probabilities: NDArray[np.float64], weights: Weights
    ) -> NDArray[np.float64]:
        """Score of each hypothesis as each of the 11 classes, (n, 11)."""
        scores = np.maximum(log_probabilities, MIN_LOG_PROBABILITY)
        scores[:, :DIGITS] *= weights.label[0]
        scores[:, NOT_DIGIT] *= weights.label[1]
        scores[:, NOT_DIGIT] += self.glyph_features @ weights.unreadable
        scores += (self.glyph_features @ weights.glyph)[:, None]
        return scores

    def sums(
        self, label_scores: NDArray[np.float64], pair_scores: list[float], finals: list[int]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Sum over all paths.

        Returns:
            The logarithm of the weight of all; the share of the paths through each hypothesis
            (n,); the share through each edge.
        """
        totals = _log_sums(label_scores)
        forward = [-math.inf] * len(self.glyphs)
        forward[0] = 0.0
        for node in self._order[1:]:
            terms = [
                forward[before] + pair_scores[edge]
                for edge, before in enumerate(self.incoming[node], self._first_edge[node])
            ]
            own = totals[self.glyphs[node]] if self.glyphs[node] >= 0 else 0.0
            forward[node] = _log_sum(terms) + own
        whole = _log_sum([forward[node] for node in finals])
        through = np.zeros(len(label_scores))
        edges = np.zeros(len(pair_scores))
        if whole == -math.inf:
            return whole, through, edges
        share = [0.0] * len(self.glyphs)
        for node in finals:
            share[node] = math.exp(forward[node] - whole)
        for node in reversed(self._order[1:]):
            if share[node] <= 0.0:
                continue
            glyph = self.glyphs[node]
            own = totals[glyph] if glyph >= 0 else 0.0
            if glyph >= 0:
                through[glyph] += share[node]
            for edge, before in enumerate(self.incoming[node], self._first_edge[node]):
                part = forward[before] + pair_scores[edge] + own - forward[node]
                part = share[node] * math.exp(part) if part > -60 else 0.0
                edges[edge] = part
                share[before] += part
        return whole, through, edges

    def best(
        self, label_scores: NDArray[np.float64], pair_scores: list[float], finals: list[int]
    ) -> list[tuple[float, list[int]]]:
        """The best `SEGMENTATIONS` paths, as scores and hypotheses."""
        tops = label_scores.max(axis=1, initial=-math.inf).tolist()
        # Of the ways to each node the best scores, and in one flat array, `SEGMENTATIONS` places to
        # a node, where each comes from: as tuples they would take 10 MB of a page of scribbles.
        kept: list[list[float]] = [[] for _ in self.glyphs]
        origins = array("q", [-1]) * (len(self.glyphs) * SEGMENTATIONS)
        kept[0] = [0.0]
        for node in self._order[1:]:
            own = tops[self.glyphs[node]] if self.glyphs[node] >= 0 else 0.0
            ways = [
                (score + pair_scores[edge] + own, before * SEGMENTATIONS + rank)
                for edge, before in enumerate(self.incoming[node], self._first_edge[node])
                for rank, score in enumerate(kept[before])
            ]
            ways.sort(reverse=True)
            del ways[SEGMENTATIONS:]
            kept[node] = [score for score, _ in ways]
            first = node * SEGMENTATIONS
            origins[first : first + len(ways)] = array("q", [origin for _, origin in ways])
        ends = [
            (score, node * SEGMENTATIONS + rank)
            for node in finals
            for rank, score in enumerate(kept[node])
        ]
        paths = []
        for score, end in heapq.nlargest(SEGMENTATIONS, ends):
            place, path = end, []
            while place > 0:
                if self.glyphs[place // SEGMENTATIONS] >= 0:
                    path.append(self.glyphs[place // SEGMENTATIONS])
                place = origins[place]
            paths.append((score, path[::-1]))
        return paths


def decode_line(
    line: Line,
    log_probabilities: NDArray[np.float64],
    *,
    length: tuple[int, int] | None = None,
    allowed: Sequence[int] = range(DIGITS),
    weights: Weights | None = None,
) -> LineReading:
    """Read a line.

    Args:
        line: Its atoms and hypotheses.
        log_probabilities: (n, 11) of each hypothesis's raster: the digits, then "not a digit".
        length: The least and the most glyphs. What is no digit may be passed over, to be no glyph
            at all. Where the ink cannot be divided so, the nearest number that it can be.
        allowed: The digits that may be read; "?" always may.
        weights: Other than the bundled ones, for fitting.

    Returns:
        The best reading that fits, with others.
    """
    weights = weights or Weights.bundled()
    passable = set() if length is None else _passable(line, log_probabilities)
    lattice = Lattice(line, length is not None, passable)
    labels = lattice.label_scores(np.array(log_probabilities, np.float64), weights)
    forbidden = [digit for digit in range(DIGITS) if digit not in allowed]
    labels[:, forbidden] = -math.inf
    pairs = lattice.pair_scores(weights)
    finals = lattice.finals
    if length is not None and finals:
        labels = _with_passed_over(labels)
        low, high = length
        off = [max(low - lattice.counts[n], lattice.counts[n] - high, 0) for n in finals]
        finals = [node for node, miss in zip(finals, off, strict=True) if miss == min(off)]
    numbers = _score(lattice, labels, pairs, finals, math.log(1 - MIXED_LINES))
    kinds = [numbers]
    if numbers.shares[:, NOT_DIGIT].sum() >= PERHAPS_MIXED:
        mixed = labels + math.log((1 - IN_MIXED) / (1 - IN_NUMBERS))
        mixed[:, NOT_DIGIT] = labels[:, NOT_DIGIT] + math.log(IN_MIXED / IN_NUMBERS)
        kinds.append(_score(lattice, mixed, pairs, finals, math.log(MIXED_LINES)))
    whole = _log_sum([kind.whole for kind in kinds])
    texts = _texts(line, kinds, whole)
    path = _path_of(texts[0][0], line, kinds)
    shares = np.zeros_like(labels)
    for kind in kinds:
        if kind.whole > -math.inf:
            shares += kind.shares * math.exp(kind.whole - whole)
    glyphs = []
    for number, label in path:
        ranked = np.argsort(-shares[number, :DIGITS], kind="stable").tolist()
        candidates = tuple(
            (digit, float(shares[number, digit])) for digit in ranked if shares[number, digit] > 0
        )
        glyphs.append(
            Glyph(
                line.hypotheses[number],
                None if label == NOT_DIGIT else label,
                min(float(shares[number, label]), 1.0),
                candidates,
            )
        )
    return LineReading(tuple(glyphs), tuple((text, p) for text, p in texts[:ALTERNATIVES]))


@dataclass(frozen=True, eq=False)
class _Kind:
    """A line scored as one of a kind.

    Attributes:
        labels: (n, 11) score of each hypothesis as each class.
        whole: Logarithm of the weight of all paths, with the kind's own share of all lines.
        segmentations: The best paths, as scores with that share and hypotheses.
        shares: (n, 11) of the weight that goes through each hypothesis as each class.
    """

    labels: NDArray[np.float64]
    whole: float
    segmentations: list[tuple[float, list[int]]]
    shares: NDArray[np.float64]


def _score(
    lattice: Lattice,
    labels: NDArray[np.float64],
    pairs: list[float],
    finals: list[int],
    log_share: float,
) -> _Kind:
    whole, through, _ = lattice.sums(labels, pairs, finals)
    best = [(score + log_share, path) for score, path in lattice.best(labels, pairs, finals)]
    sums = np.array(_log_sums(labels))
    sums[np.isneginf(sums)] = 0.0  # nothing is possible: all shares are 0
    shares = np.exp(labels - sums[:, None]) * through[:, None]
    return _Kind(labels, whole + log_share, best, shares)


def _passable(line: Line, log_probabilities: NDArray[np.float64]) -> set[int]:
    """The hypotheses that may be signs: whole strokes that are perhaps no digit."""
    perhaps = log_probabilities[:, NOT_DIGIT] >= PASSED_LOG_PROBABILITY
    return {k for k in np.flatnonzero(perhaps).tolist() if not line.hypotheses[k].cuts}


def _with_passed_over(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2n, 11): the scores of the hypotheses as glyphs, then as what is passed over."""
    glyphs, passed = labels.copy(), np.full_like(labels, -math.inf)
    glyphs[:, NOT_DIGIT] += math.log(COUNTED_UNREADABLE)
    passed[:, NOT_DIGIT] = labels[:, NOT_DIGIT]
    return np.concatenate([glyphs, passed])


def _ordered(path: list[int], line: Line) -> list[int]:
    """From left to right, which is the path's own order but for digits far into each other.

    Without what is passed over.
    """
    seen = [number for number in path if number < len(line.hypotheses)]
    return sorted(seen, key=lambda k: line.hypotheses[k].box[0] + line.hypotheses[k].box[2])


def _texts(line: Line, kinds: list[_Kind], whole: float) -> list[tuple[str, float]]:
    """The likeliest texts: of each segmentation the best, and those with a glyph or two changed."""
    found: dict[str, float] = {}
    for kind in kinds:
        likeliest = np.argsort(-kind.labels, axis=1, kind="stable")[:, :3]
        scores = np.take_along_axis(kind.labels, likeliest, axis=1)
        ways = [
            [
                (score, _character(label))
                for score, label in zip(*row, strict=True)
                if score > -math.inf
            ]
            for row in zip(scores.tolist(), likeliest.tolist(), strict=True)
        ]
        for score, path in kind.segmentations:
            if score - whole < NEGLIGIBLE_LOG_SHARE and len(found) >= ALTERNATIVES:
                break  # the next are less likely still
            choices = [ways[number] for number in _ordered(path, line)]
            if not all(choices):
                continue
            for loss, chosen in _best_choices(choices, ALTERNATIVES):
                text = "".join([row[rank][1] for row, rank in zip(choices, chosen, strict=True)])
                share = math.exp(min(score + loss - whole, 0.0))
                found[text] = found.get(text, 0.0) + share
    if not found:
        return [("", 1.0)]
    ranked_texts = sorted(found.items(), key=lambda item: -item[1])
    total = sum(found.values())
    return [(text, share / max(total, 1.0)) for text, share in ranked_texts]


def _path_of(text: str, line: Line, kinds: list[_Kind]) -> list[tuple[int, int]]:
    """The best path that says a text, as hypotheses and labels."""
    best, best_score = list[tuple[int, int]](), -math.inf
    wanted = [NOT_DIGIT if character == "?" else int(character) for character in text]
    for labels, (score, path) in ((k.labels, best) for k in kinds for best in k.segmentations):
        ordered = _ordered(path, line)
        if len(ordered) != len(wanted):
            continue
        total = score - sum(
            labels[n].max() - labels[n, w] for n, w in zip(ordered, wanted, strict=True)
        )
        if total > best_score:
            best, best_score = list(zip(ordered, wanted, strict=True)), total
    return best


def _best_choices(
    choices: list[list[tuple[float, str]]], count: int
) -> list[tuple[float, tuple[int, ...]]]:
    """The best ways to take one of each, as losses against the best and ranks."""
    losses = [[row[0][0] - score for score, _ in row] for row in choices]
    # None of the best ways changes a place while `count - 1` others are cheaper to change.
    cheapest = heapq.nsmallest(
        count - 1, (k for k, row in enumerate(losses) if len(row) > 1), key=lambda k: losses[k][1]
    )
    start = (0,) * len(choices)
    heap = [(0.0, start)]
    seen = {start}
    taken: list[tuple[float, tuple[int, ...]]] = []
    while heap and len(taken) < count:
        loss, ranks = heapq.heappop(heap)
        taken.append((-loss, ranks))
        for k in cheapest:
            rank = ranks[k]
            if rank + 1 < len(losses[k]):
                after = (*ranks[:k], rank + 1, *ranks[k + 1 :])
                if after not in seen:
                    seen.add(after)
                    heapq.heappush(heap, (loss + losses[k][rank + 1] - losses[k][rank], after))
    return taken


def merge_alternatives(
    lines: Sequence[Sequence[tuple[str, float]]],
) -> tuple[tuple[str, float], ...]:
    """Texts of several lines with their probabilities, best first, joined by line breaks."""
    joined: list[tuple[str, float]] = [("", 1.0)]
    for number, alternatives in enumerate(lines):
        separator = "\n" if number else ""
        joined = heapq.nlargest(
            ALTERNATIVES,
            ((a + separator + b, p * q) for a, p in joined for b, q in alternatives),
            key=lambda item: item[1],
        )
    return tuple(joined)


def _plainness(item: tuple[_State, int]) -> tuple[int, int]:
    (mask, *_, passed), node = item
    return bin(mask).count("1") + passed, node


def _character(label: int) -> str:
    return "?" if label == NOT_DIGIT else str(label)


def _log_sums(scores: NDArray[np.float64]) -> list[float]:
    """The logarithm of each row's sum of exponentials; -inf where nothing is allowed."""
    if not len(scores):
        return []
    tops = scores.max(axis=1)
    shifted = np.where(np.isfinite(tops), tops, 0.0)
    with np.errstate(divide="ignore"):
        sums: list[float] = (
            shifted + np.log(np.exp(scores - shifted[:, None]).sum(axis=1))
        ).tolist()
    return sums


def _log_sum(terms: Sequence[float]) -> float:
    top = max(terms, default=-math.inf)
    if top == -math.inf:
        return top
    return top + math.log(sum(math.exp(term - top) for term in terms))
