"""The one digit alone: specks, frames and ruled lines go, its own parts stay."""

from __future__ import annotations

import functools
import json

import numpy as np
import pytest
from paths import HANDMADE
from PIL import Image

from inkdigit import Ink, rasterize
from inkdigit._picture.isolate import isolate_digit

RECORDS = [json.loads(line) for line in HANDMADE.read_text(encoding="utf-8").splitlines()]
NAMES = [f"{record['label']}-{index}" for index, record in enumerate(RECORDS)]


def drawn(record: dict, pen: float = 2.0) -> np.ndarray:
    """(200, 200) in [0, 1], 1 = ink."""
    return rasterized(json.dumps(record), pen).copy()


@functools.cache
def rasterized(record: str, pen: float) -> np.ndarray:
    small = Image.fromarray(rasterize(Ink.from_json(record), 100, pen))  # quicker than 200
    return np.asarray(small.resize((200, 200), Image.Resampling.BILINEAR)).clip(0, 1)


def five_in_two_strokes() -> np.ndarray:
    return drawn(next(r for r in RECORDS if r["label"] == "5" and len(r["strokes"]) == 2))


def cut(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.3), np.flatnonzero(ink.max(axis=0) > 0.3)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def far_off(found: np.ndarray, ink: np.ndarray) -> float:
    """Share of the digit's pixels that differ by more than half."""
    return float((np.abs(found - ink) > 0.5).sum() / (ink > 0.5).sum())


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_clean_digit_is_left_as_it_is(record):
    ink = drawn(record)
    assert np.array_equal(isolate_digit(ink), ink)


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_digit_cut_to_its_size_keeps_its_strokes_along_the_border(record):
    ink = cut(drawn(record))
    assert far_off(isolate_digit(ink), ink) == 0


def test_blank_map_stays_blank():
    assert isolate_digit(np.zeros((30, 40), np.float32)).max() == 0


def test_specks_are_dropped():
    ink = drawn(RECORDS[0])
    dirty = ink.copy()
    rng = np.random.default_rng(0)
    for row, column in rng.integers(0, 198, (30, 2)):
        dirty[row : row + 2, column : column + 2] = 1
    assert far_off(isolate_digit(dirty), ink) < 0.03


def test_broken_digit_is_gathered():
    ink = drawn(RECORDS[0])
    for row in (60, 100, 140):
        ink[row : row + 4] = 0
    assert np.array_equal(isolate_digit(ink), ink)


def test_bar_apart_from_a_five_stays():
    ink = five_in_two_strokes()
    rows = np.flatnonzero(ink.max(axis=1) > 0.3)
    apart = np.zeros_like(ink)
    split = rows[0] + 22
    apart[: split - 8] = ink[8:split]
    apart[split:] = ink[split:]
    assert np.array_equal(isolate_digit(apart), apart)


def test_second_digit_stays_so_that_both_are_refused():
    pair = np.concatenate([drawn(RECORDS[0]), drawn(RECORDS[4])], axis=1)
    assert np.array_equal(isolate_digit(pair), pair)


@pytest.mark.parametrize("record", RECORDS[::2], ids=NAMES[::2])
@pytest.mark.parametrize("tilt", [-0.05, 0.0, 0.03])
def test_grid_lines_at_the_border_are_dropped(record, tilt):
    ink = drawn(record)
    framed = ink.copy()
    along = np.arange(200)
    for inset in (8, 188):
        line = np.clip(np.rint(inset + tilt * (along - 100)).astype(int), 0, 196)
        for width in range(3):
            framed[line + width, along] = 1
            framed[along, line + width] = 1
    assert far_off(isolate_digit(framed), ink) < 0.04


@pytest.mark.parametrize("record", RECORDS[::2], ids=NAMES[::2])
def test_digit_that_touches_its_frame_is_cut_loose(record):
    digit = cut(drawn(record, pen=1.6))
    height, width = digit.shape
    ink = np.zeros((height + 40, width + 80), np.float32)
    ink[20 : 20 + height, 40 : 40 + width] = digit
    framed = ink.copy()
    framed[18:21] = framed[20 + height : 23 + height] = 1
    assert far_off(isolate_digit(framed), ink) < 0.12


@pytest.mark.parametrize("record", RECORDS[::2], ids=NAMES[::2])
def test_ruled_paper_is_dropped_and_strokes_go_on_across_it(record):
    ink = drawn(record)
    ruled = ink.copy()
    for row in range(12, 200, 35):
        ruled[row : row + 2] = np.maximum(ruled[row : row + 2], 0.6)
    found = isolate_digit(ruled)
    assert far_off(found, ink) < 0.09
    assert (found[:, :20] < 0.5).all()


def test_faint_digit_in_a_dark_frame_is_stretched():
    ink = drawn(RECORDS[0])
    framed = 0.2 * ink
    framed[:4] = framed[-4:] = 1
    framed[:, :4] = framed[:, -4:] = 1
    assert far_off(isolate_digit(framed.astype(np.float32)), ink) < 0.02


def test_frame_alone_stays_for_the_model_to_refuse():
    frame = np.zeros((60, 60), np.float32)
    frame[:3] = frame[-3:] = 1
    assert isolate_digit(frame).shape == (60, 60)
