"""Names shared out among processes."""

from __future__ import annotations

import os
import time

import pytest

from inkdigit._cli import workers
from inkdigit._cli.workers import Workers, usable_processors
from inkdigit.errors import InferenceError
from inkdigit.inputs import STANDARD_INPUT


@pytest.mark.parametrize("count", [0, 2])
def test_outcomes_come_in_order_from_any_number_of_processes(count):
    names = [f"name {k}" for k in range(60)]
    readers = Workers(str.upper, count)
    try:
        assert list(readers.map(names)) == [name.upper() for name in names]
    finally:
        readers.close()


def tag(name: str) -> tuple[str, int]:
    """A name, and the process that had it; slow enough that another one takes some."""
    time.sleep(0.05)
    return name, os.getpid()


def test_others_take_part_but_this_process_reads_its_input_and_endless_names(monkeypatch):
    monkeypatch.setattr(workers, "LONGEST_NAME", 10)
    names = [f"{k}" for k in range(200)]
    names[5], names[150] = STANDARD_INPUT, "x" * 11
    readers = Workers(tag, 1)
    try:
        found = []
        for outcome in readers.map(names):
            found.append(outcome)
            if len({pid for _, pid in found}) == 2 and len(found) > 151:
                break
    finally:
        readers.close()
    assert {pid for name, pid in found if not name.isdecimal()} == {os.getpid()}
    assert len({pid for _, pid in found}) == 2


def end(name: str) -> str:
    """End the process, unless it is this one's first name."""
    if name == "first":
        time.sleep(0.5)
        return name
    os._exit(3)


def test_a_process_that_ends_is_an_error():
    readers = Workers(end, 1)
    try:
        outcomes = readers.map(["first", "second"])
        assert next(outcomes) == "first"
        with pytest.raises(InferenceError, match="fewer --jobs"):
            next(outcomes)
    finally:
        readers.close()


def test_there_is_a_processor():
    assert 1 <= usable_processors() <= (os.cpu_count() or 1)
