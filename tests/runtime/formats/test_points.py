"""Points as signature_pad and Quick, Draw! keep them, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit import Ink
from inkdigit.errors import InkError

PLAIN = Ink([[[1, 2], [3, 4]], [[5, 6]]])


def records(*rows: list[float], **more: object) -> list[dict[str, object]]:
    return [{"x": x, "y": y, **more} for x, y in rows]


def test_strokes_of_records_are_read():
    strokes = [records([1, 2], [3, 4], pressure=0.5, color="black"), records([5, 6])]
    assert Ink(strokes) == PLAIN
    assert Ink.from_dict({"strokes": strokes}) == PLAIN


def test_groups_of_signature_pad_are_read():
    groups = [
        {"penColor": "black", "dotSize": 0, "points": records([1, 2], [3, 4])},
        {"penColor": "red", "points": records([5, 6])},
    ]
    assert Ink(groups) == PLAIN
    assert Ink.from_json(json.dumps(groups)) == PLAIN
    assert Ink.from_json("[]") == Ink()


def test_time_is_in_milliseconds_and_kept_where_every_point_has_it():
    timed = [{"x": 1, "y": 2, "time": 1500}, {"x": 3, "y": 4, "time": 1510.5}]
    times = Ink([timed]).strokes[0].times
    assert times is not None
    assert times.tolist() == pytest.approx([1.5, 1.5105])
    for odd in (None, "now", True, float("nan"), 10**400):
        assert Ink([[timed[0], {**timed[1], "time": odd}]]).strokes[0].times is None


@pytest.mark.parametrize(
    "stroke",
    [
        [{"x": 1}],
        [{"x": 1, "y": 2}, [3, 4]],
        [{"x": 1, "y": 2}, {"y": 4}],
        [{"x": None, "y": 2}],
        [{"x": "1", "y": 2}],
        [{"x": 10**400, "y": 2}],
        [[1, 2], {"x": 3, "y": 4}],
        {"x": 1, "y": 2},
        {"points": 3},
        {"points": []},
        {"points": {"x": 1, "y": 2}},
        {},
    ],
)
def test_records_without_coordinates_are_refused(stroke):
    with pytest.raises(InkError, match=r"stroke 1.*expected"):
        Ink([[[0, 0]], stroke])


def test_quickdraw_drawings_are_read_even_where_they_look_like_points():
    drawing = [[[1, 3], [2, 4]], [[5], [6]]]
    assert Ink.from_quickdraw(drawing) == PLAIN
    assert Ink.from_quickdraw([[np.array(row) for row in stroke] for stroke in drawing]) == PLAIN
    record = {"word": "line", "recognized": True, "drawing": drawing}
    assert Ink.from_quickdraw(record) == Ink.from_dict(record) == PLAIN
    assert Ink.from_json(json.dumps(record)) == PLAIN


def test_quickdraw_times_are_in_milliseconds():
    times = Ink.from_quickdraw([[[1, 3], [2, 4], [0, 250]]]).strokes[0].times
    assert times is not None
    assert times.tolist() == [0, 0.25]
    assert Ink.from_quickdraw([[[1, 3], [2, 4], [0, None]]]) == Ink([[[1, 2], [3, 4]]])


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        "drawing",
        {},
        {"drawing": None},
        [None],
        [3],
        [[]],
        [[[1, 2]]],
        [[[1, 2], [3]]],
        [[[1], [2], [3], [4]]],
        [[[], []]],
        [[["a"], ["b"]]],
        [[1, 2]],
    ],
)
def test_drawings_of_another_form_are_refused(drawing):
    with pytest.raises(InkError, match="expected"):
        Ink.from_quickdraw(drawing)


def test_quickdraw_arrays_handed_in_as_points_name_the_right_reader():
    with pytest.raises(InkError, match=r"Ink\.from_quickdraw"):
        Ink([[[1, 2, 3, 4], [5, 6, 7, 8]]])
