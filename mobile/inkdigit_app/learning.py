"""How the app learns a hand: the model's changes and the user's wishes in, lessons out."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from inkdigit import InkDigitError, Writer
from inkdigit.files import write_atomic
from inkdigit.writer import RememberedGlyph
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import NO_DIGIT_TEXT, PageReading, quoted
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.learning.hand import Hand
from inkdigit_app.core.learning.lessons import (
    Example,
    Sources,
    example_of,
    lesson_key,
    standing,
)
from inkdigit_app.core.learning.people import HandState, Person
from inkdigit_app.core.page import Page, moved
from inkdigit_app.core.view_model import Notice, ViewModel
from inkdigit_app.core.words.language import ntr, tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.core.worker import RecognitionWorker
from inkdigit_app.platforms.folders import export_folder, from_home
from inkdigit_app.store.hand_saves import HandSaves
from inkdigit_app.store.hands import Hands

__all__ = ["Learning"]

Deliver = Callable[[Callable[[], None]], None]

log = logging.getLogger(__name__)


class _NotImportedError(InkDigitError):
    """A file holds no hand that can be read."""


class Learning:
    """Teaches the worker's hand, keeps it on the disk, and knows who writes.

    Its methods are for the user interface's thread and return at once.

    Args:
        model: The app's state.
        folder: Where hands are kept.
        jobs: The thread that reads and writes them.
        deliver: Calls a function on the user interface's thread.
    """

    def __init__(self, model: ViewModel, folder: Path, jobs: Jobs, deliver: Deliver) -> None:
        self._model = model
        self._folder = folder
        self._hands = Hands(folder)
        self._jobs = jobs
        self._deliver = deliver
        self._saves = HandSaves(self._hands, jobs, self._report)
        self.hand = Hand(self._changed)  # for the worker
        self.state = HandState()
        self._newest = self.state.writer
        self._showing = False  # whether the newest is about to be shown
        self._listeners: list[Callable[[], None]] = []
        self._worker: RecognitionWorker
        self._page = model.page
        self._read: tuple[Page, PageReading] | None = None  # the last answer, and to what
        self._learnt: dict[str, int] = {}  # by a page's key, how many strokes; 1 for a picture

    def open(self, worker: RecognitionWorker) -> None:
        """Read what is known of who writes, before anything else is read."""
        self._worker = worker
        self._use(self._model.settings.person)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever `state` is another."""
        self._listeners.append(listener)

    def flush(self) -> None:
        """Write all that was learnt, on the jobs' thread."""
        self._saves.flush()

    # What happens on the canvas

    def update(self) -> None:
        """Learn from what has changed. To be called after each change of the model."""
        model, before = self._model, self._page
        self._page = page = model.page
        if page.key != before.key:
            self._confirm(before)
            self._read = None
        elif page.corrections is not before.corrections:
            self._follow(before, page)
        if model.reading is not None:
            self._read = page, model.reading

    def know(self, page: Page) -> None:
        """Leave a page that comes back out of the history as it is: it was learnt from."""
        self._learnt[page.key] = max(len(page.strokes), 1)

    def skip(self) -> None:
        """Learn nothing from the page on the canvas when it goes."""
        self._read = None

    # What the user asks for

    def teach(self, page: Page, digit: int) -> None:
        """Learn what a page, on which the user was asked to write a digit, shows."""
        strokes = tuple(range(len(page.strokes)))
        left, top, right, bottom = page.ink.bounds
        example = Example(strokes, (left, top, right, bottom), str(digit), None)
        key = self.state.person.key
        self._worker.teach(lambda hand: hand.confirm(key, Sources(page), example))

    def forget(self, glyph: RememberedGlyph) -> None:
        """Forget one shape, with a notice to undo it."""
        key = self.state.person.key

        def forgotten(before: Writer) -> None:
            undo = partial(self._change, lambda h: h.restore(key, before))
            self._model.notify(tr("Forgotten"), undo)

        def lesson(hand: Hand) -> None:
            before = hand.forget(glyph)
            self._deliver(lambda: forgotten(before))

        self._change(lesson)

    def forget_all(self) -> None:
        """Forget all shapes of who writes now."""
        self._change(Hand.forget_all)
        self._model.notify(tr("All shapes forgotten"))

    def export(self) -> None:
        """Write what is known of the hand to a file of its own."""
        writer, folder, name = self.state.writer, export_folder(), self.state.person.title
        stamp = time.strftime("%Y%m%d-%H%M%S")
        plain = "".join(letter if letter.isalnum() else "-" for letter in name)
        path = folder / f"inkdigit-hand-{plain}-{stamp}.json"
        done = tr("Written to {path}").format(path=from_home(path))
        self._ask(lambda: writer.save(path), lambda _: self._model.notify(done))

    def import_file(self, path: Path) -> None:
        """Take over what a file holds: as a new person, unless nothing is known of this one."""
        name = path.stem.removeprefix("inkdigit-hand-").split("-")[0]
        self._ask(lambda: _load(path), lambda writer: self._take_over(writer, name))

    def import_bytes(self, content: bytes) -> None:
        """As `import_file`, from the file's bytes; may be called on any thread."""
        path = self._folder / "imported.part"  # no person's file: those end in .json

        def load() -> Writer:
            write_atomic(path, lambda stream: stream.write(content))
            try:
                return _load(path)
            finally:
                path.unlink()

        self._ask(load, lambda writer: self._take_over(writer, tr("Imported")))

    def choose(self, key: str) -> None:
        """Somebody else writes now."""
        if key != self.state.person.key:
            self._model.change(person=key)
            self._use(key)

    def add(self, name: str) -> None:
        """Add a person, who writes from now on."""
        self._ask(lambda: self._hands.add(name), lambda person: self.choose(person.key))

    def rename(self, key: str, name: str) -> None:
        """Give a person another name."""
        self._ask(lambda: self._hands.rename(key, name), lambda _: self._list())

    def delete(self, key: str) -> None:
        """Delete a person, and what is known of the hand; the last one is only forgotten."""
        others = [person for person in self.state.people if person.key != key]
        if not others:
            self.forget_all()
            return

        def deleted(person: Person) -> None:
            self._model.notify(tr("{name} deleted").format(name=person.title))
            if key == self.state.person.key:
                self.choose(others[0].key)
            else:
                self._list()

        def delete() -> Person:
            person = self._hands.person(key)
            self._hands.delete(key)
            return person

        self._ask(delete, deleted)

    def _follow(self, before: Page, page: Page) -> None:
        """Teach the corrections that are new, and take back those that are gone.

        One whose strokes have only got other indices is neither.
        """
        read, glyphs = page, self._model.glyphs
        if self._read is not None:
            read, glyphs = self._read[0], self._read[1].glyphs
        held = {lesson_key(before, correction) for correction in before.corrections}
        holding = {lesson_key(page, correction) for correction in page.corrections}
        glyphs_before, glyphs_now = moved(glyphs, read, before), moved(glyphs, read, page)
        for correction in before.corrections:
            if lesson_key(before, correction) not in holding:
                example = example_of(correction, glyphs_before)
                self._worker.teach(partial(_take_back, before, correction, example))
        # Where ink has come or gone, the notice is about that.
        notice = self._model.notice if page.strokes == before.strokes else None
        for correction in page.corrections:
            if lesson_key(page, correction) not in held:
                example = example_of(correction, glyphs_now)
                if example is not None:
                    self._teach_correction(page, correction, example, notice)

    def _teach_correction(
        self, page: Page, correction: Correction, example: Example, notice: Notice | None
    ) -> None:
        """Teach a correction; once it is learnt, say so in the place of the notice."""
        key = self.state.person.key

        def learnt() -> None:
            if notice is not None and self._model.notice is notice:
                self._model.notify(_learnt_text(example), notice.undo)

        def lesson(hand: Hand) -> None:
            if hand.key == key and hand.correct(page, correction, example):
                self._deliver(learnt)

        self._worker.teach(lesson)

    def _confirm(self, page: Page) -> None:
        """Learn, once nothing else is to do, from what stood on a page when it went."""
        if self._read is None or self._read[0] is not page:
            return
        key, sources = self.state.person.key, Sources(page)
        for example in standing(page, self._read[1], self._learnt.get(page.key, 0)):
            self._worker.teach_idle(
                partial(Hand.confirm, key=key, sources=sources, example=example)
            )
        self.know(page)

    def _change(self, lesson: Callable[[Hand], object]) -> None:
        """Change the hand, and read the page again."""

        def change(hand: Hand) -> None:
            before = hand.writer.glyphs
            lesson(hand)
            if hand.writer.glyphs is not before:
                self._deliver(self._model.read_again)

        self._worker.change_hand(change)

    def _use(self, key: str) -> None:
        def load() -> tuple[Writer, str]:
            self._saves.write()  # the file must be as new as what was learnt
            known = self._hands.person(key).key
            writer, trouble = self._hands.load(known)
            # From here, so that it is there before a page that this thread reads afterwards.
            self._put(known, writer)
            return writer, trouble

        def loaded(answer: tuple[Writer, str]) -> None:
            if answer[1]:
                self._model.notify(answer[1])
            self._list()

        self._ask(load, loaded)

    def _put(self, key: str, writer: Writer) -> None:
        """Read with this writer from now on."""

        def put(hand: Hand) -> None:
            self._show_soon(copy.copy(writer))
            hand.use(key, writer)

        self._change(put)

    def _take_over(self, writer: Writer, name: str) -> None:
        key = self.state.person.key
        count = len(writer)
        if not len(self.state.writer):
            self._saves.save(key, copy.copy(writer))
            self._put(key, writer)
            text = ntr("{count} shape imported", "{count} shapes imported", count)
            self._model.notify(text.format(count=count))
            return

        def add() -> Person:
            person = self._hands.add(_unused(name, self._hands.people))
            self._hands.save(person.key, writer)
            return person

        def added(person: Person) -> None:
            self.choose(person.key)
            text = ntr(
                "{count} shape imported for {name}", "{count} shapes imported for {name}", count
            )
            self._model.notify(text.format(count=count, name=person.title))

        self._ask(add, added)

    def _list(self) -> None:
        """Show who there is, and who writes."""
        key = self._model.settings.person

        def listed(answer: tuple[Person, tuple[Person, ...]]) -> None:
            self.state = HandState(answer[0], answer[1], self._newest)
            self._show()

        self._ask(lambda: (self._hands.person(key), self._hands.people), listed)

    def _changed(self, key: str, writer: Writer) -> None:
        """Keep and show what was learnt. Called on the worker's thread."""
        self._saves.save(key, writer)
        self._show_soon(writer)

    def _show_soon(self, writer: Writer) -> None:
        """Show the newest of many states. Called on the worker's thread."""
        self._newest = writer
        if not self._showing:
            self._showing = True
            self._deliver(self._show_newest)

    def _show_newest(self) -> None:
        self._showing = False  # first: what is newer by now is shown, or another time
        self.state = HandState(self.state.person, self.state.people, self._newest)
        self._show()

    def _show(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _ask(self, question: Callable[[], object], done: Callable[..., None]) -> None:
        """Ask the disk, on the jobs' thread; `done` gets the answer, unless there is trouble."""

        def job() -> None:
            try:
                answer = question()
            except (InkDigitError, OSError) as exc:
                log.warning("a hand: %s", exc)
                self._report(_trouble(exc))
            else:
                self._deliver(lambda: done(answer))

        self._jobs.submit(job)

    def _report(self, trouble: str) -> None:
        self._deliver(lambda: self._model.notify(trouble))


def _take_back(page: Page, correction: Correction, example: Example | None, hand: Hand) -> None:
    hand.take_back(page, correction, example)


def _learnt_text(example: Example) -> str:
    if example.text == NO_DIGIT_TEXT:
        return tr("Learnt: this is not a digit")
    return tr("Learnt: this is your {text}").format(text=quoted(example.text))


def _load(path: Path) -> Writer:
    try:
        return Writer.load(path)
    except InkDigitError as exc:
        raise _NotImportedError(str(exc)) from exc


def _trouble(error: Exception) -> str:
    if isinstance(error, _NotImportedError) and error.__cause__ is not None:
        return tr("Not imported: {reason}").format(reason=reason(error.__cause__))
    text = reason(error)
    return text[:1].upper() + text[1:]


def _unused(name: str, people: tuple[Person, ...]) -> str:
    """The name, or with a number where somebody has it."""
    used = {person.name for person in people}
    numbered = (f"{name} {number}" for number in range(2, len(used) + 3))
    return next(new for new in (name, *numbered) if new not in used)
