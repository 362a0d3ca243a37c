"""Row in, all ways to read it out: a lattice of hypotheses with sums and best paths over it.

A path covers each atom of the row once; its weight is the exponential of a sum over its features:
how likely each raster is its digit (or no digit, the eleventh class), how high and wide each
hypothesis is, how it lies beside the one before. The weights of the features are fitted on composed
training numbers so that a path's fraction of all weight is its probability: a conditional random
field (Lafferty, McCallum, Pereira, 2001) over segmentations (Sarawagi, Cohen, "Semi-Markov CRFs",
2004).
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.weights import Shapes, Weights
from inkdigit._segment.layout import Row
from inkdigit.labels import DIGITS, NOT_DIGIT

__all__ = ["MIN_LOG_PROBABILITY", "Lattice", "Path", "Scores", "Step", "log_sum"]

MAX_STATES = 48  # ways to have covered the atoms up to one; beyond it the simplest are kept
COUNTED_STATES = 200  # where ways that differ in their number of glyphs are kept apart
BEST_PATHS = 6  # segmentations of a row that alternatives come from
MIN_LOG_PROBABILITY = -16.0  # float32 softmax is noise below
EDGES_AT_ONCE = 4096  # a page of scribbles has 100,000: their features would take 20 MB
MAX_SKIPPED = 3  # signs in a row beside a number of known length
NEGLIGIBLE_LOG_FRACTION = -60.0  # e^-60 of a float64 sum is lost in rounding


class Step(NamedTuple):
    """What a node adds to its paths.

    Attributes:
        hypothesis: Its index in the row; None for the start and for a link, which reads nothing.
        skipped: Whether the hypothesis is left out of the reading.
    """

    hypothesis: int | None
    skipped: bool = False


@dataclass(frozen=True, eq=False)
class Scores:
    """Log-weights of a row's n hypotheses and of its lattice's edges."""

    labels: NDArray[np.float64]  # (n, 11) of each hypothesis read as each class
    skips: NDArray[np.float64]  # (n,) of each hypothesis skipped
    edges: list[float]  # one for each edge, in the lattice's order

    def reweighted(self, digit: float, unreadable: float) -> Scores:
        """The same with each digit's weight, and that of each non-digit, times a factor."""
        labels = self.labels + math.log(digit)
        labels[:, NOT_DIGIT] = self.labels[:, NOT_DIGIT] + math.log(unreadable)
        return Scores(labels, self.skips + math.log(unreadable), self.edges)


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over all paths of a lattice."""

    log_weight: float  # logarithm of the weight of all paths
    read: NDArray[np.float64]  # (n,) fraction of the weight that reads each hypothesis
    skipped: NDArray[np.float64]  # (n,) fraction that skips it
    edges: NDArray[np.float64]  # (edges,) fraction through each edge


@dataclass(frozen=True, eq=False)
class Path:
    """A way to read a row.

    Attributes:
        score: Log-weight with the likeliest class of each hypothesis.
        hypotheses: Indices of those that it reads, from left to right. That is the path's own
            order, except where digits reach far into each other.
        labels: (n, 11) log-weight of each hypothesis of the row read as each class.
    """

    score: float
    hypotheses: list[int]
    labels: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Weighed:
    """A row weighed as one of a kind.

    Attributes:
        log_weight: Logarithm of the weight of all paths, times the kind's prior.
        paths: The best ones, their scores with that prior.
        read: (n, 11) fraction of the weight that reads each hypothesis as each class.
        unreadable: Expected number of glyphs that are no digit, skipped ones included.
    """

    log_weight: float
    paths: list[Path]
    read: NDArray[np.float64]
    unreadable: float


# Atoms covered after the first open one, as bits; the last step that was no link; this node's step
# (both as indices of `Lattice.options`); glyphs so far, where they are counted; how many skipped.
_State: TypeAlias = tuple[int, int, int, int, int]
_LINK = 0  # index of the step that adds nothing


class Lattice:
    """All ways to cover a row's atoms by hypotheses, each atom once.

    A node stands for the atoms that are covered and the step that covered the last of them; paths
    run from node 0 to the `finals`. Time and memory grow with the row's length times at most
    `MAX_STATES`, or `COUNTED_STATES`.

    Attributes:
        steps: What each node adds.
        counts: How many glyphs are read up to each node, itself included.
        incoming: The nodes before each node.
        finals: The nodes at which all atoms are covered.
        glyph_features: (n, 9) of each hypothesis.
        is_link: (edges,) whether the edge leads to a link. Edges are in the order of the nodes,
            then of each node's `incoming`.

    Args:
        row: Its atoms and hypotheses.
        counted: Whether nodes count the glyphs up to them, for a bound on the length.
        skippable: Indices of hypotheses of which `MAX_SKIPPED` may be skipped.
    """

    def __init__(self, row: Row, counted: bool = False, skippable: Collection[int] = ()) -> None:
        self._row = row
        options, starting = _options(row, skippable)
        is_skip = [option.skipped for option in options]
        nodes, lasts = [_LINK], [_LINK]  # indices of `options`
        self.counts = [0]
        self.incoming: list[list[int]] = [[]]
        waiting: list[dict[_State, int]] = [{} for _ in range(row.atom_count + 1)]
        waiting[0][0, _LINK, _LINK, 0, 0] = 0
        max_states = COUNTED_STATES if counted else MAX_STATES
        for atom in range(row.atom_count):
            states = sorted(waiting[atom].items(), key=_simplicity)[:max_states]
            for (mask, last, _, count, skipped), node in states:
                for option, covered in starting[atom]:
                    skips = skipped + is_skip[option]
                    if mask & covered or option == last == _LINK or skips > MAX_SKIPPED:
                        continue
                    after, open_atom = mask | covered, atom
                    while after & 1:
                        after >>= 1
                        open_atom += 1
                    total = count + (option != _LINK and skips == skipped)
                    new_last = last if option == _LINK else option
                    state = (after, new_last, option, counted * total, skips)
                    target = waiting[open_atom].get(state)
                    if target is None:
                        target = waiting[open_atom][state] = len(nodes)
                        nodes.append(option)
                        lasts.append(new_last)
                        self.counts.append(total)
                        self.incoming.append([])
                    self.incoming[target].append(node)
        self.steps = [options[option] for option in nodes]
        self.finals = list(waiting[row.atom_count].values())
        self._order = [node for states in waiting for node in states.values()]
        self._index_edges(options, nodes, lasts)

    def _index_edges(self, options: list[Step], nodes: list[int], lasts: list[int]) -> None:
        shapes = Shapes.of(self._row)
        self._shapes = shapes
        self.glyph_features = shapes.glyph_features()
        degrees = [len(edges) for edges in self.incoming]
        self._first_edge = np.cumsum([0, *degrees]).tolist()
        # -1 where there is no hypothesis.
        of_option = np.array([-1 if s.hypothesis is None else s.hypothesis for s in options])
        before = np.array([node for edges in self.incoming for node in edges], np.int64)
        self._hypotheses = of_option[nodes]
        self._skipped = np.array([step.skipped for step in self.steps])
        self._edge_ends = np.stack(
            [of_option[np.array(lasts)[before]], np.repeat(self._hypotheses, degrees)]
        )
        self.is_link = self._edge_ends[1] < 0

    def pair_features(self, edges: slice = slice(None)) -> NDArray[np.float64]:
        """(n, 7) of some edges; none for those to links."""
        return self._shapes.pair_features(*self._edge_ends[:, edges])

    def score(self, log_probabilities: NDArray[np.float64], weights: Weights) -> Scores:
        """Weigh a row's (n, 11) log-probabilities and its geometry."""
        labels = np.maximum(log_probabilities, MIN_LOG_PROBABILITY)
        labels[:, :DIGITS] *= weights.label[0]
        labels[:, NOT_DIGIT] *= weights.label[1]
        labels[:, NOT_DIGIT] += self.glyph_features @ weights.unreadable
        labels += (self.glyph_features @ weights.glyph)[:, None]
        edges: list[float] = []
        for first in range(0, len(self.is_link), EDGES_AT_ONCE):
            block = slice(first, first + EDGES_AT_ONCE)
            score = self.pair_features(block) @ weights.pair
            edges += (score + self.is_link[block] * weights.label[2]).tolist()
        return Scores(labels, labels[:, NOT_DIGIT].copy(), edges)

    def weigh(self, scores: Scores, finals: list[int], prior: float) -> Weighed:
        """Sums and best paths over all paths that end in `finals`, times a prior."""
        sums = self.sums(scores, finals)
        totals = log_sums(scores.labels)
        totals[np.isneginf(totals)] = 0.0  # no class is possible: each fraction is 0
        read = np.exp(scores.labels - totals[:, None]) * sums.read[:, None]
        unreadable = float(read[:, NOT_DIGIT].sum() + sums.skipped.sum())
        hypotheses = self._row.hypotheses
        paths = []
        for score, steps in self.best(scores, finals):
            indices = [s.hypothesis for s in steps if s.hypothesis is not None and not s.skipped]
            indices.sort(key=lambda index: hypotheses[index].centre)
            paths.append(Path(score + math.log(prior), indices, scores.labels))
        return Weighed(sums.log_weight + math.log(prior), paths, read, unreadable)

    def sums(self, scores: Scores, finals: list[int]) -> Sums:
        """Sum over all paths that end in `finals` (the forward-backward algorithm)."""
        own = self._node_scores(log_sums(scores.labels), scores.skips)
        forward = [-math.inf] * len(self.steps)
        forward[0] = 0.0
        for node in self._order[1:]:
            terms = [
                forward[before] + scores.edges[edge]
                for edge, before in enumerate(self.incoming[node], self._first_edge[node])
            ]
            forward[node] = log_sum(terms) + own[node]
        whole = log_sum([forward[node] for node in finals])
        fractions = [0.0] * len(self.steps)
        edges = np.zeros(len(scores.edges))
        if whole > -math.inf:
            for node in finals:
                fractions[node] = math.exp(forward[node] - whole)
            for node in reversed(self._order[1:]):
                if fractions[node] <= 0.0:
                    continue
                for edge, before in enumerate(self.incoming[node], self._first_edge[node]):
                    part = forward[before] + scores.edges[edge] + own[node] - forward[node]
                    if part > NEGLIGIBLE_LOG_FRACTION:
                        edges[edge] = fractions[node] * math.exp(part)
                        fractions[before] += edges[edge]
        read, skipped = (self._by_hypothesis(fractions, skipped) for skipped in (False, True))
        return Sums(whole, read, skipped, edges)

    def best(self, scores: Scores, finals: list[int]) -> list[tuple[float, list[Step]]]:
        """The `BEST_PATHS` best paths that end in `finals`: scores, and steps without links."""
        tops = scores.labels.max(axis=1, initial=-math.inf)
        own = self._node_scores(tops, scores.skips)
        # Of the ways to each node the best scores, and in one flat array, `BEST_PATHS` entries a
        # node, where each comes from: as tuples they would take 10 MB of a page of scribbles.
        kept: list[list[float]] = [[] for _ in self.steps]
        origins = array("q", [-1]) * (len(self.steps) * BEST_PATHS)
        kept[0] = [0.0]
        for node in self._order[1:]:
            ways = [
                (score + scores.edges[edge] + own[node], before * BEST_PATHS + rank)
                for edge, before in enumerate(self.incoming[node], self._first_edge[node])
                for rank, score in enumerate(kept[before])
            ]
            ways.sort(reverse=True)
            del ways[BEST_PATHS:]
            kept[node] = [score for score, _ in ways]
            first = node * BEST_PATHS
            origins[first : first + len(ways)] = array("q", [origin for _, origin in ways])
        ends = [
            (score, node * BEST_PATHS + rank)
            for node in finals
            for rank, score in enumerate(kept[node])
        ]
        paths = []
        for score, end in heapq.nlargest(BEST_PATHS, ends):
            entry, path = end, []
            while entry > 0:
                step = self.steps[entry // BEST_PATHS]
                if step.hypothesis is not None:
                    path.append(step)
                entry = origins[entry]
            paths.append((score, path[::-1]))
        return paths

    def _node_scores(self, read: NDArray[np.float64], skipped: NDArray[np.float64]) -> list[float]:
        """What each node adds to its paths, from scores (n,) of the hypotheses."""
        own = np.where(self._skipped, skipped[self._hypotheses], read[self._hypotheses])
        own[self._hypotheses < 0] = 0.0
        return list(own.tolist())

    def _by_hypothesis(self, fractions: list[float], skipped: bool) -> NDArray[np.float64]:
        chosen = (self._skipped == skipped) & (self._hypotheses >= 0)
        weights = np.array(fractions)[chosen]
        sums = np.bincount(self._hypotheses[chosen], weights, len(self._row.hypotheses))
        return np.asarray(sums, np.float64)


def _options(
    row: Row, skippable: Collection[int]
) -> tuple[list[Step], list[list[tuple[int, int]]]]:
    """The steps there are, and which may start at each atom with the atoms they cover, as bits."""
    options = [Step(None)]
    starting: list[list[tuple[int, int]]] = [[] for _ in range(row.atom_count)]
    for index, hypothesis in enumerate(row.hypotheses):
        first = hypothesis.atoms[0]
        covered = sum(1 << (atom - first) for atom in hypothesis.atoms)
        for skipped in (False, True) if index in skippable else (False,):
            starting[first].append((len(options), covered))
            options.append(Step(index, skipped))
    for atom in row.links:
        starting[atom].append((_LINK, 1))
    return options, starting


def _simplicity(item: tuple[_State, int]) -> tuple[int, int]:
    (mask, *_, skipped), node = item
    return bin(mask).count("1") + skipped, node


def log_sums(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) logarithm of each row's sum of exponentials; -inf where all are."""
    if not len(scores):
        return np.zeros(0)
    tops = scores.max(axis=1)
    shifted = np.where(np.isfinite(tops), tops, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(shifted + np.log(np.exp(scores - shifted[:, None]).sum(axis=1)))


def log_sum(terms: Sequence[float]) -> float:
    """Logarithm of the sum of exponentials; -inf for none."""
    top = max(terms, default=-math.inf)
    if top == -math.inf:
        return top
    return top + math.log(sum(math.exp(term - top) for term in terms))
