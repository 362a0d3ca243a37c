from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from inkdigit import Writer
from inkdigit.writer import RememberedGlyph
from inkdigit_app.core.learning.people import FIRST
from inkdigit_app.store.hands import Hands


def knowing(characters: str) -> Writer:
    """A writer that remembers some shapes."""
    rng = np.random.default_rng(5)
    writer = Writer()
    writer._glyphs = tuple(
        RememberedGlyph(c, (rng.integers(0, 16, (28, 28)) / 15).astype(np.float32), True)
        for c in characters
    )
    return writer


def known(writer: Writer) -> str:
    return "".join(glyph.character for glyph in writer.glyphs)


def test_at_first_there_is_somebody_and_nothing_on_the_disk(tmp_path: Path) -> None:
    hands = Hands(tmp_path / "hands")
    assert hands.people == (FIRST,)
    hands.save(FIRST.key, Writer())
    assert not (tmp_path / "hands").exists()


def test_what_is_known_comes_back(tmp_path: Path) -> None:
    Hands(tmp_path).save(FIRST.key, knowing("173"))
    writer, trouble = Hands(tmp_path).load(FIRST.key)
    assert (known(writer), trouble) == ("173", "")


def test_two_people_are_kept_apart(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    anna = hands.add("Anna")
    hands.save(FIRST.key, knowing("1"))
    hands.save(anna.key, knowing("77"))
    again = Hands(tmp_path)
    assert [person.name for person in again.people] == ["Me", "Anna"]
    assert known(again.load(FIRST.key)[0]) == "1"
    assert known(again.load(anna.key)[0]) == "77"


def test_a_new_name_holds(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    hands.rename(FIRST.key, "  Otto ")
    assert hands.people[0].name == "Otto"
    assert Hands(tmp_path).people == hands.people


def test_a_deleted_person_is_gone_and_is_not_saved_again(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    anna = hands.add("Anna")
    hands.save(anna.key, knowing("7"))
    hands.delete(anna.key)
    hands.save(anna.key, knowing("7"))
    assert Hands(tmp_path).people == (FIRST,)
    assert not list(tmp_path.glob(f"{anna.key}*"))


@pytest.mark.parametrize("content", [b"", b"damaged", b'{"format": "other"}', b"\0" * 5000])
def test_a_damaged_file_is_set_aside_and_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "me.json").write_bytes(content)
    hands = Hands(tmp_path, clock=lambda: 0.0)
    writer, trouble = hands.load(FIRST.key)
    assert len(writer) == 0
    (aside,) = tmp_path.glob("me.unreadable-*.json")
    assert aside.read_bytes() == content
    assert str(aside) in trouble
    hands.save(FIRST.key, knowing("1"))
    assert aside.read_bytes() == content
    assert hands.people == (FIRST,)


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    hands = Hands(tmp_path, clock=lambda: 0.0)
    for content in ("one", "two"):
        (tmp_path / "me.json").write_text(content)
        hands.load(FIRST.key)
    asides = tmp_path.glob("me.unreadable-*.json")
    assert sorted(path.read_text() for path in asides) == ["one", "two"]


@pytest.mark.parametrize("content", ["{", "[1]", '{"anna": 5}', '{"../me": "Eve"}'])
def test_without_a_list_of_names_the_files_still_count(tmp_path: Path, content: str) -> None:
    hands = Hands(tmp_path)
    anna = hands.add("Anna")
    hands.save(FIRST.key, knowing("1"))
    hands.save(anna.key, knowing("7"))
    (tmp_path / "people.json").write_text(content)
    again = Hands(tmp_path)
    assert {person.key for person in again.people} == {FIRST.key, anna.key}
    assert known(again.load(anna.key)[0]) == "7"


def test_the_files_are_what_the_runtime_writes(tmp_path: Path) -> None:
    Hands(tmp_path).save(FIRST.key, knowing("42"))
    assert known(Writer.load(tmp_path / "me.json")) == "42"
    assert not json.loads((tmp_path / "me.json").read_text())["recent"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["people.json", f"{FIRST.key}.json"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    hands = Hands(tmp_path)
    assert hands.people == (FIRST,)
    assert not len(hands.load(FIRST.key)[0])
