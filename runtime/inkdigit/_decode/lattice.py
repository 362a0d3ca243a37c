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
from inkdigit.labels import DIGITS, NOT_DIGIT, SIGN_CLASSES

__all__ = [
    "LEFT_OUT",
    "MIN_LOG_PROBABILITY",
    "OTHER",
    "PASSED",
    "Lattice",
    "Path",
    "Scores",
    "Step",
    "log_sum",
    "no_signs",
]

MAX_STATES = 48  # ways to have covered the atoms up to one; beyond it the simplest are kept
COUNTED_STATES = 200  # where ways that differ in their number of glyphs are kept apart
# Ways from one digit to the next, of a whole row: beyond it fewer states are kept. A number of 16
# strokes and pieces has 6,000 at most, a long row of writing 100 for each of its own.
MAX_EDGES, EDGES_PER_ATOM = 8_000, 60
COUNTED_EDGES = 4  # times as many where numbers of glyphs are kept apart
BURST = 4  # times its part of what is left that one atom may use
BEST_PATHS = 6  # segmentations of a row that alternatives come from
MIN_LOG_PROBABILITY = -16.0  # float32 softmax is noise below
EDGES_AT_ONCE = 4096  # a page of scribbles has 100,000: their features would take 20 MB
MAX_PASSED = 6  # signs in a row beside a number of known length
# Columns of what is passed: the one for leaving it out, the one for a sign that is none of `SIGNS`
# and is read as "?", and how many there are, with one for each sign between the two.
LEFT_OUT, OTHER, PASSED = 0, len(SIGN_CLASSES) - 1, len(SIGN_CLASSES)
# Of being another sign; what is less likely one is not read as one. A digit pays for an odd width
# or height, a sign does not: a wide 5 became "?". Rows with such signs read alike with 0 and 0.1.
LEAST_OTHER = 0.1
NEGLIGIBLE_LOG_FRACTION = -60.0  # e^-60 of a float64 sum is lost in rounding


class Step(NamedTuple):
    """What a node adds to its paths.

    Attributes:
        hypothesis: Its index in the row; None for the start and for a link, which reads nothing.
        passed: Whether the hypothesis is read as a sign or left out, and so no digit of the number.
    """

    hypothesis: int | None
    passed: bool = False


