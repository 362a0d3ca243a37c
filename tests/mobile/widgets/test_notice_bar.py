from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkdigit_app.core.view_model import Notice

pytestmark = pytest.mark.display


@pytest.fixture
def bar(window: Any) -> Any:
    from inkdigit_app.widgets.notice_bar import NoticeBar

    bar = NoticeBar(width=260)
    window.add_widget(bar)
    return bar


@pytest.mark.parametrize(
    "path",
    [
        "~/Documents/inkdigit/inkdigit-20261130-201007.csv",
        "~/Documents/inkdigit/inkdigit-nondigits-20261130-201007.jsonl",
        r"~\Documents\inkdigit\inkdigit-20261130-201007.csv",
    ],
)
def test_a_path_breaks_at_its_separators(bar: Any, settle: Callable[[], None], path: str) -> None:
    bar.notice = Notice(f"Written to {path}")
    settle()
    shown = bar.ids.message._label
    lines = ["".join(word.text for word in line.words) for line in shown._cached_lines]
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == f"Writtento{path}"
    for line in lines[:-1]:
        assert line.rstrip()[-1] in "/\\-o"  # or after "to"


def test_a_notice_without_undo_has_its_room_for_the_text(
    bar: Any, settle: Callable[[], None]
) -> None:
    bar.notice = Notice("Cleared", lambda: None)
    settle()
    with_undo = bar.ids.message.width
    bar.notice = Notice("Not saved: the disk is full")
    settle()
    assert bar.ids.undo.width == 8
    assert bar.ids.message.width >= with_undo + 48


def test_a_number_with_signs_stays_whole(bar: Any, settle: Callable[[], None]) -> None:
    bar.width = 150
    bar.notice = Notice("Copied the number 30-11.2026")
    settle()
    assert bar.ids.message.text.endswith("\n30-11.2026")
