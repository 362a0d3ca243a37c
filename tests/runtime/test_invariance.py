"""What must not change a reading: the hand's movement, where points lie, room around a picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from inkdigit import Ink, Recognizer, rasterize
from inkdigit._framing.canonical import canonical_order, goes_back, rightward
from inkdigit.drawing import draw_ink

TEXTS = ("20", "1995", "3678", "40", "88")


@pytest.fixture(scope="module")
def real() -> Recognizer:
    """With the bundled networks."""
    return Recognizer()


def shaken(ink: Ink, seed: int) -> Ink:
    """The ink with a tremor, so that nothing about it is symmetric."""
    rng = np.random.default_rng(seed)
    return Ink([s.points + rng.normal(0, 0.7, s.points.shape) for s in ink])


def joined(ink: Ink) -> Ink:
    """All strokes in one, so that it has to be cut."""
    return Ink([np.concatenate([stroke.points for stroke in ink])])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("one_stroke", [False, True])
def test_direction_and_order_of_strokes_change_nothing(real, write_text, text, one_stroke):
    ink = shaken(write_text(text), len(text))
    ink = joined(ink) if one_stroke else ink
    read = real.read(ink)
    rng = np.random.default_rng(7)
    for _ in range(3):
        order = rng.permutation(len(ink))
        moved = Ink([ink.strokes[k].points[:: int(rng.choice((1, -1)))] for k in order])
        again = real.read(moved)
        assert again.alternatives == read.alternatives
        assert [d.box for d in again.digits] == [d.box for d in read.digits]
        # The same strokes, wherever they stand now.
        strokes = [tuple(sorted(int(order[k]) for k in d.strokes)) for d in again.digits]
        assert strokes == [d.strokes for d in read.digits]
    back = Ink([stroke.points[::-1] for stroke in ink])
    assert real.read(back).to_dict() == read.to_dict()
    assert real.reader().read(back).text == read.text


def test_one_digit_is_the_same_in_any_direction_and_order(real, write_text):
    ink = shaken(write_text("5"), 3)
    back = Ink([stroke.points[::-1] for stroke in ink.strokes[::-1]])
    np.testing.assert_array_equal(rasterize(back), rasterize(ink))
    np.testing.assert_array_equal(
        real.predict_digit(back).probabilities, real.predict_digit(ink).probabilities
    )


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [0, 10]],
        [[5, 5]],
        [[5, 5], [5, 5]],
        [[0, 0], [10, 0], [0, 0]],
        [[0, 0], [4, 9], [10, 3], [2, 2]],
        [[3, 0], [0, 0], [0, 3], [3, 3]],
    ],
)
def test_a_stroke_and_its_reverse_are_taken_alike(points):
    points = np.array(points, np.float32)
    np.testing.assert_array_equal(rightward(points), rightward(points[::-1]))


def test_a_stroke_is_taken_from_left_to_right():
    points = np.array([[0, 0], [4, 9], [10, 3]], np.float32)
    assert not goes_back(points)
    assert goes_back(points[::-1])


def test_strokes_are_ordered_by_where_they_lie():
    strokes = [np.array([[x, y], [x + 3, y]], np.float32) for x, y in ((5, 0), (0, 9), (0, 2))]
    assert canonical_order(strokes) == [2, 1, 0]
    assert canonical_order([]) == []


@pytest.mark.parametrize("text", TEXTS)
def test_where_points_lie_changes_no_text(real, write_text, text):
    ink = write_text(text)
    dense = Ink([np.concatenate([_halved(s.points), s.points[-1:]]) for s in ink])
    assert real.read(ink).text == text
    assert real.read(dense).text == text
    assert real.read(Ink([np.rint(stroke.points) for stroke in ink])).text == text
    assert real.read(Ink([np.append(s.points[:-1:2], s.points[-1:], 0) for s in ink])).text == text


def _halved(points):
    """Each point but the last, and the middle behind it."""
    middles = (points[1:] + points[:-1]) / 2
    return np.stack([points[:-1], middles], axis=1).reshape(-1, 2)


@pytest.mark.parametrize("text", ["1995", "40"])
def test_size_room_and_file_format_of_a_picture_change_no_text(real, write_text, text):
    ink = write_text(text)
    picture = draw_ink(ink)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=50)
    shown = [
        picture,
        draw_ink(ink, 50, 3, 10),
        draw_ink(ink, 300, 18, 60),
        stream.getvalue(),
        picture.point(lambda level: 255 * (level >= 128)).convert("1"),
    ]
    for margin in (1, 10, 100):
        wider = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * margin), 255)
        wider.paste(picture, (margin, margin))
        shown.append(wider)
    assert [real.read(source).text for source in shown] == [text] * len(shown)
