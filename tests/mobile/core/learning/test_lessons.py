from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from inkdigit_app.core import corrections
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.learning.lessons import Example, Sources, example_of, standing
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.store.pictures import from_image

Writer = Callable[..., list[PenStroke]]


def glyph(text: str, stroke: int, confidence: float = 0.99, line: int = 0) -> Glyph:
    """A glyph of one stroke of its own, 40 wide, 50 further right for each stroke."""
    box = (50.0 * stroke, 0.0 + 100 * line, 50.0 * stroke + 40, 90.0 + 100 * line)
    return Glyph(None if text == "?" else int(text), confidence, box, (), (stroke,), line)


def reading(*glyphs: Glyph, left_out: tuple[tuple[float, float, float, float], ...] = ()):  # type: ignore[no-untyped-def]
    return PageReading(glyphs, 0.9, left_out)


@pytest.fixture
def page(write: Writer) -> Page:
    return Page(tuple(write("317")))


def newest(glyphs: tuple[Glyph, ...], index: int, label: str) -> Correction:
    return corrections.relabel((), glyphs, index, label)[-1]


def test_a_correction_teaches_what_was_misread() -> None:
    glyphs = (glyph("3", 0), glyph("1", 1))
    example = example_of(newest(glyphs, 1, "7"), glyphs)
    assert example == Example((1,), glyphs[1].box, "7", True)
    assert example.meaning == 7


def test_choosing_what_was_read_is_a_confirmation() -> None:
    glyphs = (glyph("3", 0, 0.6),)
    example = example_of(newest(glyphs, 0, "3"), glyphs)
    assert example is not None
    assert example.corrected is False


def test_a_second_correction_is_one_too() -> None:
    glyphs = (glyph("1", 0).corrected_to("7"),)
    example = example_of(newest(glyphs, 0, "7"), glyphs)
    assert example is not None
    assert example.corrected is True


def test_no_digit_is_a_meaning_too() -> None:
    glyphs = (glyph("3", 0),)
    example = example_of(newest(glyphs, 0, "?"), glyphs)
    assert example is not None
    assert example.meaning is None


def test_digits_of_one_stroke_are_learnt_as_a_number() -> None:
    one, other = glyph("1", 0), replace(glyph("5", 1), strokes=(0,))
    example = example_of(Correction((0,), (0, 0, 90, 90), ("7", "5")), (one, other))
    assert example == Example((0,), (0, 0, 90, 90), "75", True)
    assert example.meaning == "75"


def test_a_sure_neighbour_of_one_stroke_is_taken_as_read() -> None:
    one, other = glyph("1", 0), replace(glyph("5", 1), strokes=(0,))
    correction = Correction((0,), (0, 0, 90, 90), ("7", None))
    example = example_of(correction, (one, other))
    assert example is not None
    assert (example.text, example.corrected) == ("75", (True, False))
    assert example_of(correction, (one, replace(other, confidence=0.5))) is None


def test_a_split_says_nothing_until_its_digits_are_chosen() -> None:
    glyphs = (glyph("1", 0),)
    assert example_of(corrections.split((), glyphs, 0)[-1], glyphs) is None


def test_what_was_read_surely_is_confirmed(page: Page) -> None:
    three, one, seven = glyph("3", 0), glyph("1", 1), glyph("7", 2)
    assert standing(page, reading(three, one, seven)) == [
        Example((0,), three.box, "3", False),
        Example((1,), one.box, "1", False),
        Example((2,), seven.box, "7", False),
    ]


@pytest.mark.parametrize(
    "other", [glyph("1", 1, 0.94), glyph("?", 1), glyph("1", 1).corrected_to("7")]
)
def test_what_is_unsure_no_digit_or_corrected_is_not_confirmed(page: Page, other: Glyph) -> None:
    found = standing(page, reading(glyph("3", 0), other))
    assert [example.text for example in found] == ["3"]


def test_a_line_that_something_was_left_out_of_is_not_confirmed(page: Page) -> None:
    glyphs = (glyph("3", 0), glyph("1", 1), glyph("7", 2, line=1))
    found = standing(page, reading(*glyphs, left_out=((41, 85, 45, 89),)))
    assert [example.text for example in found] == ["7"]


def test_digits_of_one_stroke_are_confirmed_together_or_not_at_all(page: Page) -> None:
    one, other = glyph("3", 0), replace(glyph("1", 1), strokes=(0,))
    assert [e.text for e in standing(page, reading(one, other))] == ["31"]
    assert standing(page, reading(one, replace(other, confidence=0.5))) == []


def test_strokes_that_were_learnt_from_are_not_confirmed_again(page: Page) -> None:
    glyphs = (glyph("3", 0), glyph("1", 1), glyph("7", 2))
    assert [e.text for e in standing(page, reading(*glyphs), since=2)] == ["7"]


def test_a_picture_confirms_only_if_all_of_it_is_sure() -> None:
    picture = Page(picture=Picture(b"", (100, 100), "a picture"))
    sure, unsure = (replace(glyph("3", 0, c), strokes=()) for c in (0.99, 0.9))
    assert [e.text for e in standing(picture, reading(sure))] == ["3"]
    assert standing(picture, reading(sure, unsure)) == []
    assert standing(picture, reading(sure, left_out=((0, 0, 5, 5),))) == []
    assert standing(picture, reading(sure), since=1) == []


def test_ink_is_cut_out_by_strokes(page: Page) -> None:
    found = Sources(page).of(Example((2,), (0, 0, 1, 1), "7", True))
    assert found == page.ink.subset([2])


def test_a_picture_is_cut_out_by_its_box_with_some_background() -> None:
    image = Image.new("RGB", (200, 100), "white")
    image.paste((255, 0, 0), (50, 20, 90, 60))
    sources = Sources(Page(picture=from_image(image, "red")))
    found = sources.of(Example((), (50, 20, 90, 60), "7", True))
    assert isinstance(found, Image.Image)
    assert found.size == (48, 48)
    assert (np.asarray(found)[4:44, 4:44, 1] == 0).all()
