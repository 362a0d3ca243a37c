"""A second look at what the network is not sure of."""

from __future__ import annotations

import numpy as np

from inkdigit._decode.steady import TURNS_DEGREES, steady
from inkdigit.labels import log_softmax


class Counting:
    """Sure of a 1 where a raster's first pixel is ink; else in doubt, by its total ink."""

    def __init__(self):
        self.shown = []

    def __call__(self, batch):
        self.shown.append(len(batch))
        logits = np.zeros((len(batch), 11), np.float32)
        flat = batch.reshape(len(batch), 28 * 28)
        logits[:, 1] = np.where(flat[:, 0] > 0, 30, flat.sum(axis=1) / 100)
        return logits, flat[:, :64]


def bar():
    """(28, 28) with an upright bar in its middle."""
    raster = np.zeros((28, 28), np.float32)
    raster[4:24, 13:15] = 1
    return raster


def test_only_what_is_doubtful_is_looked_at_again():
    sure = bar()
    sure[0, 0] = 1
    run = Counting()
    batch = np.stack([sure, bar()])[:, None]
    logits, embedding = steady(run)(batch)
    plain, same = run(batch)
    assert run.shown[:2] == [2, len(TURNS_DEGREES)]
    np.testing.assert_array_equal(logits[0], plain[0])
    np.testing.assert_array_equal(embedding, same)


def test_the_looks_are_averaged():
    answers = iter((2.0, 3.0, 4.0))

    def run(batch):
        logits = np.zeros((len(batch), 11), np.float32)
        for row in logits:
            row[4] = next(answers)
        return logits, np.zeros((len(batch), 64), np.float32)

    logits, _ = steady(run)(bar()[None, None])
    rows = np.zeros((3, 11), np.float32)
    rows[:, 4] = 2, 3, 4
    np.testing.assert_allclose(logits[0], log_softmax(rows).mean(axis=0), atol=1e-6)


def test_a_turned_raster_keeps_its_ink_and_its_middle():
    shown = []

    def run(batch):
        shown.append(batch)
        logits = np.zeros((len(batch), 11), np.float32)
        logits[:, 3] = 3
        return logits, np.zeros((len(batch), 64), np.float32)

    steady(run)(bar()[None, None])
    left, right = shown[1][:, 0]
    np.testing.assert_allclose(left.sum(), bar().sum(), rtol=0.01)
    np.testing.assert_allclose(left, right[:, ::-1], atol=1e-5)
    assert np.abs(left - bar()).max() > 0.3


def test_what_is_hardly_a_digit_is_not_looked_at_again():
    def run(batch):
        logits = np.zeros((len(batch), 11), np.float32)
        logits[:, 3], logits[:, 10] = 2, 3
        return logits, np.zeros((len(batch), 64), np.float32)

    logits, _ = steady(run)(bar()[None, None])
    np.testing.assert_array_equal(logits, run(bar()[None, None])[0])


def test_nothing_is_read_of_nothing():
    logits, _ = steady(Counting())(np.zeros((0, 1, 28, 28), np.float32))
    assert logits.shape == (0, 11)
