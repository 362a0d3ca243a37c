"""Figures of reading numbers, on made numbers and photos."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from paths import DATA
from PIL import Image

from inkdigit import Ink, Reading, Recognizer
from inkdigit.drawing import draw_ink
from inkdigit.errors import ModelNotFoundError
from inkdigit.results import DigitReading
from inkdigit_train.data.compose import Composed
from inkdigit_train.data.pictured import Pictured
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.errors import DataError
from inkdigit_train.evaluation import numbers
from inkdigit_train.evaluation.test_sets import read_numbers, read_truth

INK = Ink([[[0, 0], [0, 50]], [[30, 0], [30, 50]]])


class Scribe:
    """Answers the given texts in turn, and remembers what it was shown."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.shown: list[object] = []

    def read(self, source: object, length: int | None = None) -> Reading:
        self.shown.append(source)
        text = self.texts[(len(self.shown) - 1) % len(self.texts)]
        return Reading(text, (), ((text, 1.0),), 1.0)


def photo_folder(folder: Path, truth: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "truth.json").write_text(json.dumps(truth))
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(folder / "page.png")
    return folder


def test_numbers_are_read_as_drawn_pictures() -> None:
    scribe = Scribe("11", "11", "17", "11")
    made = [InkRecord("11", INK)] * 2

    figures = numbers.real_numbers(scribe, made, draw_ink)

    np.testing.assert_array_equal(scribe.shown[0], draw_ink(INK))
    assert (figures["exact"], figures["exact_with_length"]) == (0.5, 1.0)
    assert figures["digit_error_rate"] == 0.25
    assert figures["misread"] == [{"place": 1, "label": "11", "text": "17", "with_length": "11"}]


class Parrot:
    """Answers the same for any ink."""

    def __init__(self, *glyphs):
        digits = tuple(DigitReading(d, 1.0, (0, 0, 1, 1), (), s, 0) for d, s in glyphs)
        text = "".join("?" if d.digit is None else str(d.digit) for d in digits)
        self.reading = Reading(text, digits, ((text, 1.0),), 1.0)

    def read(self, ink, length=None):
        return self.reading


def test_real_numbers_are_counted():
    made = [InkRecord(label, Ink([[[0, 0], [1, 1]]])) for label in ("12", "13")]
    figures = numbers.real_numbers(Parrot((1, (0,)), (2, (1,))), made)
    assert (figures["exact"], figures["digit_error_rate"]) == (0.5, 0.25)
    assert [m["label"] for m in figures["misread"]] == ["13"]


def test_letters_and_the_digits_next_to_them_are_counted():
    number = Composed(
        "4?", Ink([[[0, 0]], [[1, 1]], [[2, 2]]]), (((0, 0, 0),), ((0, 0, 0),), ((1, 0, 0),)),
        np.zeros((2, 4)),
    )  # fmt: skip
    right = numbers.letters(Parrot((4, (0, 1)), (None, (2,))), [number])
    assert (right["letters_marked"], right["digits_right"]) == (1.0, 1.0)
    wrong = numbers.letters(Parrot((4, (0,)), (7, (1, 2))), [number])
    assert (wrong["letters_marked"], wrong["digits_right"]) == (0.0, 0.0)


def test_touching_digits_are_counted_by_kind() -> None:
    page = Pictured("00", np.full((9, 9), 255, np.uint8), np.zeros((2, 9, 9), np.float32))

    figures = numbers.touching(Scribe("00", "8", "00", "00"), {"a": [page] * 2, "b": [page] * 2})

    assert (figures["count"], figures["exact"]) == (4, 0.75)
    assert (figures["a"]["exact"], figures["b"]["exact"]) == (0.5, 1.0)


def test_photos_are_counted_by_rows_and_digits(tmp_path: Path) -> None:
    folder = photo_folder(tmp_path / "photos", {"page.png": ["12", "345"]})

    figures = numbers.photos(Scribe("12\n3?5"), folder, read_truth(folder))

    assert (figures["count"], figures["lines"], figures["digits"]) == (1, 2, 5)
    assert figures["lines_right"] == 0.5
    assert figures["digit_accuracy"] == pytest.approx(0.8)
    assert figures["files"] == {"page.png": {"truth": ["12", "345"], "text": ["12", "3?5"]}}


def test_a_photo_read_as_blank_has_no_row_right(tmp_path: Path) -> None:
    folder = photo_folder(tmp_path / "photos", {"page.png": ["12"]})

    figures = numbers.photos(Scribe(""), folder, read_truth(folder))

    assert (figures["lines"], figures["lines_right"], figures["digit_accuracy"]) == (1, 0, 0)
    assert figures["files"]["page.png"]["text"] == []


def test_missing_photos_are_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = photo_folder(tmp_path / "photos", {"page.png": ["1"], "gone.jpg": ["2"]})

    with caplog.at_level(logging.WARNING):
        assert read_truth(folder) == {"page.png": ["1"]}
        assert read_truth(tmp_path) == {}

    assert "gone.jpg" in caplog.text
    assert "truth.json" in caplog.text


@pytest.mark.parametrize(
    "truth", [["12"], {"page.png": "12"}, {"page.png": []}, {"page.png": [""]}]
)
def test_truth_in_another_form_is_refused(tmp_path: Path, truth: object) -> None:
    with pytest.raises(DataError, match=r"truth\.json"):
        read_truth(photo_folder(tmp_path / "photos", truth))


def test_truth_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text("{")
    with pytest.raises(DataError, match="cannot be read"):
        read_truth(tmp_path)


def test_a_folder_with_only_photos_is_measured_on_them(tmp_path: Path) -> None:
    photo_folder(tmp_path / "photos", {"page.png": ["12"]})

    figures = numbers.evaluate_numbers(Scribe("12"), tmp_path)

    assert set(figures) == {"photos"}
    assert figures["photos"]["lines_right"] == 1


def test_limit_takes_numbers_evenly(tmp_path: Path) -> None:
    path = tmp_path / "ink" / "unipen-numbers-dev.jsonl.gz"
    write_records(path, [InkRecord(str(k), INK) for k in range(10, 16)])

    taken = read_numbers(tmp_path, limit=2)

    assert [record.label for record in taken] == ["10", "13"]
    assert len(read_numbers(tmp_path)) == 6


def test_bundled_model_reads_rows_of_real_photos() -> None:
    truth = read_truth(DATA / "photos")
    if not truth:
        pytest.skip(f"no photos of pages in {DATA}")
    try:
        recognizer = Recognizer()
    except ModelNotFoundError:
        pytest.skip("no bundled model")

    figures = numbers.photos(recognizer, DATA / "photos", truth)

    assert figures["digit_accuracy"] >= 0.9, figures["files"]
    assert figures["lines_right"] >= 0.7, figures["files"]


def test_bundled_model_reads_drawn_numbers() -> None:
    if not (DATA / "ink" / "unipen-numbers-dev.jsonl.gz").is_file():
        pytest.skip(f"no ink of numbers in {DATA}")
    try:
        recognizer = Recognizer()
    except ModelNotFoundError:
        pytest.skip("no bundled model")

    figures = numbers.real_numbers(recognizer, read_numbers(DATA, limit=60), draw_ink)

    assert figures["exact_with_length"] >= 0.8, figures["misread"]
