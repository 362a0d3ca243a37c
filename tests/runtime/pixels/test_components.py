"""Connected parts, against a flood fill that is too slow to be wrong."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._pixels.components import label


def flood_fill(mask: np.ndarray) -> np.ndarray:
    """Number the 8-connected parts one pixel at a time."""
    labels = np.full(mask.shape, -1)
    count = 0
    for start in zip(*np.nonzero(mask), strict=True):
        if labels[start] >= 0:
            continue
        waiting = [start]
        while waiting:
            row, column = waiting.pop()
            inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
            if not inside or not mask[row, column] or labels[row, column] >= 0:
                continue
            labels[row, column] = count
            waiting += [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        count += 1
    return labels


@pytest.mark.parametrize("seed", range(40))
def test_labels_are_those_of_a_flood_fill(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers(1, 18, 2)) < rng.random()
    parts = label(mask)
    expected = flood_fill(mask)
    assert np.array_equal(parts.label_map(), expected)
    for index in range(len(parts)):
        rows, columns = np.nonzero(expected == index)
        assert parts.areas[index] == len(rows)
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert tuple(parts.boxes[index]) == box


def test_empty_mask_has_no_parts():
    parts = label(np.zeros((5, 7), bool))
    assert len(parts) == 0
    assert (parts.label_map() == -1).all()
    assert not parts.select(np.zeros(0, bool)).any()


def test_full_mask_is_one_part():
    parts = label(np.ones((5, 7), bool))
    assert parts.areas.tolist() == [35]
    assert parts.boxes.tolist() == [[0, 0, 7, 5]]


def test_rows_do_not_join_around_the_edge():
    mask = np.zeros((2, 6), bool)
    mask[0, 5] = mask[1, 0] = True
    assert len(label(mask)) == 2


def test_diagonal_neighbours_are_one_part():
    assert len(label(np.eye(6, dtype=bool))) == 1
    assert len(label(np.fliplr(np.eye(6, dtype=bool)))) == 1


def test_spiral_is_one_part():
    mask = np.zeros((41, 41), bool)
    for ring in range(0, 20, 2):
        mask[ring, ring : 41 - ring] = mask[40 - ring, ring : 41 - ring] = True
        mask[ring : 41 - ring, 40 - ring] = mask[ring + 2 : 41 - ring, ring] = True
        mask[ring + 2, ring : ring + 3] = True
    assert len(label(mask)) == 1


def test_select_keeps_whole_parts():
    mask = np.zeros((6, 9), bool)
    mask[1:3, 1:3] = mask[4:6, 5:9] = True
    kept = label(mask).select(np.array([False, True]))
    assert kept.sum() == 8
    assert kept[4:6, 5:9].all()
