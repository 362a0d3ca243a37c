"""Ink found by the network: paper, light, grain, frames, neighbours, tiny and long pictures."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DIGITS, drawn, levels, mixed, photo
from PIL import Image, ImageDraw

from inkdigit import Recognizer
from inkdigit import recognizer as recognizer_module
from inkdigit._picture.find import Found, find_digit, find_ink
from inkdigit._picture.look import scaled
from inkdigit.engine import bundled_ink_session


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def network(pixels):
    return bundled_ink_session().run(pixels)


def on_picture(found: Found, shape: tuple[int, int]) -> np.ndarray:
    """The map at the picture's size."""
    height, width = found.ink.shape
    left, top, right, bottom = (round(v) for v in found.to_picture.box((0, 0, width, height)))
    canvas = np.zeros(shape, np.float32)
    part = scaled(found.ink, (0, 0, width, height), (bottom - top, right - left))
    canvas[top:bottom, left:right] = part
    return canvas


def overlap(found: Found, ink: np.ndarray) -> float:
    """Intersection over union of what is at least half inked."""
    seen, true = on_picture(found, ink.shape) > 0.5, ink > 0.5
    return float((seen & true).sum() / (seen | true).sum())


@pytest.mark.parametrize("find", [find_digit, find_ink])
@pytest.mark.parametrize("digit", sorted(DIGITS))
@pytest.mark.parametrize("inverted", [False, True])
def test_drawing_in_a_photo_is_found(find, digit, inverted):
    ink = drawn(digit, pen=3.5)
    picture = photo(ink)
    assert overlap(find(~picture if inverted else picture, network), ink) > 0.6


