"""The fit of what tells signs."""

from __future__ import annotations

import json

import pytest

from inkdigit._decode.signs import SIGN_FEATURES, SignNet
from inkdigit.labels import SIGN_CLASSES
from inkdigit.session import BUNDLED_MODEL, OnnxSession
from inkdigit_train.data.signed import compose_signed
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.publish.fits import sign_weights


def test_signs_are_told_after_the_fit(files, tmp_path, hand, symbols, monkeypatch):
    monkeypatch.setattr(sign_weights, "ROWS", 120)
    monkeypatch.setattr(sign_weights, "PICTURES", 10)
    monkeypatch.setattr(sign_weights, "BATCH", 128)
    ink, others = files
    out = tmp_path / "signs.json"
    right = sign_weights.fit_signs(BUNDLED_MODEL, [ink], [others], out)
    assert right > 0.6
    written = json.loads(out.read_text())
    assert set(written["features"]) == set(SIGN_FEATURES)
    assert set(written["signs"]) == set(SIGN_CLASSES)
    rows = compose_signed(hand, symbols, 45, 9)
    session = OnnxSession(BUNDLED_MODEL)
    features, labels = sign_weights.sign_examples(rows, rows[:5], session)
    told = SignNet.load(out).log_probabilities(features).argmax(axis=1)
    assert (told == labels).mean() > 0.97
    assert (told[labels > 0] == labels[labels > 0]).mean() > 0.6


def test_without_signs_there_is_nothing_to_fit(files, tmp_path):
    ink, _ = files
    with pytest.raises(DataNotFoundError, match="signs"):
        sign_weights.fit_signs(BUNDLED_MODEL, [ink], [], tmp_path / "signs.json")
