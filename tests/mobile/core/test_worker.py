from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from inkdigit import Ink, Prediction, Reading, Stroke
from inkdigit.errors import InferenceError, ModelNotFoundError
from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.learning.hand import Hand
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.view_model import Request
from inkdigit_app.core.worker import WARM_UP_PAGE, RecognitionWorker

WAIT_S = 180

Result = tuple[Request, "PageReading | Exception"]
WARM_UP_INK = WARM_UP_PAGE.ink


class SlowReader:
    """Reads on a signal only, and records each request's ink and length."""

    def __init__(self) -> None:
        self.seen: list[tuple[Ink, int | None]] = []
        self.busy = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def reader(self) -> SlowReader:
        return self

    def predict_digit(self, source: object, /) -> Prediction:
        raise NotImplementedError

    def read(
        self,
        source: object,
        /,
        *,
        length: int | None = None,
        allowed: str = "",
        writer: object = None,
    ) -> Reading:
        assert isinstance(source, Ink)
        if source != WARM_UP_INK:
            self.busy.release()
            assert self.go.acquire(timeout=WAIT_S)
        self.seen.append((source, length))
        return Reading("", (), (("", 1.0),), 1 / (1 + len(source)))


def request(revision: int, length: int | None = None) -> Request:
    dot = PenStroke(Stroke.from_points([(0, 0)]), 7.0)
    return Request(revision, Page((dot,) * revision), length)


@pytest.fixture
def results() -> queue.Queue[Result]:
    return queue.Queue()


@pytest.fixture
def reader() -> SlowReader:
    return SlowReader()


@pytest.fixture
def worker(reader: SlowReader, results: queue.Queue[Result]) -> Iterator[RecognitionWorker]:
    worker = RecognitionWorker(lambda: reader, lambda *result: results.put(result))
    worker.start()
    yield worker
    worker.stop()
    reader.go.release(100)
    assert worker.join(WAIT_S)


def test_a_request_comes_back_with_its_reading(
    worker: RecognitionWorker, reader: SlowReader, results: queue.Queue[Result]
) -> None:
    asked = request(3, 4)
    worker.read(asked)
    reader.go.release()
    came, reading = results.get(timeout=WAIT_S)
    assert came is asked
    assert isinstance(reading, PageReading)
    assert reading.confidence == 1 / 4
    assert reader.seen[-1] == (asked.page.ink, 4)


def test_of_waiting_requests_only_the_newest_is_read(
    worker: RecognitionWorker, reader: SlowReader, results: queue.Queue[Result]
) -> None:
    worker.read(request(1))
    assert reader.busy.acquire(timeout=WAIT_S)
    for revision in (2, 3, 4):
        worker.read(request(revision))
    reader.go.release(2)
    revisions = [results.get(timeout=WAIT_S)[0].revision for _ in range(2)]
    assert revisions == [1, 4]


def test_the_model_is_warm_before_the_first_request(
    worker: RecognitionWorker, reader: SlowReader, results: queue.Queue[Result]
) -> None:
    worker.read(request(1))
    reader.go.release()
    results.get(timeout=WAIT_S)
    assert reader.seen[0] == (WARM_UP_INK, None)


def test_a_request_from_before_the_start_is_read(
    reader: SlowReader, results: queue.Queue[Result]
) -> None:
    worker = RecognitionWorker(lambda: reader, lambda *result: results.put(result))
    worker.read(request(5))
    reader.go.release()
    worker.start()
    assert results.get(timeout=WAIT_S)[0].revision == 5
    worker.stop()
    assert worker.join(WAIT_S)


def test_a_model_that_cannot_be_loaded_is_the_answer_to_each_request(
    results: queue.Queue[Result], caplog: pytest.LogCaptureFixture
) -> None:
    def make() -> SlowReader:
        raise ModelNotFoundError("no model file")

    worker = RecognitionWorker(make, lambda *result: results.put(result))
    worker.start()
    for revision in (1, 2):
        worker.read(request(revision))
        came, error = results.get(timeout=WAIT_S)
        assert came.revision == revision
        assert isinstance(error, ModelNotFoundError)
    worker.stop()
    assert worker.join(WAIT_S)
    assert "no model file" in caplog.text


def test_a_reading_that_fails_does_not_stop_the_next(results: queue.Queue[Result]) -> None:
    class Fails(SlowReader):
        def read(
            self,
            source: object,
            /,
            *,
            length: int | None = None,
            allowed: str = "",
            writer: object = None,
        ) -> Reading:
            assert isinstance(source, Ink)
            if len(source) == 1 and source != WARM_UP_INK:
                raise InferenceError("out of memory")
            return Reading("", (), (("", 1.0),), 1.0)

    worker = RecognitionWorker(Fails, lambda *result: results.put(result))
    worker.start()
    worker.read(request(1))
    assert isinstance(results.get(timeout=WAIT_S)[1], InferenceError)
    worker.read(request(2))
    assert isinstance(results.get(timeout=WAIT_S)[1], PageReading)
    worker.stop()
    assert worker.join(WAIT_S)


def test_a_worker_that_never_started_stops_too(reader: SlowReader) -> None:
    worker = RecognitionWorker(lambda: reader, lambda *_: None)
    worker.stop()
    assert worker.join(0)


def test_memory_is_freed_once_per_page(reader: SlowReader, results: queue.Queue[Result]) -> None:
    freed: queue.Queue[int] = queue.Queue()
    worker = RecognitionWorker(
        lambda: reader, lambda *result: results.put(result), lambda: freed.put(len(reader.seen))
    )
    worker.start()
    reader.go.release(3)
    first, other = request(1), request(2)
    more = Request(2, replace(first.page, strokes=first.page.strokes * 2), None)
    for asked in (first, more, other):
        worker.read(asked)
        assert results.get(timeout=WAIT_S)[0] is asked
    # The warm-up was read before them.
    assert [freed.get(timeout=WAIT_S) for _ in range(2)] == [2, 4]
    worker.stop()
    assert worker.join(WAIT_S)
    assert freed.empty()


def test_a_lesson_comes_before_a_page_that_already_waits(
    worker: RecognitionWorker, reader: SlowReader, results: queue.Queue[Result]
) -> None:
    seen: list[int] = []
    worker.read(request(1))
    assert reader.busy.acquire(timeout=WAIT_S)
    worker.read(request(2))
    worker.teach(lambda hand: seen.append(len(reader.seen)))
    reader.go.release(2)
    for _ in range(2):
        results.get(timeout=WAIT_S)
    # The warm-up and the first page were read before it.
    assert seen == [2]


def test_a_lesson_that_fails_stops_neither_reading_nor_the_next_lesson(
    worker: RecognitionWorker,
    reader: SlowReader,
    results: queue.Queue[Result],
    caplog: pytest.LogCaptureFixture,
) -> None:
    learnt: list[Hand] = []
    worker.teach(lambda hand: int("no number") and None)
    worker.teach(learnt.append)
    worker.read(request(1))
    reader.go.release()
    assert isinstance(results.get(timeout=WAIT_S)[1], PageReading)
    assert len(learnt) == 1
    assert "a lesson failed" in caplog.text
