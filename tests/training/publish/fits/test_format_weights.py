"""The fit of forms of texts with signs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit._decode.formats import FORMAT_FEATURES, Formats
from inkdigit.session import BUNDLED_MODEL
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.publish.fits import format_weights
from inkdigit_train.publish.fits.format_weights import Choice, count_forms, fit_weights


def test_runs_of_forms_are_counted():
    counts = count_forms(["12/34"] * 5 + ["7"])
    assert counts["/"] == counts["0/0"] == 5
    assert counts["^^^^0"] == 6
    assert "^^^0$" not in counts  # a form seen once is left out
    assert counts["^^^^"] == 6


def test_the_fit_prefers_what_is_right():
    features = np.zeros((2, len(FORMAT_FEATURES)))
    slash = FORMAT_FEATURES.index("/")
    features[1, slash] = 1
    wrong_by_lattice = Choice(features, np.log([0.6, 0.4]), 1)
    weights = fit_weights([wrong_by_lattice] * 20)
    scores = wrong_by_lattice.log_probabilities + features @ weights
    assert weights[slash] > 0
    assert scores.argmax() == 1


def test_the_file_is_what_the_runtime_reads(files, tmp_path, monkeypatch):
    monkeypatch.setattr(format_weights, "TEXTS", 900)
    monkeypatch.setattr(format_weights, "ROWS", 45)
    monkeypatch.setattr(format_weights, "NUMBERS", 5)
    ink, others = files
    out = tmp_path / "formats.json"
    before, after = format_weights.fit_formats(BUNDLED_MODEL, [ink], [others], out)
    assert 0 < before <= after <= 1
    formats = Formats.load(out)
    written = json.loads(out.read_text())
    assert written["right"] == pytest.approx(after, abs=1e-4)
    assert formats.log_form("12/05/2024") > formats.log_form("12//2024")


def test_without_signs_there_is_nothing_to_fit(files, tmp_path):
    ink, _ = files
    with pytest.raises(DataNotFoundError, match="signs"):
        format_weights.fit_formats(BUNDLED_MODEL, [ink], [], tmp_path / "formats.json")