@pytest.mark.parametrize("digit", "0125789")
@pytest.mark.parametrize("inverted", [False, True])
def test_digit_cut_to_its_size_is_read(recognizer, digit, inverted):
    ink = drawn(digit)
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.1), np.flatnonzero(ink.max(axis=0) > 0.1)
    picture = levels(mixed(ink, 255, 0))[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    picture = ~picture if inverted else picture
    assert recognizer.predict_digit(picture).digit == int(digit)


def cut_to_ink(picture: np.ndarray, margin: int) -> np.ndarray:
    rows, columns = np.flatnonzero((picture < 128).any(1)), np.flatnonzero((picture < 128).any(0))
    box = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(box, margin, constant_values=255)


@pytest.mark.parametrize("margin", [0, 1, 2, 30])
@pytest.mark.parametrize("number", ["17", "2041", "110"])
def test_a_number_cut_to_its_ink_is_read_as_with_room_around(recognizer, number, margin):
    whole = np.concatenate([levels(mixed(drawn(digit), 255, 0)) for digit in number], axis=1)
    found = find_ink(cut_to_ink(whole, margin), network)
    assert found.exact
    assert recognizer.read(cut_to_ink(whole, margin)).text == number


@pytest.mark.parametrize(
    "rest", [np.s_[:, :4], np.s_[:, -3:], np.s_[:2, 30:90], np.s_[100:, :3]], ids=str
)
def test_what_is_left_of_a_frame_is_for_the_network(rest):
    cell = cut_to_ink(levels(mixed(drawn("2"), 255, 0)), 0)
    cell[rest] = 0
    assert not find_ink(np.pad(cell, ((0, 0), (0, 20)), constant_values=255), network).exact
    left, right = np.s_[:, :4], np.s_[:, -4:]
    blank = np.full((120, 160), 255, np.uint8)
    blank[left] = blank[right] = 0
    assert not find_ink(blank, network).exact


def test_a_shadow_is_not_ink():
    ink = drawn("8", pen=3.5)
    rows, columns = np.mgrid[:240, :240]
    shade = 1 - 0.4 / (1 + np.exp(-(columns + rows / 3 - 130) / 3))
    found = find_ink(levels(mixed(ink, 210, 60) * shade), network)
    assert overlap(found, ink) > 0.6


@pytest.mark.parametrize("noise", [0, 3, 8])
@pytest.mark.parametrize("slope", [0.0, 0.3])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_blank_sheet_with_grain_is_blank(recognizer, noise, slope, inverted):
    for seed, paper in enumerate((80, 140, 200)):
        sheet = photo(np.zeros((220, 300)), paper, slope=slope, noise=noise, quality=60, seed=seed)
        sheet = ~sheet if inverted else sheet
        assert recognizer.read(sheet).text == ""
        assert recognizer.predict_digit(sheet).blank


def test_the_digit_on_a_sheet_on_a_table_is_read_and_the_table_is_not(recognizer):
    table = np.random.default_rng(0).normal(45, 3, (520, 560))
    table[140:380, 160:400] = photo(drawn("4"), slope=0.05)
    assert recognizer.read(levels(table)).text == "4"


@pytest.mark.parametrize("gap", [3, 12])
def test_a_box_around_a_digit_is_no_digit(recognizer, gap):
    page = np.full((300, 300), 255, np.uint8)
    page[20:280, 20:280] = 0
    page[23:277, 23:277] = 255
    page[30:270, 30:270] = levels(mixed(drawn("4"), 255, 0))
    page[:, :gap] = 230
    assert recognizer.predict_digit(page).digit == 4
    assert recognizer.read(page).text == "4"


@pytest.mark.parametrize("shape", [(200, 200), (60, 300), (300, 120)])
def test_an_empty_box_on_a_canvas_is_no_digit(recognizer, shape):
    page = np.full(shape, 255, np.uint8)
    page[10:-10, 10:-10] = 0
    page[14:-14, 14:-14] = 255
    assert recognizer.predict_digit(page).digit is None
    assert recognizer.read(page).text == ""


@pytest.mark.parametrize("cells", [3, 9])
def test_an_empty_comb_is_no_digit(recognizer, cells):
    """In 0.1.0 a comb of nine was a 1 at 100 %."""
    page = np.full((60, 50 * cells + 20), 250, np.uint8)
    page[10, 10:-10] = page[49, 10:-10] = 40
    page[10:50, 10:-9:50] = 40
    assert recognizer.read(page).text == ""


def test_the_pieces_of_neighbours_are_not_read(recognizer):
    row = np.concatenate([drawn(d) for d in "853"], axis=1)
    left, right = 240 - 30, 480 + 30
    strip = photo(row[:, left:right], slope=0.05)
    assert recognizer.predict_digit(strip).digit == 5


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 2), (4, 3), (3, 900)])
@pytest.mark.parametrize("channels", [(), (3,)])
@pytest.mark.parametrize("find", [find_digit, find_ink])
def test_the_smallest_pictures_have_a_map(size, channels, find):
    picture = np.random.default_rng(0).integers(60, 200, (*size, *channels)).astype(np.uint8)
    ink = find(picture, network).ink
    assert ink.ndim == 2
    assert 0 <= ink.min() <= ink.max() <= 1


@pytest.mark.parametrize(("finest", "most", "looks"), [(None, 1_300_000, 6), (384.0, 160_000, 5)])
def test_no_more_pixels_are_looked_at_than_is_allowed(finest, most, looks):
    shown = []

    def counting(pixels):
        shown.append(pixels.shape[2] * pixels.shape[3])
        return network(pixels)

    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (1500, 2000)).astype(np.uint8)
    find_ink(noise, counting, *([] if finest is None else [finest]))
    assert max(shown) <= most
    assert len(shown) <= looks  # each nearer, and one at the right scale


def test_an_ink_session_of_ones_own_is_used():
    class Blind:
        def run(self, pixels):
            return np.zeros((1, 3, *pixels.shape[2:]), np.float32)

    picture = photo(drawn("4"))
    assert Recognizer(ink_session=Blind()).read(picture).text == ""
    assert Recognizer(ink_session=Blind()).predict_digit(picture).blank


def canvas_with_a_bar(length: float) -> np.ndarray:
    """A 5 on white, and a level bar before it, `length` heights of the 5 long."""
    ink = drawn("5", pen=3.5)
    rows = np.flatnonzero((ink > 0.5).any(axis=1))
    high = int(rows[-1] - rows[0])
    picture = np.full((ink.shape[0], ink.shape[1] + round(length * high) + 20), 255, np.uint8)
    picture[:, -ink.shape[1] :] -= (255 * ink).astype(np.uint8)
    middle = int(rows.mean())
    picture[middle - 2 : middle + 2, 8 : 8 + round(length * high)] = 0
    return picture


