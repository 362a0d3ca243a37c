"""The app's exports, as training takes them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inkdigit import Ink, Recognizer
from inkdigit.writer import Located
from inkdigit_train.data.corrections import Corrections, read_corrections
from inkdigit_train.data.pools import VARIANTS
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.errors import DataError, DataNotFoundError


class Finder:
    """Finds every glyph of a number but an 8."""

    def locate(self, source, text):
        shown = np.full((28, 28), 0.5, np.float32)
        return [
            None if c == "8" else Located(c, shown, np.zeros(11), np.zeros(2, np.float32))
            for c in "".join(text.split())
        ]


def bar(k: int) -> Ink:
    """An ink like no other: a bar of its own length, with a foot."""
    return Ink([[[0, 0], [0, 100 + k], [20, 100 + k]]])


def records(count: int, writer: str | None = "app") -> list[InkRecord]:
    return [InkRecord(str(k % 10), bar(k), writer) for k in range(count)]


def read(path, written) -> Corrections:
    write_records(path, written)
    return read_corrections([path], Finder())


def inks(glyphs) -> set[bytes]:
    return {glyph.ink.strokes[0].points.tobytes() for glyph in glyphs}


def test_a_fifth_of_one_writers_records_is_held_out(tmp_path):
    found = read(tmp_path / "a.jsonl", records(50))
    assert (len(found.train), len(found.held_out), found.writers_held_out) == (40, 10, 0)
    assert not inks(found.train) & inks(found.held_out)


def test_which_records_are_held_out_does_not_depend_on_their_order(tmp_path):
    one = read(tmp_path / "a.jsonl", records(20))
    other = read(tmp_path / "b.jsonl", records(20)[::-1])
    assert inks(one.held_out) == inks(other.held_out)


def test_whole_writers_are_held_out_where_there_are_several(tmp_path):
    written = [InkRecord("7", bar(10 * w + k), f"writer {w}") for w in range(10) for k in range(6)]
    found = read(tmp_path / "a.jsonl", written)
    owner = {r.ink.strokes[0].points.tobytes(): r.writer for r in written}
    trained, held_out = ({owner[i] for i in inks(g)} for g in (found.train, found.held_out))
    assert len(held_out) == found.writers_held_out == 2
    assert not trained & held_out


def test_a_number_is_taken_apart_and_what_is_not_clear_is_left_out(tmp_path):
    found = read(tmp_path / "a.jsonl", [InkRecord("1.8?", bar(0)), InkRecord("42", bar(1))])
    assert sorted(g.label for g in found.train + found.held_out) == [1, 2, 4, 10]
    assert sorted(found.left_out.values()) == [1, 1]  # the 8, and the point
    assert {len(found.train), len(found.held_out)} == {2}


def test_the_recognizer_finds_the_glyphs_of_a_number(tmp_path, hand):
    zero, four = hand[0].ink, hand[1].ink
    moved = [stroke.points + np.float32([90, 0]) for stroke in zero]
    number = InkRecord("40", Ink([*(s.points for s in four), *moved]), "app")
    write_records(tmp_path / "a.jsonl", [number, *hand[:1]])
    found = read_corrections([tmp_path / "a.jsonl"], Recognizer())
    assert sorted(g.label for g in found.train + found.held_out) == [0, 0, 4]
    assert found.left_out == {}


def test_non_digits_are_the_eleventh_class_unless_they_look_like_a_digit(tmp_path):
    written = [InkRecord(label, bar(k)) for k, label in enumerate("?A?O")]
    found = read(tmp_path / "a.jsonl", written)
    assert [g.label for g in found.train + found.held_out] == [10, 10, 10]
    assert list(found.left_out.values()) == [1]


def test_of_one_ink_exported_twice_the_last_record_counts(tmp_path):
    paths = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    write_records(paths[0], records(4))
    write_records(paths[1], [InkRecord("9", bar(0), "app")])
    found = read_corrections(paths, Finder())
    assert (found.records, found.used, list(found.left_out.values())) == (5, 4, [1])
    assert sorted(g.label for g in found.train + found.held_out) == [1, 2, 3, 9]


def test_exports_of_one_name_from_two_devices_are_both_sources(tmp_path):
    paths = [tmp_path / device / "digits.jsonl" for device in "ab"]
    for k, path in enumerate(paths):
        write_records(path, [InkRecord("7", bar(k))])
    sources = read_corrections(paths, Finder()).sources
    assert len(sources) == 2
    assert all(name.endswith("digits.jsonl") for name in sources)


def test_strokes_are_trained_on_with_several_pens_and_checked_with_one(tmp_path):
    found = read(tmp_path / "a.jsonl", [*records(5), InkRecord("42", bar(5), "app")])
    images = [pool.images for pool in found.pools(0)]
    assert sorted(i.shape[1] for i in images) in ([VARIANTS], [1, VARIANTS])
    assert sum(map(len, images)) == len(found.train)
    drawn = images[0]
    assert not np.array_equal(drawn[0, 0], drawn[0, 1])
    assert found.validation().images.shape == (len(found.held_out), 1, 28, 28)


def test_a_missing_export_is_named(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"gone\.jsonl"):
        read_corrections([tmp_path / "gone.jsonl"], Finder())


def test_an_empty_export_is_named(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(DataError, match=r"empty\.jsonl has no records"):
        read_corrections([tmp_path / "empty.jsonl"], Finder())


def test_a_damaged_export_is_named_with_its_line(tmp_path):
    path = tmp_path / "cut.jsonl"
    write_records(path, records(2))
    path.write_text(path.read_text()[:-20])
    with pytest.raises(DataError, match=r"cut\.jsonl, line 2"):
        read_corrections([path], Finder())


def test_too_few_corrections_say_what_was_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    blank = json.dumps({"label": "3", "strokes": []})
    write_records(path, [InkRecord("7", bar(0)), InkRecord("seven", bar(1))])
    path.write_text(path.read_text() + blank + "\n")
    with pytest.raises(DataError, match=r"1 of 3 records .* 1 records without ink; 1 records with"):
        read_corrections([path], Finder())
