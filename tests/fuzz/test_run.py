"""Each reader's fuzz target for a moment, and that it notices what is wrong."""

from __future__ import annotations

import random

import pytest
from tests.fuzz import targets
from tests.fuzz.run import fuzz, mutated
from tests.fuzz.targets import TARGETS, Target, TooSlowError, attempt, corpus

SECONDS = 0.5  # CI's; `python -m tests.fuzz.run all --seconds 600` for the long run


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_our_errors_comes_of_changed_files(name, tmp_path):
    assert fuzz(name, SECONDS, out=tmp_path) > 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", TARGETS)
def test_the_first_seed_is_read(name):
    answer = TARGETS[name].read(corpus(name)[0])
    assert answer is None or "digit" in str(answer)


def test_an_error_of_another_kind_fails_and_its_file_is_kept(monkeypatch, tmp_path):
    def wrong(content: bytes) -> None:
        raise KeyError(content)

    monkeypatch.setitem(TARGETS, "wrong", Target(wrong, lambda: [b"7"]))
    with pytest.raises(KeyError):
        fuzz("wrong", 0, out=tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"7"]


def test_a_file_over_the_budget_fails(monkeypatch):
    monkeypatch.setattr(targets, "MAX_S", 0.0)
    with pytest.raises(TooSlowError, match="expected 0"):
        attempt("json", corpus("json")[0])


def test_the_same_seed_makes_the_same_files():
    files = corpus("svg")
    made = [
        [mutated(files[0], files, TARGETS["svg"].words, rng) for _ in range(20)]
        for rng in (random.Random(3), random.Random(3))
    ]
    assert made[0] == made[1]
    assert len(set(made[0])) > 10
