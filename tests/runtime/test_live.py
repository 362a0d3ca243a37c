"""Reading while someone writes: the same answers, most of the work kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkdigit import Ink, Recognizer
from inkdigit.errors import InkTooLargeError

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 10_000)),
        st.tuples(st.just("undo"), st.just(0)),
        st.tuples(st.just("remove"), st.integers(0, 10_000)),
    ),
    min_size=1,
    max_size=14,
)


def same(one, other):
    assert one.text == other.text
    assert one.confidence == pytest.approx(other.confidence, abs=1e-5)
    for mine, fresh in zip(one.digits, other.digits, strict=True):
        assert (mine.digit, mine.box, mine.strokes, mine.line) == (
            fresh.digit, fresh.box, fresh.strokes, fresh.line,
        )  # fmt: skip
        assert mine.confidence == pytest.approx(fresh.confidence, abs=1e-5)


@given(steps=STEPS, text=st.text("0123456789", min_size=1, max_size=6))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_way_of_writing_reads_as_from_scratch(recognizer, write_text, steps, text):
    supply = list(write_text(text, gap=0.1))
    reader = recognizer.reader()
    strokes, drawn = [], []
    for action, number in steps:
        if action == "add":
            stroke = supply[number % len(supply)]
            strokes.append(stroke)
            drawn.append(stroke)
        elif action == "undo" and strokes:
            strokes.pop()
        elif strokes:
            del strokes[number % len(strokes)]
        same(reader.read(Ink(strokes)), recognizer.read(Ink(strokes)))


def test_unchanged_ink_is_not_scored_again(session, write_text):
    reader = Recognizer(session=session).reader()
    reader.read(write_text("1958"))
    before = session.rasters
    reader.read(write_text("1958"), length=3, allowed="159")
    assert session.rasters == before
    assert reader.scored == 0


def test_a_new_stroke_in_a_long_line_scores_its_own_hypotheses_only(session, write_text):
    text = "0123456789" * 2
    reader = Recognizer(session=session).reader()
    strokes = list(write_text(text))
    first = reader.read(Ink(strokes[:-1]))
    assert reader.scored >= 20
    last = reader.read(Ink(strokes))
    assert reader.scored <= 8
    assert (first.text, last.text) == (text[:-1], text)


def test_undo_scores_nothing(session, write_text):
    reader = Recognizer(session=session).reader()
    strokes = list(write_text("4077"))
    reader.read(Ink(strokes[:-1]))
    reader.read(Ink(strokes))
    reader.read(Ink(strokes[:-1]))
    assert reader.scored == 0


def test_the_memory_of_a_reader_is_bounded(session, write_text, monkeypatch):
    from inkdigit import live as module

    monkeypatch.setattr(module, "REMEMBERED", 10)
    reader = Recognizer(session=session).reader()
    rng = np.random.default_rng(0)
    for _ in range(12):
        ink = Ink([s.points * rng.uniform(0.5, 2) for s in write_text("45")])
        same(reader.read(ink), Recognizer(session=session).read(ink))
    assert len(reader._known) <= 10


def test_a_reader_has_the_limits_of_its_recognizer(session, write_text):
    with pytest.raises(InkTooLargeError, match="at most 3"):
        Recognizer(session=session, max_points=3).reader().read(write_text("1"))
