from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import inkdigit
from inkdigit import Ink, Recognizer
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.learning.hand import Hand
from inkdigit_app.core.learning.lessons import Example, Sources
from inkdigit_app.core.page import Page, PenStroke

Write = Callable[..., list[PenStroke]]


@pytest.fixture
def recognizer(bundled_model: Path) -> Recognizer:
    return Recognizer(bundled_model)


@pytest.fixture
def told() -> list[tuple[str, inkdigit.Writer]]:
    return []


@pytest.fixture
def hand(recognizer: Recognizer, told: list[tuple[str, inkdigit.Writer]]) -> Hand:
    hand = Hand(lambda *change: told.append(change))
    hand.teacher = recognizer
    hand.use("me", inkdigit.Writer())
    return hand


@pytest.fixture
def page(write: Write) -> Page:
    return Page(tuple(write("1")))


def as_a_seven(page: Page) -> tuple[Correction, Example]:
    box = page.ink.bounds
    return Correction((0,), box, ("7",)), Example((0,), box, "7", True)


def test_a_correction_changes_what_the_shape_is_read_as(
    hand: Hand, recognizer: Recognizer, page: Page
) -> None:
    assert recognizer.read(page.ink).text == "1"
    assert hand.correct(page, *as_a_seven(page))
    assert recognizer.read(page.ink, writer=hand.writer).text == "7"


def test_taken_back_a_correction_leaves_nothing_behind(
    hand: Hand, recognizer: Recognizer, page: Page
) -> None:
    hand.confirm("me", Sources(page), Example((0,), page.ink.bounds, "1", False))
    before = hand.writer.glyphs
    hand.correct(page, *as_a_seven(page))
    assert len(hand.writer) == 1  # the 1 was proved wrong
    hand.take_back(page, *as_a_seven(page))
    assert hand.writer.glyphs == before
    assert hand.writer.corrections() == (0, 1)
    assert recognizer.read(page.ink, writer=hand.writer).text == "1"


def test_what_was_learnt_after_a_correction_outlives_it(
    hand: Hand, page: Page, write: Write
) -> None:
    other = Page(tuple(write("3")))
    hand.correct(page, *as_a_seven(page))
    hand.confirm("me", Sources(other), Example((0,), other.ink.bounds, "3", False))
    hand.take_back(page, *as_a_seven(page))
    assert [glyph.character for glyph in hand.writer.glyphs] == ["3"]


def test_a_correction_of_an_earlier_session_is_taken_back_by_its_shape(
    hand: Hand, page: Page, write: Write, tmp_path: Path
) -> None:
    other = Page(tuple(write("7")))
    hand.confirm("me", Sources(other), Example((0,), other.ink.bounds, "7", False))
    hand.correct(page, *as_a_seven(page))
    hand.writer.save(tmp_path / "hand.json")
    hand.use("me", inkdigit.Writer.load(tmp_path / "hand.json"))
    hand.take_back(page, *as_a_seven(page))
    assert [glyph.corrected for glyph in hand.writer.glyphs] == [False]


def test_nothing_is_learnt_before_the_model_is_loaded(page: Page) -> None:
    hand = Hand()
    assert not hand.correct(page, *as_a_seven(page))
    assert len(hand.writer) == 0


def test_what_one_person_left_standing_teaches_no_other_hand(hand: Hand, page: Page) -> None:
    hand.confirm("somebody", Sources(page), Example((0,), page.ink.bounds, "1", False))
    assert len(hand.writer) == 0


def test_a_forgotten_shape_comes_back(hand: Hand, page: Page) -> None:
    hand.correct(page, *as_a_seven(page))
    (glyph,) = hand.writer.glyphs
    before = hand.forget(glyph)
    assert len(hand.writer) == 0
    hand.restore("somebody", before)
    assert len(hand.writer) == 0
    hand.restore("me", before)
    assert hand.writer.glyphs == (glyph,)


def test_every_change_is_told_as_a_state_that_stays(
    hand: Hand, told: list[tuple[str, inkdigit.Writer]], page: Page
) -> None:
    hand.correct(page, *as_a_seven(page))
    hand.forget_all()
    assert [(key, len(writer)) for key, writer in told] == [("me", 1), ("me", 0)]


def test_nothing_changes_until_something_is_corrected(hand, recognizer):
    assert hand.reads_with is None
    hand.writer.learn(recognizer, Ink([[[0, 0], [0, 90]]]), 1, corrected=False)
    assert hand.reads_with is None
    hand.writer.learn(recognizer, Ink([[[0, 0], [0, 90]]]), 7, corrected=True)
    assert hand.reads_with is hand.writer
