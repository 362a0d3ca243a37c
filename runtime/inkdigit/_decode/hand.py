"""What is remembered of one person's hand in; how it changes what each raster may be, out.

Each raster becomes a short vector: what the network says of it, its embedding and its coarse shape,
projected so that glyphs that one hand meant alike lie close together. With n_c glyphs confirmed of
class c, the probability of c is

    p(c | raster, memory)  ~  (p(c | raster) + sum of weight * closeness) / (1 + doubt * n_c),

the mean of the network's guess and of a density around the remembered glyphs (a kernel density
estimate with a prior). So a shape that was corrected once is read as corrected; and where all known
sevens of a writer have a bar, a stroke without one is less likely to be a 7. Projection and weights
are fitted together, on sequences of many hands, by `python -m inkdigit_train fit-hand`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit.labels import ALL_DIGITS, CLASSES, DIGITS, NOT_DIGIT, SIGN_CLASSES, SIGNS

__all__ = [
    "BUNDLED_RULE",
    "Hand",
    "HandRule",
    "character_of",
    "class_of",
    "describe",
]

BUNDLED_RULE = Path(__file__).parent / "hand.json"
COARSE_SIDE = 7  # a raster's coarse shape is made of 7×7 squares
LEAST_LOG_PROBABILITY = -8.0  # what is less likely makes no difference to the vector
LEAST_TRUSTED = -16.0  # as in the lattice: float32 softmax is noise below


def class_of(character: str) -> int:
    """The remembered class of a digit, a sign or "?"."""
    if character in SIGNS:
        return CLASSES + SIGNS.index(character)
    return NOT_DIGIT if character == "?" else ALL_DIGITS.index(character)


def character_of(label: int) -> str:
    """The digit, sign or "?" of a remembered class."""
    return (ALL_DIGITS + "?" + SIGNS)[label]


def describe(
    rasters: NDArray[np.float32],
    log_probabilities: NDArray[np.float64],
    embedding: NDArray[np.float32],
) -> NDArray[np.float32]:
    """What is projected of n rasters: (n, 124) float32.

    Args:
        rasters: (n, 28, 28) in [0, 1].
        log_probabilities: (n, 11) of them.
        embedding: (n, 64) of them.
    """
    squares = _squares(rasters.shape[1])
    coarse = squares.T @ (rasters @ squares)
    likely = np.maximum(log_probabilities, LEAST_LOG_PROBABILITY) / -LEAST_LOG_PROBABILITY
    return np.concatenate(
        [_unit(embedding), _unit(coarse.reshape(len(rasters), COARSE_SIDE**2)), likely], axis=1
    ).astype(np.float32)


@lru_cache(maxsize=1)
def _squares(side: int) -> NDArray[np.float32]:
    """(side, 7) which of the squares each pixel of a raster's side is in."""
    return np.repeat(np.eye(COARSE_SIDE, dtype=np.float32), side // COARSE_SIDE, axis=0)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.asarray(vectors / np.maximum(lengths, 1e-9)[:, None], np.float32)


@dataclass(frozen=True, eq=False)
class HandRule:
    """How remembered glyphs count.

    Attributes:
        projection: (124, d) float32.
        trust: Factor of the network's log-probabilities.
        sharpness: How fast closeness to a digit falls with 1 - cosine.
        other_sharpness: Likewise to what is no digit, or a sign: it has many shapes.
        corrected: Log-weight of a glyph that was corrected.
        confirmed: Of one that was right, or let stand.
        no_digit: Of one that is no digit, or a sign.
        doubt: How much a digit's confirmed glyphs speak against what is unlike them. Those that
            were corrected do not: they are unusual.
        balance: How much those of all digits speak against no digit.
        fading: How fast a glyph's weight falls with the number of newer ones of its class.
    """

    projection: NDArray[np.float32]
    trust: float
    sharpness: float
    other_sharpness: float
    corrected: float
    confirmed: float
    no_digit: float
    doubt: float
    balance: float
    fading: float

    @classmethod
    def load(cls, path: Path) -> HandRule:
        """Read a file that training wrote."""
        fitted = json.loads(path.read_text())
        return cls(np.array(fitted["projection"], np.float32), **fitted["weights"])

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> HandRule:
        """The rule that comes with the package."""
        return cls.load(BUNDLED_RULE)

    @property
    def size(self) -> int:
        """How long a vector is."""
        return int(self.projection.shape[1])

    def vectors(
        self,
        rasters: NDArray[np.float32],
        log_probabilities: NDArray[np.float64],
        embedding: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """(n, d) float32 of length 1, of n rasters; arguments as for `describe`."""
        return _unit(describe(rasters, log_probabilities, embedding) @ self.projection)


class Hand:
    """The glyphs remembered of one hand, ready to be compared with.

    Args:
        vectors: (m, d) float32 of the glyphs, oldest first.
        labels: (m,) their classes, 0 to 15; see `class_of`.
        corrected: (m,) whether each was corrected.
        rule: How they count.
    """

    def __init__(
        self,
        vectors: NDArray[np.float32],
        labels: NDArray[np.int64],
        corrected: NDArray[np.bool_],
        rule: HandRule | None = None,
    ) -> None:
        self._rule = rule = rule or HandRule.bundled()
        self._vectors = vectors
        sharpness = np.where(labels < DIGITS, rule.sharpness, rule.other_sharpness)
        self._sharpness = sharpness.astype(np.float32)
        newer = _newer(labels)
        faded = -rule.fading * np.log1p(newer)
        kind = np.where(corrected, rule.corrected, rule.confirmed) + faded
        as_digit = np.where(labels < DIGITS, kind, rule.no_digit + faded)
        # A sign is no digit; and a digit is no sign.
        digits, signs = np.minimum(labels, NOT_DIGIT), np.maximum(labels - NOT_DIGIT, 0)
        self._digit_weights = _spread(digits, as_digit, CLASSES)
        self._sign_weights = None
        if (labels > NOT_DIGIT).any():
            self._sign_weights = _spread(signs, kind, len(SIGN_CLASSES))
        usual = np.bincount(digits, np.where(corrected, 0.0, np.exp(faded)), CLASSES)
        usual[NOT_DIGIT] = 0
        self._against = np.log1p(rule.doubt * usual)
        self._against[NOT_DIGIT] = rule.balance * self._against[:DIGITS].mean()

    @property
    def rule(self) -> HandRule:
        """How the glyphs count."""
        return self._rule

    def weigh(
        self, log_probabilities: NDArray[np.float64], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Log-probabilities (n, 11) of rasters, given what is remembered.

        Args:
            log_probabilities: (n, 11) by the network alone.
            vectors: (n, d) of the rasters; where one is 0, its probabilities stay as they are.
        """
        trusted = np.exp(self._rule.trust * np.maximum(log_probabilities, LEAST_TRUSTED))
        sums = np.log(trusted + self._closeness(vectors) @ self._digit_weights) - self._against
        return np.where(_known(vectors), _normalized(sums), log_probabilities)

    def weigh_signs(
        self, told: NDArray[np.float64], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Likewise (n, 7) log-probabilities of `SIGN_CLASSES`."""
        if self._sign_weights is None:
            return told
        sums = np.log(np.exp(told) + self._closeness(vectors) @ self._sign_weights)
        return np.where(_known(vectors), _normalized(sums), told)

    def _closeness(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, m) 1 where a vector is a remembered one, falling to 0."""
        cosines = vectors @ self._vectors.T
        cosines -= 1
        cosines *= self._sharpness
        return np.asarray(np.exp(cosines, out=cosines), np.float32)


def _newer(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m,) how many labels behind each are equal to it."""
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], labels[order], side="right")
    newer = np.empty(len(labels), np.int64)
    newer[order] = ends - 1 - np.arange(len(labels))
    return newer


def _spread(
    labels: NDArray[np.int64], log_weights: NDArray[np.float64], classes: int
) -> NDArray[np.float32]:
    """(m, classes) each glyph's weight in the column of its class."""
    spread = np.zeros((len(labels), classes), np.float32)
    spread[np.arange(len(labels)), labels] = np.exp(log_weights)
    return spread


def _known(vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(vectors.any(axis=1, keepdims=True))


def _normalized(logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logarithms - logarithms.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
