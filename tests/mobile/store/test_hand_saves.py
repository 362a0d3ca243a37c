from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from inkdigit import Writer
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.store.hand_saves import PAUSE_S, HandSaves
from inkdigit_app.store.hands import Hands

WAIT_S = 60


class Recorder(Hands):
    """Notes what is saved, and when."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        self.saved: list[tuple[str, Writer]] = []
        self.times: list[float] = []
        self.full = False

    def save(self, key: str, writer: Writer) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.saved.append((key, writer))
        self.times.append(time.monotonic())


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    jobs = Jobs("test")
    jobs.start()
    yield jobs
    assert jobs.finish(WAIT_S)


def wait_for(recorder: Recorder, count: int) -> None:
    end = time.monotonic() + WAIT_S
    while len(recorder.saved) < count:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_first_lesson_is_saved_at_once_and_the_rest_after_a_pause(jobs: Jobs) -> None:
    recorder = Recorder()
    saves = HandSaves(recorder, jobs, print)
    writers = [Writer() for _ in range(5)]
    saves.save("me", writers[0])
    wait_for(recorder, 1)
    for writer in writers[1:]:
        saves.save("me", writer)
    wait_for(recorder, 2)
    assert recorder.saved == [("me", writers[0]), ("me", writers[-1])]
    assert recorder.times[1] - recorder.times[0] >= PAUSE_S - 0.05


def test_flushing_does_not_wait_for_the_pause(jobs: Jobs) -> None:
    recorder = Recorder()
    saves = HandSaves(recorder, jobs, print)
    with mock.patch("inkdigit_app.store.hand_saves.PAUSE_S", 1000):
        saves.save("me", Writer())
        wait_for(recorder, 1)
        saves.save("me", Writer())
        saves.save("anna", Writer())
        saves.flush()
        assert jobs.wait(WAIT_S)
    assert [key for key, _ in recorder.saved] == ["me", "me", "anna"]


def test_a_full_disk_is_reported(jobs: Jobs) -> None:
    recorder, trouble = Recorder(), list[str]()
    recorder.full = True
    saves = HandSaves(recorder, jobs, trouble.append)
    saves.save("me", Writer())
    saves.flush()
    assert jobs.wait(WAIT_S)
    assert "could not be saved" in trouble[0]
    assert "the disk is full" in trouble[0]


def test_the_first_lesson_does_not_wait_after_a_look_for_what_waits(jobs: Jobs) -> None:
    recorder = Recorder()
    saves = HandSaves(recorder, jobs, print)
    saves.write()
    with mock.patch("inkdigit_app.store.hand_saves.PAUSE_S", 1000):
        saves.save("me", Writer())
        wait_for(recorder, 1)
