"""Figures of calibration, rejection, rows and digits."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit_train.evaluation.metrics import (
    accepted_at_kept,
    auroc,
    compare_rows,
    edit_distance,
    reliability,
    rows_right,
)


def test_honest_answers_have_no_calibration_error() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.1, 1, 200_000)

    assert reliability(confidence, rng.uniform(size=200_000) < confidence).ece < 0.005


def test_calibration_error_of_a_known_case() -> None:
    # Four answers at 0.9 of which two are right, and one at 0.5 that is.
    figures = reliability([0.9, 0.9, 0.9, 0.9, 0.5], [True, True, False, False, True])

    assert figures.ece == pytest.approx((4 * 0.4 + 1 * 0.5) / 5)
    assert figures.count.sum() == 5
    assert figures.accuracy[13] == 0.5
    assert figures.confidence[13] == pytest.approx(0.9)
    assert np.isnan(figures.accuracy[0])


def test_confidence_of_zero_and_one_fall_into_the_outer_bins() -> None:
    figures = reliability([0.0, 1.0], [False, True])

    assert figures.count[0] == figures.count[14] == 1
    assert figures.ece == 0


@pytest.mark.parametrize(("confidence", "correct"), [([], []), ([0.5], [True, False])])
def test_nothing_to_compare_is_an_error(confidence: list[float], correct: list[bool]) -> None:
    with pytest.raises(ValueError, match="expected both"):
        reliability(confidence, correct)


def test_auroc_is_one_where_every_non_digit_scores_higher() -> None:
    assert auroc([0.1, 0.2], [0.3, 0.9]) == 1
    assert auroc([0.3, 0.9], [0.1, 0.2]) == 0
    assert auroc([0.1, 0.1], [0.1, 0.1]) == 0.5


def test_accepted_share_is_taken_where_enough_digits_are_kept() -> None:
    digits = np.linspace(0.0, 0.5, 100)  # to keep 98 of them, scores up to 0.49 must pass
    others = np.array([0.2, 0.4, 0.495, 0.6, 0.7])

    accepted, threshold = accepted_at_kept(digits, others, kept=0.98)

    assert accepted == pytest.approx(2 / 5)
    assert threshold == pytest.approx(digits[97])
    assert (digits <= threshold).mean() == pytest.approx(0.98)


def test_ties_at_the_threshold_are_all_accepted() -> None:
    accepted, _ = accepted_at_kept([0.0] * 10, [0.0, 1.0])

    assert accepted == 0.5


@pytest.mark.parametrize(
    ("found", "right", "count"),
    [
        (["12", "34"], 2, 2),
        (["12", "35"], 1, 2),
        (["12"], 1, 2),
        ([], 0, 2),
        (["34", "12"], 1, 2),
        (["?", "12", "34"], 2, 3),
        (["12", "3", "4"], 1, 3),
    ],
)
def test_rows_are_paired_in_order_and_an_extra_one_is_wrong(
    found: list[str], right: int, count: int
) -> None:
    assert rows_right(found, ["12", "34"]) == (right, count)


@pytest.mark.parametrize(
    ("read", "exact", "rest"),
    [
        ("12 34\n5", 2, 0),
        ("12\n34\n5", 2, 0),  # each cell on a line of its own
        ("12\n3?4\n\n-5", 2, 0),  # signs, "?" and empty lines are no digits
        ("1234\n5", 1, 1),
        ("12 34 5", 0, 1),
        ("34 12\n5", 1, 1),
        ("5\n12 34", 1, 1),  # out of order
        ("12 34\n5\n7", 2, 1),
        ("12\n7\n34\n5", 1, 3),
        ("", 0, 0),
    ],
)
def test_rows_of_cells_are_compared_number_by_number(read: str, exact: int, rest: int) -> None:
    assert compare_rows(read, ["12 34", "", "5"]) == (exact, rest)


def test_boxed_digits_may_be_read_apart_or_together() -> None:
    for read in ("134\n9", "1\n34\n9", "1 3 4\n9"):
        assert compare_rows(read, ["134", "9"], apart=True) == (2, 0)
        assert compare_rows(read, ["134", "9"])[0] == (2 if read == "134\n9" else 1)


def test_a_page_without_digits_is_exact_where_nothing_is_read() -> None:
    assert compare_rows("?\n-", []) == (0, 0)
    assert compare_rows("7", []) == (0, 1)


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("", "", 0), ("12", "12", 0), ("12", "2", 1), ("719", "179", 2)]
)
def test_edit_distance(one, other, expected):
    assert edit_distance(one, other) == expected
