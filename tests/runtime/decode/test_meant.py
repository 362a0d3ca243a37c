"""Which part of a picture's ink is the one digit that is meant."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit._decode.meant import (
    BUNDLED_CHOICE,
    FEATURES,
    MOST,
    find_candidates,
    measures,
    read_meant,
)
from inkdigit._segment.marks import MarkLayout
from inkdigit.labels import CLASSES


def ring(ink: np.ndarray, left: int, right: int, top: int = 10, bottom: int = 54) -> None:
    ink[top:bottom, left:right] = 1
    ink[top + 4 : bottom - 4, left + 4 : right - 4] = 0


def strip() -> np.ndarray:
    """A ring in the middle, and halves of two others at the sides."""
    ink = np.zeros((64, 90), np.float32)
    ring(ink, 30, 58)
    ink[10:54, 0:5] = 1
    ink[10:54, 85:90] = 1
    return ink


def test_all_ink_is_the_last_candidate():
    ink = strip()
    candidates = find_candidates(MarkLayout(ink), 90)
    assert np.array_equal(candidates.inks[-1], ink)
    assert candidates.features[-1][0] == 1.0
    assert candidates.features[-1][2] == 2.0  # it goes on beyond both sides
    assert len(candidates.inks) == len(candidates.rasters) == len(candidates.features)


def test_the_ring_in_the_middle_is_a_candidate_of_its_own():
    candidates = find_candidates(MarkLayout(strip()), 90)
    alone = [
        features
        for ink, features in zip(candidates.inks, candidates.features, strict=True)
        if ink[:, 30:58].any() and not ink[:, :10].any() and not ink[:, 80:].any()
    ]
    assert any(f[1] < 0.05 and f[2] == 0 for f in alone)


def test_many_marks_give_a_bounded_number_of_candidates():
    ink = np.zeros((200, 200), np.float32)
    for y in range(5, 190, 20):
        for x in range(5, 190, 20):
            ink[y : y + 12, x : x + 3] = 1
    assert len(find_candidates(MarkLayout(ink), 200).rasters) <= MOST


def test_the_answer_is_a_mean_over_the_candidates():
    def run(batch):
        logits = np.full((len(batch), CLASSES), -4, np.float32)
        logits[:, 3] = 4
        return logits, np.zeros((len(batch), 64), np.float32)

    probabilities = read_meant(MarkLayout(strip()), 90, run)
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert probabilities.argmax() == 3


def test_what_looks_like_a_digit_is_likelier_meant():
    candidates = find_candidates(MarkLayout(strip()), 90)
    surely, hardly = np.full((2, len(candidates.rasters), CLASSES), 0.01, np.float32)
    surely[:, 0] = 0.9
    assert (measures(surely, candidates)[:, 0] > measures(hardly, candidates)[:, 0]).all()
    weights = json.loads(BUNDLED_CHOICE.read_text())
    assert list(weights) == list(FEATURES)
    assert weights["likelihood"] > 0
    assert weights["coverage"] > 0 > weights["cuts"]
