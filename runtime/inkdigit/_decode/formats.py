"""Texts of one row in, log-odds of each out: dates, amounts and times have their usual forms.

A slash and a 1 may look the same; "12/05/2024" is a date and "1210512024" is hardly anything. How
likely a text's sequence of digits and signs is was counted on made texts, whatever the digits are;
what that and the number of each sign weigh was fitted beside what the lattice says:
`python -m inkdigit_train fit-formats`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkdigit.labels import ALL_DIGITS, SIGNS

__all__ = [
    "BUNDLED_FORMATS",
    "DIGIT",
    "END",
    "FORMAT_FEATURES",
    "START",
    "Formats",
    "form_of",
]

BUNDLED_FORMATS = Path(__file__).parent / "formats.json"
DIGIT, START, END = "0", "^", "$"  # any digit; what stands before and after a text
CHARACTERS = len(SIGNS) + 3  # what may follow: a digit, a sign, "?", the end
FORMAT_FEATURES = (
    "log_probability",  # of the lattice, beyond the one that counts anyway
    "log_form",  # logarithm of how likely its form is
    "length",  # characters
    "?",  # how many of each
    *SIGNS,
)
LEAST_LOG_PROBABILITY = -30.0  # of a text: the lattice keeps none that is less likely


def form_of(text: str) -> str:
    """The text with `DIGIT` for each digit."""
    return "".join(DIGIT if character in ALL_DIGITS else character for character in text)


@dataclass(frozen=True, eq=False)
class Formats:
    """How likely forms are, and what that counts.

    Attributes:
        counts: How often each run of up to `order` characters of a form was seen, `START` before it
            and `END` behind it included.
        order: The longest run.
        backing: A run's context counts as much as so many of the next shorter one.
        weights: (9,) of `FORMAT_FEATURES`.
    """

    counts: Mapping[str, int]
    order: int
    backing: float
    weights: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path) -> Formats:
        """Read a file that training wrote."""
        fitted = json.loads(path.read_text())
        weights = np.array([fitted["weights"][name] for name in FORMAT_FEATURES])
        return cls(fitted["counts"], fitted["order"], fitted["backing"], weights)

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> Formats:
        """The ones that come with the package."""
        return cls.load(BUNDLED_FORMATS)

    def log_form(self, text: str) -> float:
        """Logarithm of how likely a text's form is: each character after the few before it.

        Runs that were seen seldom are mixed with shorter ones (MacKay, Peto, "A hierarchical
        Dirichlet language model", 1995).
        """
        form = START * (self.order - 1) + form_of(text) + END
        total = 0.0
        for place in range(self.order - 1, len(form)):
            likely = 1 / CHARACTERS
            for before in range(self.order):
                context = form[place - before : place]
                seen = self.counts.get(context, 0)
                if not seen:
                    break  # nor was any longer one
                run = self.counts.get(context + form[place], 0)
                likely = (run + self.backing * likely) / (seen + self.backing)
            total += math.log(likely)
        return total

    def features(self, texts: Sequence[tuple[str, float]]) -> NDArray[np.float64]:
        """(n, 9) of n texts with their probabilities, in the order of `FORMAT_FEATURES`."""
        rows = [
            [
                max(math.log(max(probability, 1e-300)), LEAST_LOG_PROBABILITY),
                self.log_form(text),
                len(text),
                *(text.count(character) for character in ("?", *SIGNS)),
            ]
            for text, probability in texts
        ]
        return np.array(rows, np.float64).reshape(-1, len(FORMAT_FEATURES))

    def log_odds(self, texts: Sequence[tuple[str, float]]) -> NDArray[np.float64]:
        """(n,) by what to change the logarithm of each text's probability."""
        return np.asarray(self.features(texts) @ self.weights)
