"""Figures of reading numbers, on made numbers and photos."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import numpy as np
import pytest
from paths import ROOT
from PIL import Image

from inkdigit import Ink, Reading, Recognizer
from inkdigit.errors import ModelNotFoundError

numbers = pytest.importorskip("inkdigit_train.evaluation.numbers")
errors = pytest.importorskip("inkdigit_train.errors")
records = pytest.importorskip("inkdigit_train.data.records")
rendering = pytest.importorskip("inkdigit_train.evaluation.render")

DATA = Path(os.environ.get("INKDIGIT_DATA", ROOT.parent / "shared" / "data"))

INK = Ink([[[0, 0], [0, 50]], [[30, 0], [30, 50]]])


class Scribe:
    """Says what it was told, and remembers what it was shown."""

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


def test_numbers_are_read_as_rendered_pictures() -> None:
    scribe = Scribe("11", "11", "17", "11")
    made = [records.InkRecord("11", INK)] * 2

    figures = numbers.real_numbers(scribe, made, rendering.render)

    np.testing.assert_array_equal(scribe.shown[0], rendering.render(INK))
    assert (figures["exact"], figures["exact_with_length"]) == (0.5, 1.0)
    assert figures["digit_error_rate"] == 0.25
    assert figures["misread"] == [{"place": 1, "label": "11", "text": "17", "with_length": "11"}]


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
def test_lines_are_paired_in_order_and_one_too_many_is_wrong(
    found: list[str], right: int, count: int
) -> None:
    assert numbers.lines_right(found, ["12", "34"]) == (right, count)


def test_photos_are_counted_by_lines_and_digits(tmp_path: Path) -> None:
    folder = photo_folder(tmp_path / "photos", {"page.png": ["12", "345"]})

    figures = numbers.photos(Scribe("12\n3?5"), folder, numbers.read_truth(folder))

    assert (figures["count"], figures["lines"], figures["digits"]) == (1, 2, 5)
    assert figures["lines_right"] == 0.5
    assert figures["digit_accuracy"] == pytest.approx(0.8)
    assert figures["files"] == {"page.png": {"truth": ["12", "345"], "text": ["12", "3?5"]}}


def test_a_photo_read_as_blank_has_no_line_right(tmp_path: Path) -> None:
    folder = photo_folder(tmp_path / "photos", {"page.png": ["12"]})

    figures = numbers.photos(Scribe(""), folder, numbers.read_truth(folder))

    assert (figures["lines"], figures["lines_right"], figures["digit_accuracy"]) == (1, 0, 0)
    assert figures["files"]["page.png"]["text"] == []


def test_absent_photos_are_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = photo_folder(tmp_path / "photos", {"page.png": ["1"], "gone.jpg": ["2"]})

    with caplog.at_level(logging.WARNING):
        assert numbers.read_truth(folder) == {"page.png": ["1"]}
        assert numbers.read_truth(tmp_path) == {}

    assert "gone.jpg" in caplog.text
    assert "truth.json" in caplog.text


@pytest.mark.parametrize(
    "truth", [["12"], {"page.png": "12"}, {"page.png": []}, {"page.png": [""]}]
)
def test_truth_of_another_form_is_refused(tmp_path: Path, truth: object) -> None:
    with pytest.raises(errors.DataError, match=r"truth\.json"):
        numbers.read_truth(photo_folder(tmp_path / "photos", truth))


def test_truth_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text("{")
    with pytest.raises(errors.DataError, match="cannot be read"):
        numbers.read_truth(tmp_path)


def test_a_folder_with_photos_alone_is_measured_on_them(tmp_path: Path) -> None:
    photo_folder(tmp_path / "photos", {"page.png": ["12"]})

    figures = numbers.evaluate_numbers(Scribe("12"), tmp_path)

    assert set(figures) == {"photos"}
    assert figures["photos"]["lines_right"] == 1


def test_limit_takes_numbers_evenly(tmp_path: Path) -> None:
    path = tmp_path / "ink" / "unipen-numbers-dev.jsonl.gz"
    records.write_records(path, [records.InkRecord(str(k), INK) for k in range(10, 16)])

    taken = numbers.read_numbers(tmp_path, limit=2)

    assert [record.label for record in taken] == ["10", "13"]
    assert len(numbers.read_numbers(tmp_path)) == 6


def test_bundled_model_reads_lines_of_real_photos() -> None:
    truth = numbers.read_truth(DATA / "photos")
    if not truth:
        pytest.skip(f"no photos of pages in {DATA}")
    try:
        recognizer = Recognizer()
    except ModelNotFoundError:
        pytest.skip("no bundled model")

    figures = numbers.photos(recognizer, DATA / "photos", truth)

    assert figures["digit_accuracy"] >= 0.9, figures["files"]
    assert figures["lines_right"] >= 0.7, figures["files"]


def test_bundled_model_reads_rendered_numbers() -> None:
    if not (DATA / "ink" / "unipen-numbers-dev.jsonl.gz").is_file():
        pytest.skip(f"no ink of numbers in {DATA}")
    try:
        recognizer = Recognizer()
    except ModelNotFoundError:
        pytest.skip("no bundled model")

    figures = numbers.real_numbers(
        recognizer, numbers.read_numbers(DATA, limit=60), rendering.render
    )

    assert figures["exact_with_length"] >= 0.8, figures["misread"]
