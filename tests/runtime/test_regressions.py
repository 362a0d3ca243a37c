"""Ink that an earlier version misread stays right; `once_read` in each record is what it read.

The numbers were composed of `handmade-digits.jsonl`, so that none of it comes from a data set. Add
a record for a misread that was mended: the label, what was read, and strokes you may publish.
"""

from __future__ import annotations

import json

import pytest
from paths import ROOT

from inkdigit import Ink, Recognizer
from inkdigit.session import BUNDLED_MODEL

FOLDER = ROOT / "tests" / "data" / "regressions"
RECORDS = [
    pytest.param(record, id=f"{record['label']}-not-{record['once_read']}")
    for path in sorted(FOLDER.glob("*.jsonl"))
    for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())
]


@pytest.fixture(scope="module")
def bundled() -> Recognizer:
    if not BUNDLED_MODEL.is_file():
        pytest.skip(f"no bundled model at {BUNDLED_MODEL}: train one with `make train`")
    return Recognizer()


def test_there_are_regressions_to_read():
    assert len(RECORDS) >= 10


@pytest.mark.parametrize("record", RECORDS)
def test_ink_once_misread_stays_right(bundled, record):
    assert bundled.read(Ink.from_dict(record)).text == record["label"]
