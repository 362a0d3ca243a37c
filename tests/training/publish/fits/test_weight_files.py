"""Weights as small files."""

from __future__ import annotations

import json

from inkdigit_train.publish.fits.weight_files import write_weights


def test_what_is_written_is_read_with_three_digits(tmp_path):
    path = tmp_path / "weights.json"
    write_weights(
        path,
        {
            "command": "fit-it",
            "right": 0.98765,
            "features": {"width": {"mean": 1.23456, "weights": [0.00123456, -12345.6, 3]}},
            "bias": [0.5, 1.9999],
            "none": {},
        },
    )
    assert json.loads(path.read_text()) == {
        "command": "fit-it",
        "right": 0.98765,
        "features": {"width": {"mean": 1.23, "weights": [0.00123, -12300.0, 3]}},
        "bias": [0.5, 2.0],
        "none": {},
    }
    assert len(path.read_text().splitlines()) == 9
