"""Every kind of made picture keeps its promises about the truth."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit_train.data.pages.kinds import KINDS, make_pages
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing

COUNT = 8
SINGLE = ("clean canvas", "tight crop", "neighbours", "cell", "bitmap", "ruled digit")
BLANK = ("blank cell", "print only")


@pytest.fixture(scope="module")
def pages(writing: Writing) -> dict[str, list[Page]]:
    return {kind: make_pages(kind, writing, COUNT, seed=1) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_maps_have_the_pictures_shape_and_range(kind: str, pages: dict[str, list[Page]]) -> None:
    for page in pages[kind]:
        assert page.pixels.dtype == np.uint8
        assert page.pixels.shape == (*page.ink.shape, 3)
        assert page.ink.min() >= 0 and page.ink.max() <= 1
        assert page.kind.startswith(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_gives_the_same_page(kind: str, writing: Writing) -> None:
    one, other = (make_pages(kind, writing, 2, seed=5) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a.pixels, b.pixels)
        assert np.array_equal(a.ink, b.ink)
        assert a.glyphs == b.glyphs


@pytest.mark.parametrize("kind", KINDS)
def test_boxes_hold_the_ink_of_their_glyph(kind: str, pages: dict[str, list[Page]]) -> None:
    for page in pages[kind]:
        covered = np.zeros(page.ink.shape, bool)
        for glyph in page.glyphs:
            left, top, right, bottom = glyph.box
            assert page.ink[top:bottom, left:right].max() >= 0.3
            covered[top:bottom, left:right] = True
        assert not (page.ink[~covered] >= 0.3).any()


@pytest.mark.parametrize("kind", SINGLE)
def test_one_digit_is_meant(kind: str, pages: dict[str, list[Page]]) -> None:
    for page in pages[kind]:
        assert page.meant is not None
        assert page.meant.max() > 0.2
        assert (page.meant <= page.ink + 1e-4).all()


@pytest.mark.parametrize("kind", BLANK)
def test_where_nothing_is_written_there_is_no_ink(kind: str, pages: dict[str, list[Page]]) -> None:
    for page in pages[kind]:
        assert page.text == ""
        assert page.ink.max() == 0
        assert not page.glyphs


def test_a_blank_cell_means_no_digit(pages: dict[str, list[Page]]) -> None:
    for page in pages["blank cell"]:
        assert page.meant is not None
        assert page.meant.max() == 0
        assert [cell.text for cell in page.cells] == [""]


@pytest.mark.parametrize("kind", ["clean canvas", "numbers", "codes", "desk", "turned"])
def test_ink_lies_where_the_picture_differs_from_its_surroundings(
    kind: str, pages: dict[str, list[Page]]
) -> None:
    differences = []
    for page in pages[kind]:
        grey = page.pixels.astype(np.float32)
        for glyph in page.glyphs:
            left, top, right, bottom = glyph.box
            ink, area = page.ink[top:bottom, left:right], grey[top:bottom, left:right]
            if (ink > 0.6).any() and (ink < 0.05).any():
                apart = area[ink > 0.6].mean(axis=0) - area[ink < 0.05].mean(axis=0)
                differences.append(np.abs(apart).max())
    assert np.median(differences) > 20


@pytest.mark.parametrize("kind", ["numbers", "table", "form", "comb"])
def test_rows_spell_their_glyphs(kind: str, pages: dict[str, list[Page]]) -> None:
    for page in pages[kind]:
        for index, row in enumerate(page.rows):
            digits = [g.label for g in page.glyphs if g.row == index and g.label != "?"]
            assert sorted(row.replace(" ", "")) == sorted(digits)


def test_numbers_of_one_row_stand_apart(pages: dict[str, list[Page]]) -> None:
    assert any(" " in row for page in pages["table"] for row in page.rows)


def test_table_cells_say_what_is_in_them(pages: dict[str, list[Page]]) -> None:
    for page in pages["table"]:
        words = [word for row in page.rows for word in row.split()]
        assert sorted(c.text for c in page.cells if c.text) == sorted(words)
        assert any(not cell.text for cell in page.cells) or len(page.cells) < 8


def test_tight_crops_cut_off_no_more_than_an_edge(pages: dict[str, list[Page]]) -> None:
    for page in pages["tight crop"]:
        assert len(page.glyphs) == 1
        height, width = page.ink.shape
        left, top, right, bottom = page.glyphs[0].box
        assert max(left, top, width - right, height - bottom) <= max(height, width)
        assert min(right - left, bottom - top) >= 1


def test_small_bitmaps_are_small(pages: dict[str, list[Page]]) -> None:
    assert all(8 <= page.ink.shape[0] <= 32 for page in pages["bitmap"])
