"""Map of rules in, one direction's rules out as polylines that run through the whole map.

The map is cut into strips across the rules. In each strip a rule is a peak; the peaks of one rule
lie on a smooth curve, and neighbouring rules bend alike, as the sheet does. So one smooth surface
is fitted to all of them, which tells where a rule goes on behind a gap, a tear or a merged cell.
The constants were chosen on the same tables as those of `pencils`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rules", "trace_rules"]

Floats: TypeAlias = NDArray[np.float64]

STRIP = 6  # cells of the map that a strip is wide: less than a table's cell
LEAST_PEAK = 0.3  # mean probability of a rule across a strip, at its peak
LINK = 1.3  # cells that a rule strays at most from one strip to the next
MAX_MISSED = 3  # strips in which a rule may not show while its first pieces are linked
SAME_RULE = 1.6  # cells: peaks this near to a rule's curve are its own
# A rule shows in this fraction of the longest rule's strips at least, and in so many strips.
LEAST_SUPPORT, LEAST_STRIPS = 0.3, 2
POWERS = ((1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (3, 1))  # of the position along and across
RIDGE = 0.05  # keeps the surface from bending for a few peaks


@dataclass(frozen=True, eq=False)
class Rules:
    """Rules of one direction, from the first across to the last.

    Attributes:
        knots: (s,) where along the rules their polylines have points, ascending, in cells.
        positions: (k, s) of each rule there, across, in cells.
        support: (k, s) in [0, 1], how clearly each rule shows there.
    """

    knots: Floats
    positions: Floats
    support: Floats

    def __len__(self) -> int:
        return len(self.positions)

    def at(self, along: Floats) -> Floats:
        """(k, n) positions of the rules across, at (n,) positions along them."""
        knots, values = self.knots, self.positions
        if len(knots) < 2:
            return np.repeat(values, len(along), axis=1)
        # Beyond its ends a rule goes on as straight as it was there.
        left = np.clip(np.searchsorted(knots, along) - 1, 0, len(knots) - 2)
        fraction = (along - knots[left]) / (knots[left + 1] - knots[left])
        found: Floats = values[:, left] + fraction * (values[:, left + 1] - values[:, left])
        return found

    def chosen(self, which: NDArray[np.int64]) -> Rules:
        """Some of them."""
        return Rules(self.knots, self.positions[which], self.support[which])


@dataclass(frozen=True, eq=False)
class _Peaks:
    """Where rules show: strip, position across, height."""

    strip: NDArray[np.int64]
    position: Floats
    height: Floats


def trace_rules(ruled: NDArray[np.float32]) -> Rules:
    """Find the rules that run along a map's rows.

    Args:
        ruled: (m, n) in [0, 1], how likely a rule of either direction runs through each cell.
    """
    count = max(1, ruled.shape[1] // STRIP)
    edges = np.linspace(0, ruled.shape[1], count + 1).round().astype(int)
    knots = (edges[1:] + edges[:-1]) / 2.0
    sums = np.cumsum(np.pad(ruled.astype(np.float64), ((0, 0), (1, 0))), axis=1)
    profiles = ((sums[:, edges[1:]] - sums[:, edges[:-1]]) / np.diff(edges)).T
    peaks = _peaks(profiles)
    first = _linked(peaks, count)
    nothing = Rules(knots, np.zeros((0, count)), np.zeros((0, count)))
    if not first:
        return nothing
    scale = max(ruled.shape) / 2.0
    along = (knots - ruled.shape[1] / 2) / scale
    level = _fit(peaks, first, along, scale, ruled.shape[0])
    flat = peaks.position - level(peaks.strip, peaks.position)
    middles = _clusters(flat, peaks)
    if not len(middles):
        return nothing
    return _as_rules(peaks, flat, middles, level, knots)


def _peaks(profiles: Floats) -> _Peaks:
    """Local maxima of (strips, m) profiles."""
    padded = np.pad(profiles, ((0, 0), (1, 1)))
    before, here, after = padded[:, :-2], padded[:, 1:-1], padded[:, 2:]
    strip, index = np.nonzero((here >= LEAST_PEAK) & (here >= before) & (here > after))
    around = np.stack([before[strip, index], here[strip, index], after[strip, index]])
    centre = index + 0.5 + (around[2] - around[0]) / around.sum(axis=0)
    return _Peaks(strip, centre, here[strip, index])


def _linked(peaks: _Peaks, count: int) -> list[NDArray[np.int64]]:
    """Peaks that follow each other from strip to strip, as indices; the longest chains first."""
    chains: list[list[int]] = []
    slopes: list[float] = []
    open_chains: list[int] = []
    for strip in range(count):
        own = np.flatnonzero(peaks.strip == strip).tolist()
        open_chains = [c for c in open_chains if strip - peaks.strip[chains[c][-1]] <= MAX_MISSED]
        pairs = []
        for c in open_chains:
            last = chains[c][-1]
            ahead = strip - int(peaks.strip[last])
            expected = peaks.position[last] + slopes[c] * ahead
            for k in own:
                off = abs(float(peaks.position[k]) - expected)
                if off <= LINK * ahead:
                    pairs.append((off + ahead, c, k))
        used: set[int] = set()
        taken: set[int] = set()
        for _, c, k in sorted(pairs):
            if c in used or k in taken:
                continue
            used.add(c)
            taken.add(k)
            last = chains[c][-1]
            step = float(peaks.position[k] - peaks.position[last]) / (
                strip - int(peaks.strip[last])
            )
            slopes[c] = 0.7 * slopes[c] + 0.3 * step
            chains[c].append(k)
        for k in own:
            if k not in taken:
                open_chains.append(len(chains))
                chains.append([k])
                slopes.append(0.0)
    longest = max((len(chain) for chain in chains), default=0)
    kept = [c for c in chains if len(c) >= max(LEAST_STRIPS, LEAST_SUPPORT * longest)]
    return [np.array(chain) for chain in sorted(kept, key=len, reverse=True)]


class _Surface:
    """How far a rule strays at each point from its position in the middle, in cells."""

    def __init__(self, weights: Floats, along: Floats, scale: float, height: float) -> None:
        self._weights, self._along, self._scale, self._height = weights, along, scale, height

    def terms(self, strip: NDArray[np.int64], across: Floats) -> Floats:
        """(n, powers) of points."""
        u, v = self._along[strip], (across - self._height / 2) / self._scale
        return np.stack([u**a * v**b for a, b in POWERS], axis=1)

    def __call__(self, strip: NDArray[np.int64], across: Floats) -> Floats:
        return np.asarray(self.terms(strip, across) @ self._weights)


def _fit(
    peaks: _Peaks, chains: list[NDArray[np.int64]], along: Floats, scale: float, height: float
) -> _Surface:
    """The surface on which the chains lie."""
    chain_of = np.concatenate([np.full(len(chain), k) for k, chain in enumerate(chains)])
    members = np.concatenate(chains)
    middle = np.array([np.median(peaks.position[chain]) for chain in chains])
    surface = _Surface(np.zeros(len(POWERS)), along, scale, height)
    weights = np.ones(len(members))
    for _ in range(3):
        terms = surface.terms(peaks.strip[members], middle[chain_of])
        offsets = np.zeros((len(members), len(chains)))
        offsets[np.arange(len(members)), chain_of] = 1
        matrix = np.concatenate([terms, offsets], axis=1) * weights[:, None]
        ridge = np.zeros((len(POWERS), matrix.shape[1]))
        np.fill_diagonal(ridge, RIDGE * np.sqrt(len(members)))
        solved, *_ = np.linalg.lstsq(
            np.concatenate([matrix, ridge]),
            np.concatenate([peaks.position[members] * weights, np.zeros(len(POWERS))]),
            rcond=None,
        )
        surface = _Surface(solved[: len(POWERS)], along, scale, height)
        middle = solved[len(POWERS) :]
        off = peaks.position[members] - terms @ solved[: len(POWERS)] - middle[chain_of]
        weights = 1 / (1 + (off / SAME_RULE) ** 2)
    return surface


def _clusters(flat: Floats, peaks: _Peaks) -> Floats:
    """Positions in the middle of the rules on which the peaks lie, ascending."""
    found: list[float] = []
    left = np.ones(len(flat), bool)
    most = 0
    order = np.argsort(flat)
    while left.any():
        own = order[left[order]]
        total = np.cumsum(peaks.height[own])
        low = np.searchsorted(flat[own], flat[own] - SAME_RULE)
        high = np.searchsorted(flat[own], flat[own] + SAME_RULE, side="right")
        near = total[high - 1] - np.where(low > 0, total[low - 1], 0.0)
        best = int(near.argmax())
        members = own[low[best] : high[best]]
        middle = float(np.average(flat[members], weights=peaks.height[members]))
        members = np.flatnonzero(left & (np.abs(flat - middle) <= SAME_RULE))
        strips = len(np.unique(peaks.strip[members]))
        most = max(most, strips)
        if strips < max(LEAST_STRIPS, LEAST_SUPPORT * most):
            break
        found.append(float(np.average(flat[members], weights=peaks.height[members])))
        left[members] = False
        left[np.abs(flat - middle) <= SAME_RULE] = False
    return np.sort(np.array(found))


def _as_rules(
    peaks: _Peaks, flat: Floats, middles: Floats, level: _Surface, knots: Floats
) -> Rules:
    count = len(knots)
    nearest = np.abs(flat[:, None] - middles[None]).argmin(axis=1)
    own = np.abs(flat - middles[nearest]) <= SAME_RULE
    strips = np.arange(count)
    positions, support = np.zeros((len(middles), count)), np.zeros((len(middles), count))
    for k, middle in enumerate(middles):
        curve = middle + level(strips, np.full(count, middle))
        curve = middle + level(strips, curve)
        members = np.flatnonzero(own & (nearest == k))
        np.maximum.at(support[k], peaks.strip[members], peaks.height[members])
        rest = np.full(count, np.nan)
        rest[peaks.strip[members]] = peaks.position[members] - curve[peaks.strip[members]]
        known = np.flatnonzero(np.isfinite(rest))
        positions[k] = curve + np.interp(strips, known, rest[known])
    return Rules(knots, positions, support)
