"""What learning a hand gives, as measured."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, Recognizer
from inkdigit_train.data.records import InkRecord
from inkdigit_train.evaluation import writers
from inkdigit_train.evaluation.drawn.plots import draw_writers

ODD = [np.array([[0.0, 0.0], [50.0, 0.0]]), np.array([[50.0, 0.0], [10.0, 100.0]])]


@pytest.fixture(scope="module")
def reader():
    return Recognizer()


def odd_hand(label, count):
    """A shape that is read as 7, and means something else to its writer."""
    rng = np.random.default_rng(0)
    matrices = np.eye(2) + rng.normal(0, 0.03, (count, 2, 2))
    return [InkRecord(label, Ink([s @ m for s in ODD]), "w") for m in matrices]


def test_a_shape_is_misread_once_and_then_known(reader):
    answers = writers.in_sequence(reader, [odd_hand("2", 6)], 1)
    assert [a.wrong_alone for a in answers] == [True] * 6
    assert [a.wrong for a in answers] == [True] + [False] * 5
    assert [a.known for a in answers] == list(range(6))
    figures = writers._figures(answers)
    assert (figures["alone"], figures["with_memory"], figures["spoilt"]) == (6, 1, 0.0)
    assert figures["left"] == pytest.approx(1 / 6)
    assert figures["by_known"] == [{"known": 0, "count": 6, "alone": 6, "with_memory": 1}]


def test_what_is_read_right_need_not_be_confirmed(reader):
    answers = writers.in_sequence(reader, [odd_hand("2", 4)], 1, confirming=False)
    assert [a.known for a in answers] == [0, 1, 1, 1]


def test_redrawn_glyphs_are_read_as_they_were_corrected(reader):
    figures = writers.redrawn(reader, [odd_hand("2", 3), odd_hand("7", 3)])
    assert figures["count"] == 3 * writers.REDRAWN  # the sevens are not misread
    assert figures["right"] == 1
    assert figures["right_alone"] == 0


def test_the_other_numbers_of_a_page_follow_one_correction(reader):
    figures = writers.pages(reader, [odd_hand("2", 30)])
    assert figures["count"] == 1
    assert figures["after"] < figures["before"]


def test_wrong_corrections_are_undone(reader):
    figures = writers.undone(reader, [odd_hand("7", 22)])
    assert figures["count"] == 11
    assert figures["before"] == figures["after"] == 0
    assert figures["wrong"] > 0


def test_numbers_are_learnt_as_they_come(reader):
    hand = [
        InkRecord("22", Ink([*r.ink, *(s.points + np.float32([90, 0]) for s in r.ink)]), "w")
        for r in odd_hand("2", 4)
    ]
    figures = writers._numbers(reader, [hand])
    assert figures["count"] == 4 * writers.ORDERS
    assert (figures["alone"], figures["with_memory"]) == (4 * writers.ORDERS, writers.ORDERS)
    assert (figures["spoilt"], figures["not_placed"]) == (0, 0)


def test_without_data_there_is_nothing_to_measure(reader, tmp_path):
    assert writers.evaluate_writers(reader, tmp_path) == {}


def test_the_plot_is_drawn(reader, tmp_path):
    answers = writers.in_sequence(reader, [odd_hand("2", 12)], 1)
    draw_writers({"development": writers._figures(answers)}, tmp_path)
    assert (tmp_path / "writers.png").stat().st_size > 5000
