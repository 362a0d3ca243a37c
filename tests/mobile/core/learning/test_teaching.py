from __future__ import annotations

from collections import Counter

from inkdigit_app.core.learning.teaching import Round


def test_each_digit_is_asked_for_three_times() -> None:
    asked, now = list[str](), Round()
    digits = Counter[int]()
    while not now.over:
        asked.append(now.prompt)
        digits[now.digit] += 1
        now = now.next()
    assert digits == dict.fromkeys(range(10), 3)
    assert asked[0] == "Write a 0 · round 1 of 3"
    assert asked[8] == "Write an 8 · round 1 of 3"
    assert asked[14] == "Write a 4 · round 2 of 3"
    assert now.progress == 1
