from __future__ import annotations

from dataclasses import replace

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.page import Page, PageSteps, PenStroke, Picture, Sheet, Step
from inkdigit_app.core.undo import LEFT_BYTES, UndoStack


def stroke(x: float = 0.0, points: int = 2) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, float(y)) for y in range(points)]), 7.0)


def written(count: int, stack: UndoStack, points: int = 2) -> list[Page]:
    """The states of a page on which strokes are written one after the other."""
    states = [Page()]
    for n in range(count):
        states.append(states[-1].with_stroke(stroke(n, points)))
        stack.record(states[-2], states[-1])
    return states


def test_steps_lead_back_and_forth_through_any_change():
    one, two, three, cut = (stroke(n) for n in range(4))
    corrected = (Correction((0,), (0.0, 0.0, 1.0, 1.0), ("7",)),)
    base = Page((one, two, three))
    changes = [
        replace(base, corrections=corrected),
        replace(base, strokes=(one, cut, three), corrections=corrected),
        replace(base, strokes=(three,)),
        replace(base, strokes=(cut, one, three)),
        replace(base, strokes=()),
    ]
    for after in changes:
        there = Step.between(base, after).apply(base)
        back = Step.between(after, base).apply(after)
        assert (there.strokes, there.corrections) == (after.strokes, after.corrections)
        assert (back.strokes, back.corrections) == (base.strokes, base.corrections)


def test_a_turned_picture_and_its_region_are_steps():
    before = Page(picture=Picture(b"", (100, 50), "scan.png"))
    after = replace(before, picture=before.picture.turned(), sheet=Sheet((0, 0, 9, 9), True))
    assert after.picture.size == (50, 100)
    back = Step.between(after, before).apply(after)
    assert (back.picture, back.sheet) == (before.picture, before.sheet)


def test_undo_goes_back_stroke_by_stroke_and_redo_forth():
    stack = UndoStack()
    states = written(3, stack)
    page = states[-1]
    for state in reversed(states[:-1]):
        page = stack.undo(page)
        assert page.strokes == state.strokes
    assert not stack.can_undo
    for state in states[1:]:
        page = stack.redo(page)
        assert page.strokes == state.strokes
    assert not stack.can_redo


def test_a_page_that_was_opened_has_its_own_steps_first_and_then_the_page_before():
    stack, own = UndoStack(), UndoStack()
    before = written(2, stack)[-1]
    opened = written(2, own)[-1]
    stack.leave(before, own.steps)
    page = stack.undo(opened)
    assert page.strokes == opened.strokes[:1]
    page = stack.undo(stack.undo(page))
    assert page is before
    page = stack.undo(page)
    assert page.strokes == before.strokes[:1]
    for _ in range(2):
        page = stack.redo(page)
    assert page.key == opened.key
    assert stack.redo(stack.redo(page)).strokes == opened.strokes


def test_what_can_be_redone_on_a_page_comes_back_with_it():
    stack, own = UndoStack(), UndoStack()
    opened = own.undo(written(2, own)[-1])
    stack.leave(Page(), own.steps)
    assert stack.can_redo
    assert len(stack.redo(opened).strokes) == 2
    stack.clear()
    assert not stack.can_undo
    assert not stack.can_redo


def test_a_long_page_can_be_undone_to_its_beginning():
    stack = UndoStack()
    page = written(3000, stack, points=1)[-1]
    for _ in range(3000):
        page = stack.undo(page)
    assert page.blank


def test_steps_are_bounded_by_what_they_keep_in_memory():
    stack = UndoStack(limit=100_000)
    page = Page()
    for n in range(300):  # strokes that are erased again are in the steps alone
        for state in (page.with_stroke(stroke(n, 200)), page):
            stack.record(page, state)
            page = state
    count = len(stack.steps.past)
    assert 30 < count < 150
    for _ in range(count):
        page = stack.undo(page)
    assert not stack.can_undo


def test_of_the_pages_before_the_one_left_last_is_kept_however_large_it_is():
    stack = UndoStack()
    pages = [Page(picture=Picture(bytes(LEFT_BYTES), (9, 9), str(n))) for n in range(3)]
    for page in pages:
        stack.leave(page, PageSteps())
    assert stack.undo(Page()) is pages[2]
    assert not stack.can_undo


def test_the_last_hundreds_of_strokes_come_back_after_their_pages_were_cleared():
    stack = UndoStack()
    for _ in range(200):
        stack.leave(written(12, stack, points=40)[-1], PageSteps())
    page, pages = Page(), 0
    while stack.can_undo:
        page = stack.undo(page)
        pages += len(page.strokes) == 12
    assert 450 < 12 * pages < 1000
