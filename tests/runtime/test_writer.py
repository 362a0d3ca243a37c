"""What a writer's hand teaches, keeps, forgets and saves."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from PIL import Image

from inkdigit import Ink, Recognizer, Writer, errors, rasterize
from inkdigit.drawing import draw_ink
from inkdigit.writer import BLAMED, MOST_GLYPHS, RECENT, RememberedGlyph

ODD = [[[0.0, 0.0], [50.0, 0.0]], [[50.0, 0.0], [10.0, 100.0]]]  # an odd 7, in two strokes


@pytest.fixture(scope="module")
def reader():
    return Recognizer()


def shape(seed=0, base=ODD):
    rng = np.random.default_rng(seed)
    matrix = np.eye(2) + rng.normal(0, 0.04, (2, 2))
    return Ink([np.asarray(stroke) @ matrix for stroke in base])


def test_a_corrected_shape_is_read_as_corrected_when_it_comes_again(reader):
    alone = reader.predict_digit(shape()).digit
    taught = 2 if alone != 2 else 3
    writer = Writer()
    lesson = writer.learn(reader, shape(), taught)
    assert (lesson.corrected, lesson.confirmed, lesson.missed) == (1, 0, ())
    again = [reader.predict_digit(shape(seed), writer=writer).digit for seed in range(1, 6)]
    assert again == [taught] * 5
    assert reader.predict_digit(shape()).digit == alone  # without the writer nothing changed


def test_what_is_read_right_is_confirmed(reader, write_text):
    writer = Writer()
    lesson = writer.learn(reader, write_text("1995"), "1995")
    assert (lesson.corrected, lesson.confirmed) == (0, 4)
    assert [glyph.character for glyph in writer.glyphs] == list("1995")
    assert not any(glyph.corrected for glyph in writer.glyphs)


def test_a_number_is_read_with_what_was_learnt_of_its_digits(reader, write_text):
    odd = [np.add(stroke, (200.0, 0.0)) for stroke in ODD]
    ink = Ink([*write_text("4"), *odd])
    before = reader.read(ink).text
    taught = "42" if before != "42" else "43"
    writer = Writer()
    assert writer.learn(reader, ink, taught).missed == ()
    assert reader.read(ink, writer=writer).text == taught
    assert reader.reader().read(ink, writer=writer).text == taught
    assert reader.read(ink).text == before


def test_a_live_reader_follows_each_lesson(reader):
    live, writer = reader.reader(), Writer()
    before = live.read(shape(), writer=writer).text
    taught = 2 if before != "2" else 3
    writer.learn(reader, shape(), taught)
    assert live.read(shape(), writer=writer).text == str(taught)
    assert live.scored == 0  # what was scored before the lesson is not scored again
    writer.forget()
    assert live.read(shape(), writer=writer).text == before


def test_a_lesson_is_not_scored_anew_for_each_reader(session):
    recognizer, writer = Recognizer(session=session), Writer()
    live = recognizer.reader()
    writer.learn(recognizer, shape(), 7)
    recognizer.read(shape(), writer=writer)
    live.read(shape(), writer=writer)
    before = session.rasters
    live.read(shape(), writer=writer)
    assert session.rasters == before
    assert writer.hand(recognizer._run) is writer.hand(live._run)


def test_a_picture_teaches_ink_and_ink_a_picture(reader):
    alone = reader.predict_digit(shape()).digit
    taught = 2 if alone != 2 else 3
    for lesson, exam in ((draw_ink(shape()), shape(1)), (shape(), draw_ink(shape(1)))):
        writer = Writer()
        writer.learn(reader, lesson, taught)
        assert reader.predict_digit(exam, writer=writer).digit == taught


def test_numbers_of_a_picture_are_learnt(reader, write_text):
    writer = Writer()
    lesson = writer.learn(reader, draw_ink(write_text("1958")), "1958")
    assert lesson.confirmed == 4


def test_a_lesson_that_does_not_fit_teaches_nothing(reader, write_text):
    writer = Writer()
    lesson = writer.learn(reader, write_text("1"), "123456789")
    assert (lesson.corrected, lesson.confirmed, lesson.missed) == (0, 0, tuple(range(9)))
    assert len(writer) == 0
    # Two rows, and a text of one.
    ink = Ink([*write_text("12"), *write_text("34", y=400.0)])
    assert writer.learn(reader, ink, "12").missed == (0, 1)
    assert writer.learn(reader, ink, "12\n34").missed == ()


def test_blank_sources_teach_nothing(reader):
    writer = Writer()
    assert writer.learn(reader, Ink([]), 7).missed == (0,)
    assert writer.learn(reader, Image.new("L", (60, 60), 255), 7).missed == (0,)
    assert writer.learn(reader, Ink([]), "12").missed == (0, 1)
    assert len(writer) == 0


def test_points_are_no_shape_to_learn(reader, write_text):
    point = np.array([[120.0, 98.0], [121.0, 99.0]])
    ink = Ink([*write_text("3"), point, *write_text("5", x=160.0)])
    writer = Writer()
    lesson = writer.learn(reader, ink, "3.5")
    assert 1 in lesson.missed
    assert all(glyph.character != "." for glyph in writer.glyphs)


def test_what_is_no_digit_can_be_taught(reader):
    writer = Writer()
    before = reader.predict_digit(shape(2)).not_digit
    writer.learn(reader, shape(), None)
    assert writer.glyphs[0].character == "?"
    assert reader.predict_digit(shape(2), writer=writer).not_digit > before
    # What is no digit has many shapes: it takes two lessons, not one.
    writer.learn(reader, shape(1), None)
    assert reader.predict_digit(shape(2), writer=writer).digit is None


def test_a_correction_replaces_what_was_learnt_of_the_same_glyph(reader):
    writer = Writer()
    writer.learn(reader, shape(), 2)
    writer.learn(reader, shape(), 3)
    assert [glyph.character for glyph in writer.glyphs] == ["3"]
    assert reader.predict_digit(shape(1), writer=writer).digit == 3


def test_a_wrong_correction_is_forgotten_once_it_is_put_right(reader, write_text):
    sevens = [write_text("7", height=100.0 + k) for k in range(4)]
    writer = Writer()
    writer.learn(reader, sevens[0], 1, corrected=True)
    assert reader.predict_digit(sevens[1], writer=writer).digit == 1
    writer.learn(reader, sevens[1], 7)
    assert [glyph.character for glyph in writer.glyphs] == ["7"]
    assert reader.predict_digit(sevens[2], writer=writer).digit == 7


def test_of_a_number_only_what_was_misread_counts_as_corrected(reader, write_text):
    writer = Writer()
    lesson = writer.learn(reader, write_text("17"), "17", corrected=(False, True))
    assert (lesson.corrected, lesson.confirmed) == (1, 1)
    assert [(g.character, g.corrected) for g in writer.glyphs] == [("1", False), ("7", True)]
    with pytest.raises(errors.InputError, match="corrected has 3 values; expected 2"):
        writer.learn(reader, write_text("17"), "17", corrected=[False, True, True])


def test_a_correction_forgets_only_a_few(reader, write_text):
    writer = Writer()
    for k in range(BLAMED + 5):
        writer.learn(reader, shape(k), 1, corrected=True)
    writer.learn(reader, shape(99), 7)
    assert len(writer) == BLAMED + 6  # four and more do not lie by chance: they may be meant


def test_confidences_follow_what_is_known(reader, write_text):
    writer = Writer()
    source = write_text("7")
    for k in range(5):
        writer.learn(reader, write_text("7", height=100.0 + k), 7)
    told = reader.predict_digit(source, writer=writer)
    assert told.confidence >= reader.predict_digit(source).confidence - 1e-3
    assert float(told.probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_the_memory_is_bounded_and_keeps_corrections(recognizer, write_text):
    writer = Writer()
    writer.learn(recognizer, write_text("1"), 2, corrected=True)
    sources = [write_text("7", gap=0.1 * k) for k in range(3)]
    for k in range(MOST_GLYPHS + 5):
        writer.learn(recognizer, sources[k % 3], 7)
    assert len(writer) == MOST_GLYPHS
    assert writer.glyphs[0].character == "2"


def test_forget_by_digit_by_glyph_and_all(recognizer, write_text):
    writer = Writer()
    for digit in (1, 7, 7, 4):
        writer.learn(recognizer, write_text(str(digit)), digit)
    assert writer.forget(digit=7) == 2
    assert [glyph.character for glyph in writer.glyphs] == ["1", "4"]
    assert writer.forget(glyph=writer.glyphs[0]) == 1
    assert [glyph.character for glyph in writer.glyphs] == ["4"]
    with pytest.raises(errors.InputError, match="0 to 9"):
        writer.forget(digit=11)
    assert writer.forget() == 1
    assert (len(writer), writer.corrections()) == (0, (0, 0))
    assert recognizer.predict_digit(write_text("4"), writer=writer).digit == 4


def test_what_is_taken_back_is_not_counted(recognizer, write_text):
    writer = Writer()
    writer.learn(recognizer, write_text("7"), 7, corrected=True)
    writer.learn(recognizer, write_text("4"), 4, corrected=False)
    first = writer.glyphs[0]
    assert writer.take_back(first)
    assert [glyph.character for glyph in writer.glyphs] == ["4"]
    assert writer.corrections() == (0, 1)
    assert not writer.take_back(first)
    assert writer.corrections() == (0, 1)


def test_summary_counts(recognizer, write_text):
    writer = Writer()
    writer.learn(recognizer, write_text("7"), 7)
    writer.learn(recognizer, write_text("1"), 4)
    assert writer.summary() == {
        "glyphs": 2,
        "corrected": 1,
        "characters": {"4": 1, "7": 1},
        "recent": 2,
        "recent_corrected": 1,
    }
    assert writer.corrections(1) == (1, 1)


def test_a_saved_hand_reads_as_before(reader, write_text, tmp_path):
    writer = Writer()
    writer.learn(reader, shape(), 2, corrected=True)
    writer.learn(reader, write_text("1958"), "1958")
    path = tmp_path / "me.json"
    writer.save(path)
    loaded = Writer.load(path)
    assert loaded.summary() == writer.summary()
    for old, new in zip(writer.glyphs, loaded.glyphs, strict=True):
        assert (old.character, old.corrected) == (new.character, new.corrected)
        np.testing.assert_array_equal(old.raster, new.raster)
    one, other = (reader.predict_digit(shape(1), writer=w) for w in (writer, loaded))
    assert one.digit == other.digit == 2
    assert other.confidence == pytest.approx(one.confidence, abs=0.02)
    assert path.read_text().count("\n") == len(writer) + 2  # a line for each glyph


def test_500_glyphs_take_less_than_400_kb(tmp_path):
    rng = np.random.default_rng(0)
    turn = np.linspace(0, 6, 40)
    writer = Writer()
    for _ in range(50):
        x = np.cumsum(rng.normal(0, 1, 40)) + 20 * np.cos(turn)
        raster = rasterize(Ink([np.stack([x, 30 * np.sin(turn)], 1)]))
        writer._glyphs += (_glyph("7", raster),)
    writer.save(tmp_path / "me.json")
    assert (tmp_path / "me.json").stat().st_size * 10 < 400_000


def _glyph(character, raster, corrected=False):
    return RememberedGlyph(character, raster, corrected)


def damaged():
    glyph = {"is": "7", "corrected": True, "png": "AAAA"}
    head = {"format": "inkdigit writer", "version": 1, "recent": "", "glyphs": []}
    return {
        "nothing": b"",
        "no JSON": b"{",
        "a list": b"[]",
        "another format": json.dumps({**head, "format": "x"}).encode(),
        "a newer version": json.dumps({**head, "version": 2}).encode(),
        "too deep": b"[" * 100_000,
        "glyphs are no list": json.dumps({**head, "glyphs": 5}).encode(),
        "recent of other signs": json.dumps({**head, "recent": "02"}).encode(),
        "recent is a number": json.dumps({**head, "recent": 1}).encode(),
        "no picture": json.dumps({**head, "glyphs": [glyph]}).encode(),
        "picture is a number": json.dumps({**head, "glyphs": [{**glyph, "png": 1}]}).encode(),
        "no base64": json.dumps({**head, "glyphs": [{**glyph, "png": "é"}]}).encode(),
        "no character": json.dumps({**head, "glyphs": [{**glyph, "is": "ab"}]}).encode(),
        "a letter": json.dumps({**head, "glyphs": [{**glyph, "is": "a"}]}).encode(),
        "a glyph is a number": json.dumps({**head, "glyphs": [1]}).encode(),
        "too many": json.dumps({**head, "glyphs": [glyph] * (MOST_GLYPHS + 1)}).encode(),
        "recent too long": json.dumps({**head, "recent": "0" * (RECENT + 1)}).encode(),
        "huge": b" " * 5_000_000,
        "not text": b"\xff\xfe\x00",
    }


@pytest.mark.parametrize("kind", damaged())
def test_damaged_and_foreign_files_are_a_typed_error(tmp_path, kind):
    path = tmp_path / "me.json"
    path.write_bytes(damaged()[kind])
    with pytest.raises(errors.WriterFormatError, match="Writer"):
        Writer.load(path)


def test_a_picture_of_another_size_is_refused(tmp_path):
    path = tmp_path / "me.json"
    writer = Writer()
    writer._glyphs = (_glyph("7", np.zeros((28, 29), np.float32)),)
    writer.save(path)
    with pytest.raises(errors.WriterFormatError, match="29×28"):
        Writer.load(path)


def test_missing_and_unreadable_files(tmp_path):
    with pytest.raises(errors.InputNotFoundError, match="no file at"):
        Writer.load(tmp_path / "me.json")
    with pytest.raises(errors.InputReadError):
        Writer.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_hand_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "me.json")
    with pytest.raises(errors.InputReadError, match="pipe"):
        Writer.load(tmp_path / "me.json")


@pytest.mark.parametrize("digit", [1.0, True, "7"])
def test_digits_to_forget_are_whole_numbers(digit):
    with pytest.raises(errors.InputTypeError, match="whole number"):
        Writer().forget(digit)


def test_numpy_may_say_what_was_misread(reader):
    writer = Writer()
    assert writer.learn(reader, shape(), 7, corrected=[np.True_]).corrected == 1
    assert writer.corrections() == (1, 1)


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "me.json"
    Writer().save(path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        Writer().save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "  ", "12x", 10, -1])
def test_other_texts_are_refused(recognizer, text):
    with pytest.raises(errors.InputError, match="expected"):
        Writer().learn(recognizer, Ink([[[0, 0], [1, 1]]]), text)


@pytest.mark.parametrize("text", [True, 1.5, ["7"]])
def test_texts_of_other_types_are_refused(recognizer, text):
    with pytest.raises(errors.InputTypeError, match="expected"):
        Writer().learn(recognizer, Ink([[[0, 0], [1, 1]]]), text)


def test_a_writer_of_another_type_is_refused(recognizer):
    ink = Ink([[[0, 0], [1, 1]]])
    for call in (recognizer.predict_digit, recognizer.read):
        with pytest.raises(errors.InputTypeError, match="Writer"):
            call(ink, writer="me.json")


def test_a_writer_serves_several_recognizers(reader, recognizer, write_text):
    writer = Writer()
    writer.learn(reader, write_text("1958"), "1958")
    for other in (recognizer, reader, recognizer):
        assert other.read(write_text("1958"), writer=writer).text == "1958"
