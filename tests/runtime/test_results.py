"""Results: frozen, and the same in JSON."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from inkdigit import Ink, Prediction, Recognizer

PREDICTION = Prediction(7, 0.9876543219, np.eye(10, dtype=np.float32)[7], 0.01)


def test_prediction_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PREDICTION.digit = 3


def test_prediction_in_json_is_rounded_and_plain():
    record = json.loads(json.dumps(PREDICTION.to_dict()))
    assert record["digit"] == 7
    assert record["confidence"] == 0.987654
    assert record["probabilities"] == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert record["not_digit"] == 0.01


def test_no_digit_is_null_in_json():
    blank = dataclasses.replace(PREDICTION, digit=None, not_digit=1.0)
    assert json.loads(json.dumps(blank.to_dict()))["digit"] is None


def test_what_is_surely_no_digit_is_not_blank():
    uniform = np.full(10, 0.1, np.float32)
    assert not Prediction(None, 1.0, uniform, 1.0).blank
    assert Recognizer().predict_digit(Ink([])).blank