@dataclass(frozen=True, eq=False)
class Scores:
    """Log-weights of a row's n hypotheses and of its lattice's edges."""

    labels: NDArray[np.float64]  # (n, 11) of each hypothesis read as each class
    passed: NDArray[np.float64]  # (n, 7) of each left out, and read as each sign or another
    edges: list[float]  # one for each edge, in the lattice's order

    def reweighted(self, digit: float, unreadable: float) -> Scores:
        """The same with each digit's weight, and that of each non-digit, times a factor."""
        labels = self.labels + math.log(digit)
        labels[:, NOT_DIGIT] = self.labels[:, NOT_DIGIT] + math.log(unreadable)
        return Scores(labels, self.passed, self.edges)


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over all paths of a lattice."""

    log_weight: float  # logarithm of the weight of all paths
    read: NDArray[np.float64]  # (n,) fraction of the weight that reads each hypothesis
    passed: NDArray[np.float64]  # (n,) fraction that passes it
    edges: NDArray[np.float64]  # (edges,) fraction through each edge


@dataclass(frozen=True, eq=False)
class Path:
    """A way to read a row.

    Attributes:
        score: Log-weight with the likeliest class of each hypothesis.
        steps: What it is made of, from left to right. That is the path's own order, except where
            digits reach far into each other.
        scores: Log-weights of the row's hypotheses.
    """

    score: float
    steps: list[Step]
    scores: Scores


@dataclass(frozen=True, eq=False)
class Weighed:
    """A row weighed as one of a kind.

    Attributes:
        log_weight: Logarithm of the weight of all paths, times the kind's prior.
        paths: The best ones, their scores with that prior.
        read: (n, 11) fraction of the weight that reads each hypothesis as each class.
        passed: (n, 7) fraction that leaves it out, or reads it as each sign or another.
        unreadable: Expected number of glyphs that are no digit.
    """

    log_weight: float
    paths: list[Path]
    read: NDArray[np.float64]
    passed: NDArray[np.float64]
    unreadable: float


# Atoms covered after the first open one, as bits; the last step that was no link; this node's step
# (both as indices of `Lattice.options`); glyphs so far and how many passed, where they are counted.
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
        glyph_features: (n, 11) of each hypothesis.
        is_link: (edges,) whether the edge leads to a link. Edges are in the order of the nodes,
            then of each node's `incoming`.
        is_speck: (n,) which hypotheses are specks: nothing else may be left out.

    Args:
        row: Its atoms and hypotheses.
        counted: Whether nodes count the glyphs up to them, for a bound on the length; of what is no
            speck, `MAX_PASSED` may be passed then.
        passable: Indices of hypotheses that may be passed; specks can be nothing else.
    """

    def __init__(self, row: Row, counted: bool = False, passable: Collection[int] = ()) -> None:
        self._row = row
        options, starting = _options(row, passable)
        hypotheses = row.hypotheses
        self.is_speck = np.array([h.speck for h in hypotheses], bool)
        is_passed = [option.passed for option in options]
        is_speck = [o.hypothesis is not None and hypotheses[o.hypothesis].speck for o in options]
        nodes, lasts = [_LINK], [_LINK]  # indices of `options`
        self.counts = [0]
        self.incoming: list[list[int]] = [[]]
        waiting: list[dict[_State, int]] = [{} for _ in range(row.atom_count + 1)]
        waiting[0][0, _LINK, _LINK, 0, 0] = 0
        max_states = COUNTED_STATES if counted else MAX_STATES
        edges_left = (MAX_EDGES + EDGES_PER_ATOM * row.atom_count) * (COUNTED_EDGES**counted)
        for atom in range(row.atom_count):
            states = sorted(waiting[atom].items(), key=_simplicity)[:max_states]
            edges_here = BURST * edges_left // (row.atom_count - atom)
            states = states[: max(1, edges_here // max(1, len(starting[atom])))]
            for (mask, last, _, count, passed), node in states:
                for option, covered in starting[atom]:
                    passes = passed + (counted and is_passed[option] and not is_speck[option])
                    if mask & covered or option == last == _LINK or passes > MAX_PASSED:
                        continue
                    after, open_atom = mask | covered, atom
                    while after & 1:
                        after >>= 1
                        open_atom += 1
                    total = count + (option != _LINK and not is_passed[option])
                    # Digits on both sides of a link or a speck are neighbours.
                    new_last = last if option == _LINK or is_speck[option] else option
                    state = (after, new_last, option, counted * total, passes)
                    target = waiting[open_atom].get(state)
                    if target is None:
                        target = waiting[open_atom][state] = len(nodes)
                        nodes.append(option)
                        lasts.append(new_last)
                        self.counts.append(total)
                        self.incoming.append([])
                    self.incoming[target].append(node)
                    edges_left -= 1
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
        self._passed = np.array([step.passed for step in self.steps])
        ends = np.stack([of_option[np.array(lasts)[before]], np.repeat(self._hypotheses, degrees)])
        self.is_link = ends[1] < 0
        # How a sign lies beside a digit, `signs` has weighed.
        passes = np.array([option.passed for option in options])
        ends[0, passes[np.array(lasts)[before]]] = -1
        ends[1, np.repeat(self._passed, degrees)] = -1
        self._edge_ends = ends

    def pair_features(self, edges: slice = slice(None)) -> NDArray[np.float64]:
        """(n, 7) of some edges; none for those to links."""
        return self._shapes.pair_features(*self._edge_ends[:, edges])

    def score(
        self,
        log_probabilities: NDArray[np.float64],
        weights: Weights,
        signs: NDArray[np.float64] | None = None,
    ) -> Scores:
        """Weigh a row's log-probabilities and its geometry.

        Args:
            log_probabilities: (n, 11) of its hypotheses.
            weights: Of all features.
            signs: (n, 7) log-probabilities of `SIGN_CLASSES`; certainly none if left out.
        """
        labels = np.maximum(log_probabilities, MIN_LOG_PROBABILITY)
        labels[:, :DIGITS] *= weights.label[0]
        labels[:, NOT_DIGIT] *= weights.label[1]
        labels[:, NOT_DIGIT] += self.glyph_features @ weights.unreadable
        labels += (self.glyph_features @ weights.glyph)[:, None]
        passed = no_signs(len(labels)) if signs is None else signs
        clipped = np.maximum(passed, MIN_LOG_PROBABILITY)
        none, none_inside, told, each, left_out = weights.sign
        labels += (clipped[:, LEFT_OUT] * none + self.of_parts(clipped) * none_inside)[:, None]
        passed = np.where(np.isneginf(passed), passed, clipped * told) + each
        left_out = clipped[:, LEFT_OUT] * told + left_out
        passed[:, LEFT_OUT] = np.where(self.is_speck, left_out, -math.inf)
        passed[clipped[:, OTHER] < math.log(LEAST_OTHER), OTHER] = -math.inf
        edges: list[float] = []
        for first in range(0, len(self.is_link), EDGES_AT_ONCE):
            block = slice(first, first + EDGES_AT_ONCE)
            score = self.pair_features(block) @ weights.pair
            edges += (score + self.is_link[block] * weights.label[2]).tolist()
        return Scores(labels, passed, edges)

    def of_parts(self, signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) sums of (n, 7), of its column for no sign, over the parts of each hypothesis.

        It is 0 for one part. A comma beside a digit hardly changes the raster of the two together.
        """
        hypotheses = self._row.hypotheses
        alone = {
            hypothesis.parts[0].source: index
            for index, hypothesis in enumerate(hypotheses)
            if len(hypothesis.parts) == 1 and not hypothesis.cuts
        }
        sums = np.zeros(len(hypotheses))
        for index, hypothesis in enumerate(hypotheses):
            if len(hypothesis.parts) > 1:
                parts = [alone[part.source] for part in hypothesis.parts if part.source in alone]
                sums[index] = signs[parts, LEFT_OUT].sum()
        return sums

    def weigh(self, scores: Scores, finals: list[int], prior: float) -> Weighed:
        """Sums and best paths over all paths that end in `finals`, times a prior."""
        sums = self.sums(scores, finals)
        totals = log_sums(scores.labels)
        totals[np.isneginf(totals)] = 0.0  # no class is possible: each fraction is 0
        read = np.exp(scores.labels - totals[:, None]) * sums.read[:, None]
        totals = log_sums(scores.passed)
        totals[np.isneginf(totals)] = 0.0
        passed = np.exp(scores.passed - totals[:, None]) * sums.passed[:, None]
        paths = [
            Path(score + math.log(prior), sorted(steps, key=self._centre), scores)
            for score, steps in self.best(scores, finals)
        ]
        unreadable = float(read[:, NOT_DIGIT].sum())
        return Weighed(sums.log_weight + math.log(prior), paths, read, passed, unreadable)

    def _centre(self, step: Step) -> float:
        return 0.0 if step.hypothesis is None else self._row.hypotheses[step.hypothesis].centre

    def sums(self, scores: Scores, finals: list[int]) -> Sums:
        """Sum over all paths that end in `finals` (the forward-backward algorithm)."""
        own = self._node_scores(log_sums(scores.labels), log_sums(scores.passed))
        whole, fractions, edges = self._fractions(own, scores.edges, finals)
        read, passed = (self._by_hypothesis(fractions, passed) for passed in (False, True))
        return Sums(whole, read, passed, edges)

    def _fractions(
        self, own: list[float], edge_scores: list[float], finals: list[int]
    ) -> tuple[float, list[float], NDArray[np.float64]]:
        """The logarithm of all weight, and its fraction through each node and each edge."""
        forward = [-math.inf] * len(self.steps)
        forward[0] = 0.0
        for node in self._order[1:]:
            terms = [
                forward[before] + edge_scores[edge]
                for edge, before in enumerate(self.incoming[node], self._first_edge[node])
            ]
            forward[node] = log_sum(terms) + own[node]
        whole = log_sum([forward[node] for node in finals])
        fractions = [0.0] * len(self.steps)
        edges = np.zeros(len(edge_scores))
        if whole > -math.inf:
            for node in finals:
                fractions[node] = math.exp(forward[node] - whole)
            for node in reversed(self._order[1:]):
                if fractions[node] <= 0.0:
                    continue
                for edge, before in enumerate(self.incoming[node], self._first_edge[node]):
                    part = forward[before] + edge_scores[edge] + own[node] - forward[node]
                    if part > NEGLIGIBLE_LOG_FRACTION:
                        edges[edge] = fractions[node] * math.exp(part)
                        fractions[before] += edges[edge]
        return whole, fractions, edges

    def spell(
        self, scores: Scores, labels: Sequence[int], signs: Sequence[Collection[int]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Where each glyph of a known text is, in a lattice whose nodes are counted.

        Args:
            scores: Of the row.
            labels: The class of each glyph, 0 to 10, from left to right.
            signs: For 0 to all glyphs, the signs after so many of them, as columns of what is
                passed.

        Returns:
            (glyphs, n) how likely each hypothesis is each glyph, given the text; and how likely it
            is passed behind so many glyphs, (glyphs + 1, n). None where the row cannot be divided
            so.
        """
        finals = [node for node in self.finals if self.counts[node] == len(labels)]
        own = []
        for node, step in enumerate(self.steps):
            index, count = step.hypothesis, self.counts[node]
            if index is None:
                own.append(0.0)
            elif count > len(labels):
                own.append(-math.inf)
            elif step.passed:
                columns = [LEFT_OUT, *signs[count]]
                own.append(float(scores.passed[index, columns].max()))
            else:
                own.append(float(scores.labels[index, labels[count - 1]]))
        whole, fractions, _ = self._fractions(own, scores.edges, finals)
        if whole == -math.inf:
            return None
        read = np.zeros((len(labels), len(self._row.hypotheses)))
        passed = np.zeros((len(labels) + 1, len(self._row.hypotheses)))
        for node, step in enumerate(self.steps):
            if step.hypothesis is not None and fractions[node]:
                place = (passed, 0) if step.passed else (read, 1)
                place[0][self.counts[node] - place[1], step.hypothesis] += fractions[node]
        return read, passed

    def best(self, scores: Scores, finals: list[int]) -> list[tuple[float, list[Step]]]:
        """The `BEST_PATHS` best paths that end in `finals`: scores, and steps without links."""
        tops = scores.labels.max(axis=1, initial=-math.inf)
        own = self._node_scores(tops, scores.passed.max(axis=1, initial=-math.inf))
        # Of the ways to each node the best scores, and in one flat array, `BEST_PATHS` entries a
        # node, where each comes from: as tuples they would take 10 MB of a page of scribbles.
        kept: list[list[float]] = [[] for _ in self.steps]
        origins = array("q", [-1]) * (len(self.steps) * BEST_PATHS)
        kept[0] = [0.0]
        for node in self._order[1:]:
            first = self._first_edge[node]
            nearest = [
                (kept[before][0] + scores.edges[edge] + own[node], before, edge)
                for edge, before in enumerate(self.incoming[node], first)
                if kept[before]
            ]
            # The best ways come by the nodes with the best first ways: of the others none can.
            if len(nearest) > BEST_PATHS:
                nearest.sort(reverse=True)
                del nearest[BEST_PATHS:]
            ways = [
                (score + scores.edges[edge] + own[node], before * BEST_PATHS + rank)
                for _, before, edge in nearest
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

    def _node_scores(self, read: NDArray[np.float64], passed: NDArray[np.float64]) -> list[float]:
        """What each node adds to its paths, from scores (n,) of the hypotheses."""
        own = np.where(self._passed, passed[self._hypotheses], read[self._hypotheses])
        own[self._hypotheses < 0] = 0.0
        return list(own.tolist())

    def _by_hypothesis(self, fractions: list[float], passed: bool) -> NDArray[np.float64]:
        chosen = (self._passed == passed) & (self._hypotheses >= 0)
        weights = np.array(fractions)[chosen]
        sums = np.bincount(self._hypotheses[chosen], weights, len(self._row.hypotheses))
        return np.asarray(sums, np.float64)


def no_signs(count: int) -> NDArray[np.float64]:
    """(count, 7) log-probabilities that say that nothing is a sign."""
    signs = np.full((count, PASSED), -math.inf)
    signs[:, LEFT_OUT] = 0.0
    return signs


def _options(row: Row, passable: Collection[int]) -> tuple[list[Step], list[list[tuple[int, int]]]]:
    """The steps there are, and which may start at each atom with the atoms they cover, as bits."""
    options = [Step(None)]
    starting: list[list[tuple[int, int]]] = [[] for _ in range(row.atom_count)]
    for index, hypothesis in enumerate(row.hypotheses):
        first = hypothesis.atoms[0]
        covered = sum(1 << (atom - first) for atom in hypothesis.atoms)
        ways = [False] * (not hypothesis.speck) + [True] * (hypothesis.speck or index in passable)
        for passed in ways:
            starting[first].append((len(options), covered))
            options.append(Step(index, passed))
    for atom in row.links:
        starting[atom].append((_LINK, 1))
    return options, starting


def _simplicity(item: tuple[_State, int]) -> tuple[int, int]:
    (mask, *_, passed), node = item
    return bin(mask).count("1") + passed, node


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
