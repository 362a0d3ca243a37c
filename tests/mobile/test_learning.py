"""How the app learns, without its window: a model, a worker and the disk."""

from __future__ import annotations

import io
import json
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from inkdigit import Recognizer, Stroke, Writer
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import Page, PenStroke, Picture
from inkdigit_app.core.settings import Settings
from inkdigit_app.core.view_model import Request, ViewModel
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.learning import Learning

WAIT_S = 120

Write = Callable[..., list[PenStroke]]


class Session:
    """A run of the app."""

    def __init__(self, recognizer: Recognizer, folder: Path, settings: Settings) -> None:
        self.model = ViewModel(settings)
        self._deliveries: queue.Queue[Callable[[], None]] = queue.Queue()
        self._jobs = Jobs("storage")
        self._jobs.start()
        deliver = self._deliveries.put
        self.learning = Learning(self.model, folder, self._jobs, deliver)
        self._worker = RecognitionWorker(
            lambda: recognizer,
            lambda *answer: deliver(lambda: self._take(*answer)),
            hand=self.learning.hand,
        )
        self._worker.start()
        self.learning.open(self._worker)
        self.model.subscribe(self._update)
        self.until(lambda: self.learning.hand.key, "the hand")

    def _update(self) -> None:
        self.learning.update()
        if self.model.due:
            request = self.model.request()
            assert request is not None
            self._worker.read(request)

    def _take(self, request: Request, result: PageReading | Exception) -> None:
        assert isinstance(result, PageReading)
        self.model.accept(request, result)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Deliver to the model until the condition holds."""
        end = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < end, f"waited for {what}"
            try:
                self._deliveries.get(timeout=0.02)()
            except queue.Empty:
                continue

    def settle(self) -> None:
        """Wait until all lessons are over, and all is shown and on the disk."""
        over: list[bool] = []
        self._worker.teach_idle(lambda _: self._deliveries.put(lambda: over.append(True)))
        self.until(lambda: over, "the lessons")
        self.until(self._is_read, "a reading")
        self.learning.flush()
        assert self._jobs.wait(WAIT_S)
        while not self._deliveries.empty():
            self._deliveries.get()()

    def _is_read(self) -> bool:
        return self.model.page.blank or self.model.reading is not None

    def write(self, strokes: list[PenStroke]) -> str:
        """Write, and wait for the answer."""
        for stroke in strokes:
            self.model.begin_stroke()
            self.model.end_stroke(stroke)
        self.until(self._is_read, "a reading")
        return self.model.text

    def show(self, page: Page) -> str:
        self.model.open(page)
        self.until(self._is_read, "a reading")
        return self.model.text

    def correct(self, index: int, label: str) -> None:
        self.model.select(index)
        self.model.correct(label)
        self.settle()

    @property
    def known(self) -> list[tuple[str, bool]]:
        """What is known of the hand: characters, and whether each was corrected."""
        return [(g.character, g.corrected) for g in self.learning.state.writer.glyphs]

    @property
    def notice(self) -> str:
        return self.model.notice.text if self.model.notice else ""

    def undo_notice(self) -> None:
        assert self.model.notice is not None
        assert self.model.notice.undo is not None
        self.model.notice.undo()
        self.settle()

    def end(self) -> None:
        self._worker.stop()
        assert self._worker.join(WAIT_S)
        self.learning.flush()
        assert self._jobs.finish(WAIT_S)


Start = Callable[..., Session]


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


@pytest.fixture
def start(recognizer: Recognizer, bundled_model: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts the app; the one that runs is ended first."""
    sessions: list[Session] = []

    def start(settings: Settings | None = None) -> Session:
        if sessions:
            sessions.pop().end()
        sessions.append(Session(recognizer, tmp_path / "hands", settings or Settings()))
        return sessions[-1]

    yield start
    for session in sessions:
        session.end()


@pytest.fixture
def session(start: Start) -> Session:
    return start()


