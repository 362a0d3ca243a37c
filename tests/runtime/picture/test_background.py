"""Ink and ground: polarity, light, shadow, grain, colour and transparency."""

from __future__ import annotations

import functools
import io
import json

import numpy as np
import pytest
from paths import HANDMADE
from PIL import Image

from inkdigit import Ink, rasterize
from inkdigit._picture.background import find_ink

RECORDS = [json.loads(line) for line in HANDMADE.read_text(encoding="utf-8").splitlines()]
DIGITS = {r["label"]: Ink.from_dict(r) for r in RECORDS}  # the last drawing of each digit


@functools.cache
def drawn(digit: str = "5", pen: float = 2.4) -> np.ndarray:
    """(240, 240) in [0, 1], 1 = ink."""
    small = Image.fromarray(rasterize(DIGITS[digit], 120, pen))  # quicker than 240
    return np.asarray(small.resize((240, 240), Image.Resampling.BILINEAR)).clip(0, 1)


def mixed(ink: np.ndarray, paper: float, mark: float) -> np.ndarray:
    return paper + (mark - paper) * ink


def levels(values: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def light(shape: tuple[int, int], slope: float, angle: float = 0.7) -> np.ndarray:
    """Uneven light around 1."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    across = np.cos(angle) * (columns / shape[1] - 0.5) + np.sin(angle) * (rows / shape[0] - 0.5)
    return 1 + 2 * slope * across


def photo(ink: np.ndarray, paper=190, mark=60, slope=0.25, noise=4.0, quality=70, seed=0):
    """What a camera makes of it, through JPEG."""
    rng = np.random.default_rng(seed)
    grey = mixed(ink, paper, mark) * light(ink.shape, slope) + rng.normal(0, noise, ink.shape)
    stream = io.BytesIO()
    Image.fromarray(levels(grey)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def overlap(found: np.ndarray, ink: np.ndarray) -> float:
    """Intersection over union of what is at least half inked."""
    found, ink = found > 0.5, ink > 0.5
    return float((found & ink).sum() / (found | ink).sum())


@pytest.mark.parametrize("digit", sorted(DIGITS))
@pytest.mark.parametrize(("paper", "mark"), [(255, 0), (0, 255), (255, 225), (16, 60), (90, 200)])
def test_drawing_on_a_plain_canvas_is_found_exactly(digit, paper, mark):
    ink = drawn(digit)
    assert find_ink(levels(mixed(ink, paper, mark))) == pytest.approx(ink, abs=0.05)


@pytest.mark.parametrize("digit", sorted(DIGITS))
@pytest.mark.parametrize("inverted", [False, True])
def test_drawing_in_a_photo_is_found(digit, inverted):
    ink = drawn(digit)
    picture = photo(ink)
    assert overlap(find_ink(~picture if inverted else picture), ink) > 0.85


@pytest.mark.parametrize("digit", "0125789")
@pytest.mark.parametrize("pen", [2.4, 5.0])
@pytest.mark.parametrize("inverted", [False, True])
def test_drawing_cut_to_its_size_is_found(digit, pen, inverted):
    ink = drawn(digit, pen=pen)
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.1), np.flatnonzero(ink.max(axis=0) > 0.1)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    picture = levels(mixed(ink, 255, 0))
    assert overlap(find_ink(~picture if inverted else picture), ink) > 0.9


def test_soft_edges_stay_soft():
    ink = drawn()
    edge = (ink > 0.3) & (ink < 0.7)
    assert edge.any()
    assert find_ink(levels(mixed(ink, 255, 0)))[edge] == pytest.approx(ink[edge], abs=0.05)


@pytest.mark.parametrize("size", [40, 300, 1200])
def test_lines_of_one_pixel_have_full_strength(size):
    picture = np.full((size, size), 255, np.uint8)
    picture[size // 5 : 4 * size // 5, size // 2] = 0
    assert (find_ink(picture)[size // 5 : 4 * size // 5, size // 2] == 1).all()


def test_shadow_is_not_ink():
    ink = drawn("8")
    rows, columns = np.mgrid[:240, :240]
    shade = 1 - 0.4 / (1 + np.exp(-(columns + rows / 3 - 130) / 3))
    found = find_ink(levels(mixed(ink, 210, 60) * shade))
    assert overlap(found, ink) > 0.85
    assert (found[ink == 0] > 0.5).mean() < 0.01


def test_faint_pencil_is_stretched_to_full_ink():
    ink = drawn("3")
    found = find_ink(photo(ink, paper=200, mark=150, noise=2))
    assert overlap(found, ink) > 0.8
    assert np.median(found[ink > 0.95]) > 0.8


@pytest.mark.parametrize("noise", [0, 3, 8, 15])
@pytest.mark.parametrize("slope", [0.0, 0.3])
@pytest.mark.parametrize("inverted", [False, True])
def test_blank_sheet_with_grain_has_no_ink(noise, slope, inverted):
    for seed, paper in enumerate((80, 140, 200)):
        sheet = photo(np.zeros((220, 300)), paper, slope=slope, noise=noise, quality=60, seed=seed)
        assert find_ink(~sheet if inverted else sheet).max() == 0


def test_blank_sheet_with_an_edge_of_shadow_has_no_ink():
    columns = np.mgrid[:220, :300][1]
    sheet = 200 * (1 - 0.35 / (1 + np.exp(-(columns - 140) / 3)))
    grain = np.random.default_rng(0).normal(0, 2, sheet.shape)
    assert find_ink(levels(sheet + grain)).max() == 0


@pytest.mark.parametrize(
    ("paper", "mark"),
    [
        ((255, 255, 255), (255, 235, 0)),
        ((255, 255, 255), (20, 40, 200)),
        ((0, 0, 0), (0, 0, 255)),
        ((70, 150, 60), (190, 90, 60)),
    ],
    ids=["yellow on white", "blue on white", "blue on black", "red on green"],
)
def test_colour_is_as_good_as_black(paper, mark):
    ink = drawn("2")
    picture = np.stack([levels(mixed(ink, p, m)) for p, m in zip(paper, mark, strict=True)], -1)
    assert find_ink(picture) == pytest.approx(ink, abs=0.1)


def test_yellow_in_a_photo_is_seen_in_blue():
    ink = drawn("2")
    shades = zip((240, 235, 220), (240, 215, 60), strict=True)
    picture = np.stack([photo(ink, p, m, slope=0.1, seed=i) for i, (p, m) in enumerate(shades)], -1)
    assert overlap(find_ink(picture), ink) > 0.8


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_what_is_not_transparent_is_the_drawing(colour):
    ink = drawn("6")
    found = find_ink(np.full((240, 240, 3), colour, np.uint8), levels(255 * ink))
    assert found == pytest.approx(ink, abs=0.05)


def test_transparent_corners_of_a_card_are_not_ink():
    ink = drawn("6")
    alpha = np.zeros((300, 300), np.uint8)
    alpha[30:270, 30:270] = 255
    alpha[30:36, 30:36] = alpha[264:270, 264:270] = 0
    card = np.zeros((300, 300), np.uint8)
    card[30:270, 30:270] = levels(mixed(ink, 255, 0))
    assert overlap(find_ink(card, alpha)[30:270, 30:270], ink) > 0.9


def test_opaque_alpha_changes_nothing():
    picture = levels(mixed(drawn("6"), 255, 0))
    assert np.array_equal(find_ink(picture, np.full((240, 240), 255, np.uint8)), find_ink(picture))


@pytest.mark.parametrize("inverted", [False, True])
def test_sheet_on_a_table_is_read_and_the_table_is_not(inverted):
    ink = drawn("4")
    table = np.random.default_rng(0).normal(45, 3, (520, 560))
    table[140:380, 160:400] = photo(ink, slope=0.05)
    picture = levels(table)
    found = find_ink(~picture if inverted else picture)
    assert overlap(found[140:380, 160:400], ink) > 0.8
    found[140:380, 160:400] = 0
    assert found.max() == 0


def test_dark_canvas_on_a_white_page_is_read():
    ink = drawn("4")
    page = np.full((400, 500), 255, np.uint8)
    page[60:300, 90:330] = levels(255 * ink)
    assert overlap(find_ink(page)[60:300, 90:330], ink) > 0.9


def test_drawn_box_around_a_digit_is_dropped():
    ink = drawn("4")
    page = np.full((400, 400), 255, np.uint8)
    page[60:340, 60:340] = 0
    page[63:337, 63:337] = 255
    page[80:320, 80:320] = levels(mixed(ink, 255, 0))
    expected = np.zeros((400, 400))
    expected[80:320, 80:320] = ink
    assert overlap(find_ink(page), expected) > 0.95


def test_bar_without_anything_inside_stays_ink():
    page = np.full((100, 100), 255, np.uint8)
    page[10:90, 40:60] = 0
    assert find_ink(page).sum() == 80 * 20


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 2), (4, 3)])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_the_smallest_pictures_have_a_map(size, channels):
    picture = np.random.default_rng(0).integers(60, 200, (*size, *channels)).astype(np.uint8)
    ink = find_ink(picture)
    assert ink.shape == size
    assert 0 <= ink.min() <= ink.max() <= 1


def test_a_flat_border_around_a_photo_is_a_frame_and_not_the_ground():
    rng = np.random.default_rng(0)
    photo = np.rint(rng.normal(170, 2, (90, 90))).astype(np.uint8)
    photo[20:70, 44:48] = 60
    framed = np.pad(photo, 4, constant_values=255)
    ink = find_ink(framed)
    assert ink[30:60, 49:51].min() > 0.5
    assert ink[10:80, 10:40].max() < 0.5


def test_what_is_faint_in_every_colour_is_read_in_grey():
    grey = np.full((80, 80), 180, np.uint8)
    grey[20:60, 38:42] -= 30
    noisy = grey + np.random.default_rng(0).integers(0, 3, grey.shape).astype(np.uint8)
    colour = np.repeat(noisy[:, :, None], 3, 2)
    assert np.array_equal(find_ink(colour) > 0.5, find_ink(noisy) > 0.5)
