from __future__ import annotations

import threading

import pytest

from inkdigit_app.core.jobs import Jobs

WAIT_S = 60


def test_jobs_are_done_in_order() -> None:
    jobs, done = Jobs(), list[int]()
    for number in range(20):
        jobs.submit(lambda number=number: done.append(number))  # type: ignore[misc]
    assert jobs.finish(WAIT_S)
    assert done == list(range(20))


def test_of_jobs_that_wait_under_a_name_the_newest_is_done() -> None:
    jobs, done, go = Jobs(), list[str](), threading.Event()
    jobs.submit(lambda: go.wait(WAIT_S) and None)
    for word in ("one", "two", "three"):
        jobs.submit_newest("a", lambda word=word: done.append(word))  # type: ignore[misc]
    jobs.submit_newest("b", lambda: done.append("other"))
    go.set()
    assert jobs.finish(WAIT_S)
    assert done == ["three", "other"]


def test_a_job_that_fails_does_not_stop_the_next(caplog: pytest.LogCaptureFixture) -> None:
    jobs, done = Jobs(), list[str]()
    jobs.submit(lambda: int("no number") and None)
    jobs.submit(lambda: done.append("next"))
    assert jobs.finish(WAIT_S)
    assert done == ["next"]
    assert "a job failed" in caplog.text


def test_to_wait_ends_when_all_is_done() -> None:
    jobs, done = Jobs(), list[str]()
    jobs.submit(lambda: done.append("one"))
    assert jobs.wait(WAIT_S)
    assert done == ["one"]
    assert jobs.finish(WAIT_S)