def drawn(strokes: list[PenStroke]) -> Picture:
    image = Image.new("RGB", (480, 200), "white")
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke.stroke.points]
        ImageDraw.Draw(image).line(points, "black", 8, "curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Picture(buffer.getvalue(), image.size, "drawn")


def test_a_corrected_shape_is_read_as_corrected_from_then_on(
    session: Session, write: Write
) -> None:
    assert session.write(write("1", 20, 30)) == "1"
    session.correct(0, "7")
    assert session.notice == "Learnt: this is your 7"
    assert session.known == [("7", True)]
    session.model.clear()
    assert session.write(write("31", 20, 30)) == "37"


def test_it_is_still_known_after_a_restart(start: Start, session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    again = start()
    assert again.write(write("1", 60, 90)) == "7"


def test_undo_takes_the_correction_and_the_lesson_back(session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.undo_notice()
    assert session.known == []
    assert session.model.text == "1"
    session.model.redo()
    session.settle()
    assert session.known == [("7", True)]
    assert session.model.text == "7"
    session.model.undo()
    session.settle()
    assert session.known == []
    session.model.clear()
    assert session.write(write("1", 20, 30)) == "1"


def test_a_second_correction_replaces_the_first(session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.correct(0, "4")
    assert session.known == [("4", True)]


def test_a_late_bar_takes_the_lesson_back(session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    left, top, right, bottom = session.model.page.ink.bounds
    y = (top + bottom) / 2
    bar = PenStroke(Stroke.from_points([(left - 8, y), (right + 8, y)]), 7.0)
    session.write([bar])
    session.settle()
    assert session.known == []


def test_deleting_another_digit_teaches_and_says_nothing_of_a_correction(
    session: Session, write: Write
) -> None:
    assert session.write(write("2731", 20, 30)) == "2731"
    session.correct(3, "7")
    session.model.dismiss()
    session.model.delete(1)
    session.settle()
    assert session.notice == "Deleted 7"
    session.undo_notice()
    assert session.model.text == "2737"
    assert session.known == [("7", True)]
    assert session.learning.state.writer.corrections() == (1, 1)


def test_corrected_digits_that_go_and_come_back_count_once(session: Session, write: Write) -> None:
    assert session.write(write("3124", 20, 30)) == "3124"
    session.correct(1, "7")
    session.correct(3, "9")
    for index in (0, 1, 3):
        session.model.delete(index)
        session.settle()
        session.model.undo()
        session.settle()
    assert sorted(session.known) == [("7", True), ("9", True)]
    assert session.learning.state.writer.corrections() == (2, 2)


def test_an_answer_about_the_ink_before_does_not_change_what_a_lesson_says(
    session: Session, write: Write
) -> None:
    """While the corrected digit is gone, its index is that of the 7 beside it."""
    assert session.write(write("317", 20, 30)) == "317"
    session.correct(1, "7")
    session.model.delete(1)
    session.settle()
    session.model.undo()
    session.settle()
    assert session.known == [("7", True)]


def test_what_is_no_digit_is_learnt_too(session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "?")
    assert session.notice == "Learnt: this is not a digit"
    assert session.known == [("?", True)]


def test_what_is_left_standing_is_confirmed_once(session: Session, write: Write) -> None:
    session.write(write("317", 20, 30))
    session.model.clear()
    session.settle()
    assert session.known == [("3", False), ("1", False), ("7", False)]
    session.model.undo()
    session.model.redo()
    session.settle()
    assert len(session.known) == 3
    session.model.undo()
    session.settle()
    session.write(write("4", 400, 30))
    session.model.clear()
    session.settle()
    assert session.known[3:] == [("4", False)]


def test_a_corrected_digit_is_not_confirmed_as_well(session: Session, write: Write) -> None:
    session.write(write("31", 20, 30))
    session.correct(1, "7")
    session.model.clear()
    session.settle()
    assert session.known == [("7", True), ("3", False)]


def test_the_page_on_the_canvas_is_not_confirmed_before_it_goes(
    start: Start, session: Session, write: Write
) -> None:
    session.write(write("31", 20, 30))
    session.settle()
    assert session.known == []
    again = start()
    assert again.known == []


def test_a_page_out_of_the_history_is_not_learnt_again(session: Session, write: Write) -> None:
    page = Page(tuple(write("31", 20, 30)))
    session.learning.know(page)
    session.show(page)
    session.model.clear()
    session.settle()
    assert session.known == []


def test_a_deleted_history_teaches_nothing(session: Session, write: Write) -> None:
    session.write(write("31", 20, 30))
    session.learning.skip()
    session.model.forget()
    session.settle()
    assert session.known == []


def test_a_picture_teaches_by_correction_and_by_silence(session: Session, write: Write) -> None:
    picture = drawn(write("314", 40, 40))
    session.show(Page(picture=picture))
    session.correct(1, "7")
    assert session.known == [("7", True)]
    session.model.clear()
    session.settle()
    assert sorted(session.known) == [("3", False), ("4", False), ("7", True)]
    session.show(Page(picture=drawn(write("314", 40, 40))))
    assert session.model.text == "374"


def in_one_stroke(strokes: list[PenStroke]) -> PenStroke:
    points = [tuple(point) for stroke in strokes for point in stroke.stroke.points.tolist()]
    return PenStroke(Stroke.from_points(points), 7.0)


def test_digits_of_one_stroke_are_learnt_as_a_number(session: Session, write: Write) -> None:
    assert session.write([in_one_stroke(write("27", 20, 30))]) == "21"
    session.correct(1, "7")
    assert session.notice == "Learnt: this is your 27"
    assert session.known == [("2", False), ("7", True)]


def test_what_cannot_be_told_apart_is_not_said_to_be_learnt(session: Session, write: Write) -> None:
    assert session.write([in_one_stroke(write("47", 20, 30))]) == "47"
    session.correct(0, "7")
    session.correct(1, "3")
    assert session.model.text == "73"
    assert session.notice == "Now 3"
    assert session.known == []


def test_who_never_corrects_gets_the_same_readings(
    session: Session, write: Write, recognizer: Recognizer
) -> None:
    session.write(write("31490", 20, 30))
    allowed = session.model.settings.allowed
    expected = recognizer.read(session.model.page.ink, allowed=allowed)
    assert session.model.text == expected.text
    assert session.model.reading is not None
    assert session.model.reading.confidence == expected.confidence


def test_nothing_is_written_before_something_is_learnt(session: Session, tmp_path: Path) -> None:
    session.settle()
    assert not (tmp_path / "hands").exists()


def test_two_people_are_kept_apart(start: Start, session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.learning.add("Anna")
    session.until(lambda: session.learning.state.person.name == "Anna", "another person")
    session.until(lambda: session.known == [], "a hand of which nothing is known")
    session.settle()
    session.model.clear()
    assert session.write(write("1", 20, 30)) == "1"
    session.correct(0, "4")
    session.learning.choose("me")
    session.until(lambda: session.learning.state.person.name == "Me", "the first person")
    session.until(lambda: session.known == [("7", True)], "the first person's shapes")
    session.settle()
    again = start(session.model.settings)
    again.until(lambda: again.known == [("7", True)], "what was known")
    again.until(lambda: len(again.learning.state.people) == 2, "the people")
    anna = next(p for p in again.learning.state.people if p.name == "Anna")
    again.learning.choose(anna.key)
    again.until(lambda: again.learning.state.person == anna, "Anna")
    again.settle()
    again.until(lambda: again.known == [("4", True)], "what was known of the other")


def test_the_page_is_read_anew_for_another_person(session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.model.clear()
    assert session.write(write("1", 20, 30)) == "7"
    session.learning.add("Anna")
    session.until(lambda: session.model.text == "1", "Anna's reading")


def test_people_are_renamed_and_deleted(session: Session) -> None:
    session.learning.add("Anna")
    session.until(lambda: session.learning.state.person.name == "Anna", "Anna")
    anna = session.learning.state.person
    session.learning.rename(anna.key, "Anne")
    session.until(lambda: session.learning.state.person.name == "Anne", "the new name")
    session.learning.delete(anna.key)
    session.until(lambda: session.learning.state.person.key == "me", "the other person")
    assert [person.name for person in session.learning.state.people] == ["Me"]
    assert session.model.settings.person == "me"


def test_a_forgotten_shape_comes_back_by_undo(session: Session, write: Write) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.model.clear()
    session.settle()
    (glyph,) = session.learning.state.writer.glyphs
    session.learning.forget(glyph)
    session.settle()
    assert session.known == []
    assert session.notice == "Forgotten"
    session.undo_notice()
    assert session.known == [("7", True)]


def test_forgetting_all_forgets_it_on_the_disk_too(
    start: Start, session: Session, write: Write
) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.learning.forget_all()
    session.settle()
    assert session.known == []
    assert start().known == []


def test_a_hand_goes_to_a_file_and_into_another_app(
    session: Session, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkdigit_app.learning.export_folder", lambda: tmp_path / "out")
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.learning.export()
    session.until(lambda: session.notice.startswith("Written to"), "the export")
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.startswith("inkdigit-hand-Me-")
    session.learning.forget_all()
    session.settle()
    session.learning.import_file(path)
    session.until(lambda: session.known == [("7", True)], "the import")
    session.settle()
    assert [person.name for person in session.learning.state.people] == ["Me"]


def test_an_import_replaces_nothing(session: Session, write: Write, tmp_path: Path) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.learning.state.writer.save(tmp_path / "inkdigit-hand-Me-2026.json")
    session.correct(0, "4")
    session.learning.import_bytes((tmp_path / "inkdigit-hand-Me-2026.json").read_bytes())
    session.until(lambda: session.learning.state.person.name == "Imported", "the import")
    session.learning.import_file(tmp_path / "inkdigit-hand-Me-2026.json")
    session.until(lambda: session.learning.state.person.name == "Me 2", "another import")
    session.settle()
    assert session.known == [("7", True)]
    session.learning.choose("me")
    session.until(lambda: session.learning.state.person.name == "Me", "the first person")
    session.settle()
    assert session.known == [("4", True)]
    assert not list((tmp_path / "hands").glob("*.part"))


@pytest.mark.parametrize("content", ["", "{", '{"format": "a foreign file"}', "\0"])
def test_a_file_that_is_no_hand_is_refused_in_plain_words(
    session: Session, write: Write, tmp_path: Path, content: str
) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    (tmp_path / "foreign.json").write_text(content)
    session.learning.import_file(tmp_path / "foreign.json")
    session.until(lambda: session.notice.startswith("Not imported: "), "the reason")
    assert session.notice.endswith("this is not an exported hand, or it is damaged")
    session.settle()
    assert session.known == [("7", True)]


def test_a_damaged_hand_is_set_aside_and_said_so(
    start: Start, session: Session, write: Write, tmp_path: Path
) -> None:
    session.write(write("1", 20, 30))
    session.correct(0, "7")
    session.end()
    path = tmp_path / "hands" / "me.json"
    path.write_bytes(path.read_bytes()[:-200])
    damaged = path.read_bytes()
    again = Session(session.learning.hand.teacher, tmp_path / "hands", Settings())  # type: ignore[arg-type]
    again.until(lambda: again.notice, "the word")
    assert "was damaged. It is kept as" in again.notice
    (aside,) = path.parent.glob("me.unreadable-*")
    assert aside.read_bytes() == damaged
    again.write(write("1", 20, 30))
    again.correct(0, "7")
    assert len(Writer.load(path)) == 1
    again.end()


def test_taught_digits_are_learnt(session: Session, write: Write) -> None:
    session.learning.teach(Page(tuple(write("4"))), 4)
    session.learning.teach(Page(tuple(write("1"))), 7)
    session.settle()
    assert session.known == [("4", False), ("7", True)]
    assert session.write(write("1", 20, 30)) == "7"


def test_the_file_is_as_new_as_the_lesson_a_moment_later(
    session: Session, write: Write, tmp_path: Path
) -> None:
    session.write(write("1", 20, 30))
    session.model.select(0)
    session.model.correct("7")
    path = tmp_path / "hands" / "me.json"
    session.until(path.exists, "the file")
    assert json.loads(path.read_text())["glyphs"][0]["is"] == "7"
