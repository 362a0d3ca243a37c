from __future__ import annotations

import time
from typing import Any

import pytest

pytestmark = pytest.mark.display

NOW = time.mktime((2026, 3, 1, 0, 30, 0, 0, 0, -1))
MINUTE_S, HOUR_S = 60, 3600


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (20 * MINUTE_S, "today, 00:10"),
        (HOUR_S, "yesterday, 23:30"),
        (24 * HOUR_S, "yesterday, 00:30"),
        (25 * HOUR_S, "2026-02-27, 23:30"),
    ],
)
def test_a_page_says_when_it_was_written(window: Any, ago: float, words: str) -> None:
    from inkdigit_app.screens.history import when

    assert when(NOW - ago, NOW) == words
