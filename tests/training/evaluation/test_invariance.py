"""Counting the texts that a change without meaning changes, on made numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inkdigit import Ink, Reading
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.evaluation.invariance import (
    INK_CHANGES,
    PICTURE_CHANGES,
    changed_texts,
    evaluate_invariance,
)

NUMBER = Ink([[[50, 50], [52, 80], [50, 150]], [[110, 50], [90, 101], [111, 150], [130, 150.4]]])


class Walker:
    """Reads whether the first stroke goes down; of a picture how large it is."""

    def read(self, source: object) -> Reading:
        if isinstance(source, Ink):
            first = source.strokes[0].points
            text = "1" if first[0, 1] < first[-1, 1] else "7"
        else:
            text = str(getattr(source, "size", "file"))
        return Reading(text, (), ((text, 1.0),), 1.0)


def test_texts_that_change_are_counted_and_named() -> None:
    figures = changed_texts(Walker(), [InkRecord("11", NUMBER)] * 2, lambda ink: ink, INK_CHANGES)

    assert figures["strokes reversed"]["changed"] == 1.0
    assert figures["every 2nd point"] == {"count": 2, "changed": 0.0, "misread": []}
    first = figures["strokes reversed"]["misread"][0]
    assert first == {"place": 0, "label": "11", "base": "1", "text": "7"}


def test_numbers_of_a_folder_are_measured_and_drawn(tmp_path: Path) -> None:
    write_records(tmp_path / "ink" / "unipen-numbers-dev.jsonl.gz", [InkRecord("11", NUMBER)])

    figures = evaluate_invariance(Walker(), tmp_path, sheets=tmp_path)

    assert set(figures["ink"]) == set(INK_CHANGES)
    assert figures["pictures"]["drawn × 3"]["changed"] == 1.0
    assert (tmp_path / "changed_numbers.png").stat().st_size


def test_a_folder_without_numbers_has_no_figures(tmp_path: Path) -> None:
    assert evaluate_invariance(Walker(), tmp_path) == {}


def test_changes_of_ink_are_what_they_say() -> None:
    strokes = [stroke.points for stroke in NUMBER]
    reversed_ = INK_CHANGES["strokes reversed"](NUMBER)
    np.testing.assert_array_equal(reversed_.strokes[1].points, strokes[1][::-1])
    shuffled = INK_CHANGES["strokes shuffled"](NUMBER)
    assert sorted(map(len, shuffled)) == sorted(map(len, NUMBER))
    spaced = INK_CHANGES["resampled to 2 px"](NUMBER).strokes[0].points
    assert np.hypot(*np.diff(spaced, axis=0).T).max() <= 2.001
    rounded = INK_CHANGES["rounded to whole pixels"](NUMBER).strokes[1].points
    np.testing.assert_array_equal(rounded[-1], [130, 150])
    thinned = INK_CHANGES["every 2nd point"](NUMBER)
    assert [len(stroke) for stroke in thinned] == [2, 3]
    np.testing.assert_array_equal(thinned.strokes[1].points[-1], strokes[1][-1])


def test_changes_of_pictures_keep_what_they_do_not_change() -> None:
    plain = np.asarray(PICTURE_CHANGES["1 px of margin more"](NUMBER))
    wider = np.asarray(PICTURE_CHANGES["10 px of margin more"](NUMBER))
    np.testing.assert_array_equal(wider[9:-9, 9:-9], plain)
    assert PICTURE_CHANGES["drawn × 3"](NUMBER).size[1] == 600
    assert PICTURE_CHANGES["black and white"](NUMBER).mode == "1"
    assert PICTURE_CHANGES["as JPEG 50"](NUMBER)[:2] == b"\xff\xd8"
