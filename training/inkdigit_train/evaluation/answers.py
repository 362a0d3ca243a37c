"""Inputs in, a model's answers out, by the runtime's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from inkdigit import OnnxSession, Recognizer
from inkdigit.engine import rejection_threshold
from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit.recognizer import Source
from inkdigit_train.evaluation.degrade import Images

__all__ = ["Answers", "LoadedModel"]

BATCH = 500  # rasters in a classify call


@dataclass(frozen=True)
class Answers:
    """A model's answers to N inputs, each field (N,)."""

    answer: NDArray[np.int64]  # 0 to 9, or 10 for "not a digit"
    confidence: NDArray[np.float64]  # probability of the answer, as `Prediction.confidence`
    likeliest: NDArray[np.int64]  # 0 to 9, whatever the threshold
    not_digit: NDArray[np.float64]  # probability of "not a digit"


class LoadedModel:
    """An exported file as a recogniser, with the threshold that the recogniser applies."""

    def __init__(self, path: Path) -> None:
        session = OnnxSession(path)
        self.path, self.recognizer = path, Recognizer(session=session)
        self.threshold = rejection_threshold(session)

    def classify(self, rasters: Images) -> Answers:
        """Answers to framed rasters, in batches, by the rule of `predict_digit`."""
        batches = map(np.ascontiguousarray, np.split(rasters, range(BATCH, len(rasters), BATCH)))
        parts = [self.recognizer.classify(batch)[0] for batch in batches]
        probabilities = np.concatenate(parts).astype(np.float64)
        not_digit = probabilities[:, NOT_DIGIT]
        likeliest = probabilities[:, :DIGITS].argmax(axis=1)
        refused = not_digit > self.threshold
        return Answers(
            np.where(refused, NOT_DIGIT, likeliest),
            np.where(refused, not_digit, probabilities[:, :DIGITS].max(axis=1)),
            likeliest,
            not_digit,
        )

    def predict(self, sources: Sequence[Source] | NDArray[Any], name: str) -> Answers:
        """Answers to pictures or ink, one `predict_digit` each; the progress bar has the name."""
        bar = tqdm(sources, desc=name, leave=False, disable=None)  # on a terminal only
        predictions = [self.recognizer.predict_digit(source) for source in bar]
        return Answers(
            np.array([NOT_DIGIT if p.digit is None else p.digit for p in predictions]),
            np.array([p.confidence for p in predictions]),
            np.array([int(p.probabilities.argmax()) for p in predictions]),
            np.array([p.not_digit for p in predictions]),
        )
