from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from inkdigit import Ink, Stroke
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.core.pictures.table_reading import CellText, TableCell, TableReading
from inkdigit_app.core.settings import Settings
from inkdigit_app.core.view_model import STILL_WRITING_S, Request, ViewModel


class Clock:
    """A clock that only moves when set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(clock: Clock) -> ViewModel:
    return ViewModel(Settings(), clock=clock)


def stroke(x: float = 0.0) -> PenStroke:
    return PenStroke(Stroke.from_points([(x, 0), (x + 10, 50)]), 7.0)


def reading(text: str, confidence: float = 0.99) -> PageReading:
    """One glyph per stroke; each 20 wide, 10 apart from the next."""
    glyphs = tuple(
        Glyph(
            None if character == "?" else int(character),
            confidence,
            (30.0 * n, 0.0, 30.0 * n + 20, 50.0),
            ((3, 0.9), (8, 0.05), (5, 0.01)),
            (n,),
        )
        for n, character in enumerate(text)
    )
    return PageReading(glyphs, confidence)


def write(model: ViewModel, *strokes: PenStroke) -> None:
    for one in strokes or (stroke(),):
        model.begin_stroke()
        model.end_stroke(one)


def answer(model: ViewModel, text: str) -> None:
    request = model.request()
    assert request is not None
    model.accept(request, reading(text))


def written(model: ViewModel, text: str) -> None:
    """Write a page that reads this."""
    write(model, *(stroke(30.0 * n) for n in range(len(text))))
    answer(model, text)


def labels(model: ViewModel) -> Sequence[Sequence[str | None]]:
    return [correction.labels for correction in model.page.corrections]


def test_a_new_page_is_blank_and_has_no_text(model: ViewModel) -> None:
    assert model.blank
    assert not model.readable
    assert model.reading is None
    assert model.error is None
    assert not model.waiting
    assert not model.due
    assert not model.can_undo
    assert not model.can_redo


def test_a_blank_page_asks_for_nothing(model: ViewModel) -> None:
    assert model.request() is None


def test_a_request_holds_the_strokes_in_order(model: ViewModel) -> None:
    first, second = stroke(0), stroke(30)
    write(model, first, second)
    request = model.request()
    assert request is not None
    assert request.page.ink == Ink([first.stroke, second.stroke])


def test_ink_is_due_to_be_read_as_the_pen_lifts(model: ViewModel) -> None:
    model.begin_stroke()
    assert not model.due
    model.end_stroke(stroke())
    assert model.due
    answer(model, "7")
    assert not model.due
    assert model.text == "7"


def test_ink_waits_for_the_user_to_ask_when_live_reading_is_off(clock: Clock) -> None:
    model = ViewModel(Settings(live=False), clock=clock)
    write(model)
    assert not model.due
    answer(model, "7")
    write(model)
    assert not model.due
    assert model.glyphs == ()


def test_a_page_being_read_is_not_requested_twice(model: ViewModel) -> None:
    write(model)
    assert model.request() is not None
    assert not model.due
    assert model.request() is None


def test_nothing_is_read_while_the_pen_is_down(model: ViewModel) -> None:
    write(model)
    model.begin_stroke()
    assert not model.blank
    assert not model.readable
    assert model.request() is None


def test_boxes_stay_while_the_next_digit_is_written(model: ViewModel) -> None:
    written(model, "31")
    model.begin_stroke()
    assert model.reading is None
    assert model.text == "31"
    model.end_stroke(stroke(60))
    assert model.text == "31"


def test_an_answer_to_an_older_page_is_dropped(model: ViewModel) -> None:
    write(model)
    old = model.request()
    assert old is not None
    write(model)
    new = model.request()
    assert new is not None
    model.accept(old, reading("1"))
    assert model.reading is None
    assert model.waiting
    model.accept(new, reading("4"))
    model.accept(old, reading("1"))
    assert model.text == "4"


def test_an_answer_that_comes_after_clear_is_dropped(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    model.clear()
    model.accept(request, reading("7"))
    assert model.reading is None
    assert model.glyphs == ()
    assert model.blank


def test_the_reason_of_a_failure_stays_until_the_page_changes(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    model.reject(request, "no model file")
    assert model.error == "no model file"
    assert not model.waiting
    assert not model.due  # or it would be asked again and again
    model.begin_stroke()
    assert model.error is None


def test_a_failure_of_an_older_page_is_dropped(model: ViewModel) -> None:
    write(model)
    request = model.request()
    assert request is not None
    write(model)
    model.reject(request, "too late")
    assert model.error is None


def test_listeners_hear_of_every_change_and_nothing_else(model: ViewModel) -> None:
    told: list[bool] = []
    model.subscribe(lambda: told.append(model.waiting))
    model.clear()
    model.select(None)
    model.dismiss()
    assert model.request() is None
    assert told == []
    write(model)
    answer(model, "7")
    assert told == [False, False, True, False]


def test_undo_and_redo_go_stroke_by_stroke(model: ViewModel) -> None:
    first, second = stroke(0), stroke(30)
    write(model, first, second)
    model.undo()
    assert model.page.strokes == (first,)
    model.undo()
    assert model.blank
    assert not model.can_undo
    model.undo()
    model.redo()
    model.redo()
    assert model.page.strokes == (first, second)
    assert not model.can_redo


def test_a_new_stroke_clears_the_redo_stack(model: ViewModel) -> None:
    write(model, stroke(0), stroke(30))
    model.undo()
    write(model, stroke(60))
    assert not model.can_redo


def test_undo_removes_the_boxes_with_their_strokes(model: ViewModel) -> None:
    written(model, "31")
    model.undo()
    assert model.text == "3"
    assert model.due


def test_clear_can_be_undone(model: ViewModel) -> None:
    written(model, "31")
    page = model.page
    model.clear()
    assert model.blank
    assert model.page.key != page.key
    assert model.notice is not None
    assert model.notice.text == "Cleared"
    assert model.notice.undo is not None
    model.notice.undo()
    assert model.page is page
    assert model.notice is None


def test_clear_drops_a_stroke_in_progress(model: ViewModel) -> None:
    model.begin_stroke()
    model.clear()
    assert model.blank


def test_a_page_from_the_history_comes_with_its_steps(model: ViewModel) -> None:
    write(model, stroke(), stroke(), stroke())
    page, steps = model.page, model.steps
    model.clear()
    write(model, stroke())
    model.open(page, steps)
    model.undo()
    assert model.page.strokes == page.strokes[:2]
    model.undo()
    model.undo()
    assert model.page.blank
    model.undo()
    assert model.page.key != page.key
    assert len(model.page.strokes) == 1


def test_a_restored_page_can_be_undone_and_redone(model: ViewModel) -> None:
    write(model, stroke(), stroke())
    model.undo()
    restored = ViewModel()
    restored.restore(model.page, PageReading(), model.steps)
    restored.redo()
    assert len(restored.page.strokes) == 2
    restored.undo()
    restored.undo()
    assert restored.page.blank
    assert not restored.can_undo


def test_digits_can_be_tapped_once_they_are_read_and_the_pen_rests(
    model: ViewModel, clock: Clock
) -> None:
    write(model)
    clock.now += STILL_WRITING_S
    assert not model.can_tap  # there is no answer yet
    answer(model, "3")
    assert model.can_tap
    write(model)
    answer(model, "31")
    assert not model.can_tap  # a tap now is a dot of ink
    clock.now += STILL_WRITING_S
    assert model.can_tap
    model.begin_stroke()
    assert not model.can_tap


def test_a_correction_shows_at_once(model: ViewModel) -> None:
    written(model, "31")
    model.select(1)
    model.correct("7")
    assert model.text == "37"
    assert model.glyphs[1].corrected
    assert model.glyphs[1].confidence == 1.0
    assert model.selected is None
    assert model.notice is not None
    assert model.notice.text == "Now 7"
    assert labels(model) == [("7",)]
    assert model.due  # the page's reader is to say the same


def test_a_digit_can_be_confirmed(model: ViewModel) -> None:
    written(model, "31")
    model.select(0)
    model.correct("3")
    assert model.notice is not None
    assert model.notice.text == "3 confirmed"
    assert labels(model) == [("3",)]


def test_no_digit_is_a_correction_too(model: ViewModel) -> None:
    written(model, "31")
    model.select(0)
    model.correct("?")
    assert model.text == "?1"
    assert model.notice is not None
    assert model.notice.text == "Marked as not a digit"


def test_undo_takes_a_correction_back(model: ViewModel) -> None:
    written(model, "31")
    model.select(1)
    model.correct("7")
    model.undo()
    assert labels(model) == []
    assert model.due
    model.redo()
    assert labels(model) == [("7",)]


def test_nothing_is_corrected_without_a_selection(model: ViewModel) -> None:
    written(model, "31")
    model.correct("7")
    model.split()
    model.join()
    assert model.text == "31"
    assert labels(model) == []


def test_split_and_join_become_corrections(model: ViewModel) -> None:
    written(model, "31")
    model.select(0)
    assert model.can_join
    model.join()
    assert labels(model) == [(None,)]
    assert model.due
    answer(model, "4")
    model.select(0)
    assert not model.can_join
    model.split()
    assert labels(model) == [(None, None)]


def test_digits_of_two_lines_are_not_joined(model: ViewModel) -> None:
    write(model, stroke(0), stroke(30))
    request = model.request()
    assert request is not None
    first, second = reading("31").glyphs
    model.accept(request, PageReading((first, replace(second, line=1))))
    model.select(0)
    assert not model.can_join


def test_a_correction_is_read_again_without_live_reading(clock: Clock) -> None:
    model = ViewModel(Settings(live=False), clock=clock)
    written(model, "31")
    model.select(0)
    model.split()
    assert model.due
    answer(model, "113")
    model.undo()
    assert model.due


def test_keys_select_one_digit_after_the_other(model: ViewModel) -> None:
    written(model, "314")
    chosen = []
    for step in (1, 1, 1, 1, -1):
        model.select_next(step)
        chosen.append(model.selected)
    assert chosen == [0, 1, 2, 0, 2]


def test_keys_go_on_from_the_digit_corrected_last(model: ViewModel) -> None:
    written(model, "314")
    model.select(1)
    model.correct("7")
    answer(model, "374")
    model.select_next(1)
    assert model.selected == 2
    write(model, stroke(90))
    answer(model, "3741")
    model.select_next(1)
    assert model.selected == 0


def test_the_pen_ends_the_selection(model: ViewModel) -> None:
    written(model, "31")
    model.select(1)
    model.begin_stroke()
    assert model.selected is None


def test_a_picture_replaces_the_ink_until_undo(model: ViewModel) -> None:
    written(model, "31")
    ink = model.page
    picture = Picture(b"", (100, 50), "scan.png")
    model.open(Page(picture=picture))
    assert model.page.picture is picture
    assert model.glyphs == ()
    assert model.due
    model.undo()
    assert model.page is ink


def test_a_picture_is_read_without_live_reading(clock: Clock) -> None:
    model = ViewModel(Settings(live=False), clock=clock)
    model.open(Page(picture=Picture(b"", (100, 50), "scan.png")))
    assert model.due


def test_a_tap_on_a_picture_needs_no_pause(model: ViewModel, clock: Clock) -> None:
    write(model)
    model.open(Page(picture=Picture(b"", (100, 50), "scan.png")))
    answer(model, "3")
    assert model.can_tap


def test_closing_a_picture_shows_a_notice(model: ViewModel) -> None:
    model.open(Page(picture=Picture(b"", (100, 50), "scan.png")))
    model.clear()
    assert model.notice is not None
    assert model.notice.text == "Picture closed"


def test_the_expected_number_of_digits_goes_with_each_request(model: ViewModel) -> None:
    write(model)
    answer(model, "3")
    model.change(digits=4)
    assert model.due
    request = model.request()
    assert request is not None
    assert request.length == 4


def test_a_restored_page_is_read(model: ViewModel) -> None:
    page = Page((stroke(),))
    model.restore(page, reading("7"))
    assert model.page is page
    assert model.text == "7"
    assert model.due
    assert not model.can_undo


def test_nothing_can_be_undone_after_forgetting(model: ViewModel) -> None:
    written(model, "31")
    model.undo()
    model.forget()
    assert model.blank
    assert not model.can_undo
    assert not model.can_redo


def test_a_notice_stays_until_it_is_dismissed_or_the_pen_comes_down(model: ViewModel) -> None:
    model.notify("Copied 31")
    assert model.notice is not None
    model.dismiss()
    assert model.notice is None
    model.notify("Copied 31")
    model.begin_stroke()
    assert model.notice is None


def test_a_cancelled_stroke_leaves_no_trace(model: ViewModel) -> None:
    model.begin_stroke()
    model.cancel_stroke()
    assert model.blank
    assert not model.can_undo


def test_requests_of_different_states_differ_by_revision(model: ViewModel) -> None:
    write(model)
    model.accept(Request(-1, model.page), reading("9"))
    assert model.reading is None


def test_what_was_left_out_shows_until_ink_is_taken_away(model: ViewModel) -> None:
    write(model, stroke(0), stroke(30))
    request = model.request()
    assert request is not None
    model.accept(request, PageReading(reading("3").glyphs, left_out=((30, 0, 40, 50),)))
    assert model.left_out == ((30, 0, 40, 50),)
    write(model, stroke(60))
    assert model.left_out == ((30, 0, 40, 50),)
    model.undo()
    assert model.left_out == ()


def test_the_chosen_digit_is_deleted_with_its_ink(model: ViewModel) -> None:
    written(model, "314")
    page = model.page
    model.select(1)
    model.delete()
    assert model.page.strokes == (page.strokes[0], page.strokes[2])
    assert model.text == "34"
    assert [glyph.strokes for glyph in model.glyphs] == [(0,), (1,)]
    assert model.selected is None
    assert model.notice is not None
    assert model.notice.text == "Deleted 1"
    assert model.notice.undo is not None
    model.notice.undo()
    assert model.page.strokes == page.strokes


@pytest.mark.parametrize(("chosen", "step", "then"), [(1, 0, 1), (2, 0, 1), (1, -1, 0), (0, -1, 0)])
def test_deleting_by_key_chooses_a_neighbour(
    model: ViewModel, chosen: int, step: int, then: int
) -> None:
    written(model, "314")
    model.select(chosen)
    model.delete(step=step)
    assert model.selected == then


def test_deleting_the_last_digit_leaves_a_blank_page(model: ViewModel) -> None:
    written(model, "3")
    model.select(0)
    model.delete(step=0)
    assert model.blank
    assert model.selected is None


def test_nothing_is_deleted_without_a_choice(model: ViewModel) -> None:
    written(model, "31")
    model.delete()
    assert model.text == "31"


def test_a_picture_s_digit_leaves_the_reading(model: ViewModel) -> None:
    model.open(Page(picture=Picture(b"", (100, 50), "scan.png")))
    answer(model, "31")
    model.delete(0)
    assert model.text == "1"
    assert labels(model) == [()]


def test_erased_strokes_come_back_in_one_step(model: ViewModel) -> None:
    written(model, "314")
    page = model.page
    model.erase([0, 2])
    assert model.page.strokes == (page.strokes[1],)
    assert model.text == "1"
    model.undo()
    assert model.page.strokes == page.strokes
    undone = model.page
    model.erase([])
    assert model.page is undone


def scratch(left: float, right: float) -> PenStroke:
    points = [(right if n % 2 else left, 5.0 * n) for n in range(11)]
    return PenStroke(Stroke.from_points(points), 7.0)


def test_scratching_a_digit_out_takes_it_and_the_scratch_away(model: ViewModel) -> None:
    written(model, "314")
    page = model.page
    write(model, scratch(28, 52))
    assert model.page.strokes == (page.strokes[0], page.strokes[2])
    assert model.text == "34"
    assert model.notice is not None
    assert model.notice.text == "Scratched out 1"
    model.undo()
    assert model.page.strokes == page.strokes


def test_ink_that_is_not_read_yet_can_be_scratched_out(model: ViewModel) -> None:
    write(model, stroke(0), stroke(60))
    write(model, scratch(-5, 20))
    assert len(model.page.strokes) == 1


def test_a_scratch_over_nothing_is_ink(model: ViewModel) -> None:
    written(model, "31")
    write(model, scratch(100, 130))
    assert len(model.page.strokes) == 3


def test_scratching_out_can_be_turned_off(clock: Clock) -> None:
    model = ViewModel(Settings(scratch_out=False), clock=clock)
    written(model, "31")
    write(model, scratch(28, 52))
    assert len(model.page.strokes) == 3


def picture_page(model: ViewModel) -> Page:
    model.open(Page(picture=Picture(b"", (100, 50), "scan.png")))
    answer(model, "31")
    return model.page


def test_a_turned_picture_is_read_again_without_its_corrections(model: ViewModel) -> None:
    page = picture_page(model)
    model.select(0)
    model.correct("7")
    answer(model, "71")
    model.turn_picture()
    assert model.page.picture is not None
    assert model.page.picture.size == (50, 100)
    assert model.page.corrections == ()
    assert model.glyphs == ()
    assert model.due
    model.undo()
    assert model.page.picture is page.picture
    assert len(model.page.corrections) == 1


def test_a_region_of_a_picture_is_read_and_undone(model: ViewModel) -> None:
    picture_page(model)
    model.read_region((5.0, 5.0, 40.0, 40.0))
    assert model.due
    assert model.glyphs == ()
    answer(model, "1")
    model.read_region(model.page.sheet.region)  # the same
    assert not model.due
    model.undo()
    assert model.page.sheet.region is None


def test_a_table_is_read_and_its_cells_corrected(model: ViewModel) -> None:
    picture_page(model)
    model.read_as_table(True)
    request = model.request()
    assert request is not None
    corners = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    cells = tuple(
        TableCell(0, n, text, 0.5, (0.0, 0.0, 9.0, 9.0), corners, n == 1)
        for n, text in enumerate(("12", "3"))
    )
    model.accept(request, PageReading(table=TableReading(cells, 1, 2)))
    assert model.text == "12\t3"
    model.select_next(1)
    assert model.cell == 1
    model.correct_cell("8")
    assert model.text == "12\t8"  # at once
    assert model.cell == 1
    assert model.page.sheet.cells == (CellText(0, 1, "8"),)
    assert model.notice is not None
    assert model.notice.text == "Now 8"
    model.undo()
    assert model.page.sheet.cells == ()
    model.undo()
    assert not model.page.sheet.as_table
    assert model.table is None