def test_a_minus_on_a_plain_canvas_is_kept_as_drawn():
    for length in (0.4, 0.8):
        found = find_ink(canvas_with_a_bar(length), network)
        assert found.exact
        assert found.ink[:, 8:20].max() > 0.9


@pytest.mark.parametrize(("high", "exact"), [(10, True), (60, False)])
def test_a_point_within_another_marks_box_is_as_drawn_and_a_digit_in_a_ring_is_not(high, exact):
    picture = Image.new("L", (200, 160), 255)
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse((40, 20, 160, 140), outline=0, width=6)
    pencil.rectangle((95, 80 - high // 2, 102, 80 + high // 2), fill=0)
    assert find_ink(np.asarray(picture), network).exact == exact


def test_a_rule_on_a_plain_canvas_is_left_to_the_network():
    assert not find_ink(canvas_with_a_bar(2.5), network).exact


def black_and_white(digits: str) -> np.ndarray:
    """Digits side by side as a threshold leaves them, black on white."""
    ink = np.concatenate([drawn(digit, pen=3.5) for digit in digits], axis=1)
    return np.where(ink > 0.5, 0, 255).astype(np.uint8)


def test_a_black_and_white_sheet_on_a_dark_desk_is_no_digit(recognizer):
    sheet = Image.fromarray(np.pad(black_and_white("27"), 90))
    desk = np.asarray(sheet.rotate(4, Image.Resampling.NEAREST))
    assert find_ink(desk, network).exact
    assert recognizer.read(desk).text == "27"


def test_squared_paper_in_black_and_white_is_no_digit(recognizer):
    paper = np.full((320, 760), 255, np.uint8)
    paper[:, ::40] = paper[::40] = 0
    digits = black_and_white("258")
    paper[40 : 40 + digits.shape[0], 20 : 20 + digits.shape[1]] &= digits
    assert recognizer.read(paper).text == "258"


def test_an_empty_grid_in_black_and_white_is_blank(recognizer):
    grid = np.full((300, 300), 255, np.uint8)
    grid[20:-20:52, 20:-20] = grid[20:-20, 20:-20:52] = 0
    assert recognizer.read(grid).text == ""


def test_a_drawing_that_is_read_for_sure_is_looked_at_once(monkeypatch):
    looks = []
    monkeypatch.setattr(
        recognizer_module, "find_ink", lambda *a, **k: looks.append(k) or find_ink(*a, **k)
    )
    assert Recognizer().read(levels(mixed(drawn("8"), 255, 0))).text == "8"
    assert looks == [{}]


@pytest.mark.parametrize("digit", "2368")
@pytest.mark.parametrize("height", [25, 60, 240])
def test_a_digit_that_fills_a_photo_is_read_as_a_number(recognizer, digit, height):
    ink = drawn(digit, pen=3.5)
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.5), np.flatnonzero(ink.max(axis=0) > 0.5)
    picture = photo(ink)[rows[0] - 1 : rows[-1] + 2, columns[0] - 1 : columns[-1] + 2]
    width = round(picture.shape[1] * height / picture.shape[0])
    small = np.asarray(Image.fromarray(picture).resize((width, height)))
    assert recognizer.read(small).text == digit


@pytest.mark.parametrize("digit", "2358")
def test_the_digit_on_squared_paper_in_black_and_white_is_read_alone(recognizer, digit):
    paper = np.full((240, 240), 255, np.uint8)
    paper[:, 18::68] = paper[18::68] = 0
    paper &= black_and_white(digit)
    assert recognizer.predict_digit(paper).digit == int(digit)


def test_a_certain_digit_on_a_canvas_is_looked_at_once(monkeypatch):
    looks = []
    monkeypatch.setattr(
        recognizer_module, "find_digit", lambda *a, **k: looks.append(k) or find_digit(*a, **k)
    )
    assert Recognizer().predict_digit(levels(mixed(drawn("8"), 255, 0))).digit == 8
    assert looks == [{"by_network": False}]
