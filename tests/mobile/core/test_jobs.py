from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from inkdigit_app.core.jobs import Jobs

WAIT_S = 60


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    jobs = Jobs("test")
    jobs.start()
    yield jobs
    assert jobs.finish(WAIT_S)


def test_jobs_run_in_order(jobs: Jobs) -> None:
    done = list[int]()
    for number in range(20):
        jobs.submit(lambda number=number: done.append(number))  # type: ignore[misc]
    assert jobs.finish(WAIT_S)
    assert done == list(range(20))


def test_of_waiting_jobs_of_one_name_only_the_newest_runs(jobs: Jobs) -> None:
    done, go = list[str](), threading.Event()
    jobs.submit(lambda: go.wait(WAIT_S) and None)
    for word in ("one", "two", "three"):
        jobs.submit_newest("a", lambda word=word: done.append(word))  # type: ignore[misc]
    jobs.submit_newest("b", lambda: done.append("other"))
    go.set()
    assert jobs.finish(WAIT_S)
    assert done == ["three", "other"]


def test_a_job_that_fails_does_not_stop_the_next(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    done = list[str]()
    jobs.submit(lambda: int("no number") and None)
    jobs.submit(lambda: done.append("next"))
    assert jobs.finish(WAIT_S)
    assert done == ["next"]
    assert "a job failed" in caplog.text


def test_waiting_ends_when_all_is_done(jobs: Jobs) -> None:
    done = list[str]()
    jobs.submit(lambda: done.append("one"))
    assert jobs.wait(WAIT_S)
    assert done == ["one"]


def test_jobs_from_before_the_start_run() -> None:
    jobs, done = Jobs("test"), list[str]()
    jobs.submit(lambda: done.append("one"))
    jobs.start()
    assert jobs.finish(WAIT_S)
    assert done == ["one"]


def test_stopping_drops_what_waits() -> None:
    jobs, done, running, go = Jobs("test"), list[str](), threading.Event(), threading.Event()

    def slow() -> None:
        running.set()
        go.wait(WAIT_S)
        done.append("slow")

    jobs.start()
    jobs.submit(slow)
    jobs.submit(lambda: done.append("next"))
    assert running.wait(WAIT_S)
    jobs.stop()
    go.set()
    assert jobs.join(WAIT_S)
    assert done == ["slow"]


def test_idle_jobs_run_once_nothing_else_waits(jobs: Jobs) -> None:
    done, go = list[str](), threading.Event()
    jobs.submit(lambda: go.wait(WAIT_S) and None)
    over = threading.Event()
    for word in ("idle", "still idle"):
        jobs.submit_idle(lambda word=word: done.append(word))  # type: ignore[misc]
    jobs.submit_idle(over.set)
    jobs.submit(lambda: done.append("now"))
    go.set()
    assert over.wait(WAIT_S)
    assert done == ["now", "idle", "still idle"]


def test_an_idle_job_wakes_a_thread_that_has_nothing_to_do(jobs: Jobs) -> None:
    assert jobs.wait(WAIT_S)
    over = threading.Event()
    jobs.submit_idle(over.set)
    assert over.wait(WAIT_S)
