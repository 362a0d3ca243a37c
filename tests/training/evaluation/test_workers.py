"""Tasks spread over processes."""

from __future__ import annotations

import pytest

from inkdigit_train.evaluation.workers import spread


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_are_in_the_order_of_the_tasks(jobs: int) -> None:
    assert spread(abs, [-3, 2, -1], jobs, "abs") == [3, 2, 1]


def test_nothing_to_do_is_no_error() -> None:
    assert spread(abs, [], 2, "abs") == []
