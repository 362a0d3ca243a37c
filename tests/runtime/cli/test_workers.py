"""Jobs shared out among processes."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import pytest

from inkdigit._cli import workers
from inkdigit._cli.workers import Job, Workers, usable_processors
from inkdigit.errors import InferenceError
from inkdigit.inputs import STANDARD_INPUT


def whole(names: Sequence[str]) -> list[Job]:
    """A job for each name, all of its pages."""
    return [(name, None) for name in names]


def shout(job: Job) -> str:
    """The name in capitals."""
    return job[0].upper()


@pytest.mark.parametrize("count", [0, 2])
def test_outcomes_come_in_order_from_any_number_of_processes(count):
    names = [f"name {k}" for k in range(60)]
    readers = Workers(shout, count)
    try:
        assert list(readers.map(whole(names))) == [name.upper() for name in names]
    finally:
        readers.close()


def tag(job: Job) -> tuple[str, int]:
    """A name, and the process that had it; slow enough that another one takes some."""
    time.sleep(0.05)
    return job[0], os.getpid()


def test_others_take_part_but_this_process_reads_its_input_and_endless_names(monkeypatch):
    monkeypatch.setattr(workers, "LONGEST_NAME", 10)
    names = [f"{k}" for k in range(200)]
    names[5], names[150] = STANDARD_INPUT, "x" * 11
    readers = Workers(tag, 1)
    try:
        found = []
        for outcome in readers.map(whole(names)):
            found.append(outcome)
            if len({pid for _, pid in found}) == 2 and len(found) > 151:
                break
    finally:
        readers.close()
    assert {pid for name, pid in found if not name.isdecimal()} == {os.getpid()}
    assert len({pid for _, pid in found}) == 2


def end(job: Job) -> str:
    """End the process, unless it is this one's first job."""
    if job[0] == "first":
        time.sleep(0.5)
        return job[0]
    os._exit(3)


def test_a_process_that_ends_is_an_error():
    readers = Workers(end, 1)
    try:
        outcomes = readers.map(whole(["first", "second"]))
        assert next(outcomes) == "first"
        with pytest.raises(InferenceError, match="fewer --jobs"):
            next(outcomes)
    finally:
        readers.close()


def test_there_is_a_processor():
    assert 1 <= usable_processors() <= (os.cpu_count() or 1)
