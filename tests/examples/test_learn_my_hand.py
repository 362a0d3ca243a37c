"""The example that teaches a hand from labelled pictures."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from inkdigit import Recognizer, Writer


@pytest.fixture(scope="module")
def example(load_example: Callable[[str], ModuleType]) -> ModuleType:
    return load_example("learn_my_hand")


def test_what_a_picture_shows_is_learnt(
    example: ModuleType, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(samples / "seven.png", tmp_path)
    labels, hand = tmp_path / "labels.csv", tmp_path / "me.json"
    labels.write_text("seven.png,2\nseven.png,2\n", encoding="utf-8")
    assert example.main([str(labels), str(hand)]) == 0
    assert "2 pictures: 0 read right without the memory, 1 with it" in capsys.readouterr().out
    writer = Writer.load(hand)
    assert Recognizer().read(samples / "seven.png", writer=writer).text == "2"


def test_a_hand_is_taught_further_and_a_damaged_picture_is_named(
    example: ModuleType, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(samples / "three.png", tmp_path)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    labels, hand = tmp_path / "labels.csv", tmp_path / "me.json"
    labels.write_text("broken.png,1\nthree.png,3\n", encoding="utf-8")
    assert example.main([str(labels), str(hand)]) == 1
    assert "broken.png" in capsys.readouterr().err
    before = len(Writer.load(hand))
    labels.write_text("three.png,3\n", encoding="utf-8")
    assert example.main([str(labels), str(hand)]) == 0
    assert len(Writer.load(hand)) >= before >= 1
