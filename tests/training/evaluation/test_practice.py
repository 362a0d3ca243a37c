"""Practice sheets are filled, photographed and measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inkdigit import Recognizer, Writer
from inkdigit._practice.layout import BOXES
from inkdigit.files import write_json_lines
from inkdigit.practice import practise
from inkdigit.session import BUNDLED_MODEL
from inkdigit_train.data.pages.practice import photograph_sheet
from inkdigit_train.data.pages.writing import hands_of
from inkdigit_train.data.records import InkRecord, read_records
from inkdigit_train.evaluation.practice import evaluate_practice, placed

HANDMADE = Path(__file__).parents[2] / "data" / "handmade-digits.jsonl"
RECORDS = [InkRecord(r.label, r.ink, "me") for r in read_records(HANDMADE)]


@pytest.mark.parametrize("seed", [0, 11])
def test_a_made_photo_has_every_box_in_its_place(seed):
    digits = [r for r in RECORDS if r.label in tuple("0123456789")]
    [hand] = hands_of(digits * (1 + 20 // len(digits)))
    made = photograph_sheet(hand, np.random.default_rng(seed))
    assert made.pixels.dtype == np.uint8
    assert len(made.middles) == len(made.used) == len(BOXES)
    texts = ["".join(hand.glyphs[k][0] for k in used) for used in made.used]
    assert texts == [box.text for box in BOXES]
    practice = practise(Recognizer(), made.pixels, Writer())
    assert placed(practice, made) == len(BOXES)


def test_a_folder_without_writers_has_no_figures(tmp_path):
    (tmp_path / "ink").mkdir()
    write_json_lines(tmp_path / "ink" / "unipen-digits-train.jsonl.gz", [])
    assert evaluate_practice(BUNDLED_MODEL, tmp_path, None, 1) == {}
