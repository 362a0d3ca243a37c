"""What is known of each person's hand, on the disk: a file a person, and a list of their names.

The files are what counts: where the list is damaged or lacks somebody, that person gets a plain
name. A person's file that cannot be read is set aside under another name, never deleted.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from inkdigit import Writer
from inkdigit.errors import InputNotFoundError, InputReadError, WriterFormatError
from inkdigit.files import write_json
from inkdigit_app.core.learning.people import FIRST, Person, clean_name
from inkdigit_app.core.words.language import tr
from inkdigit_app.store.plain_file import read_plain_file

__all__ = ["Hands"]

NAMES = "people.json"
MOST_BYTES = 1_000_000  # of the names

log = logging.getLogger(__name__)


class Hands:
    """The people and what is known of their hands. Used from one thread.

    Args:
        folder: Made when there is something to keep.
        clock: Seconds since 1970.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._people: list[Person] | None = None

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, in the order they were added; never empty."""
        if self._people is None:
            self._people = self._list()
        return tuple(self._people)

    def person(self, key: str) -> Person:
        """The person with a key, or the first where there is none."""
        return next((person for person in self.people if person.key == key), self.people[0])

    def load(self, key: str) -> tuple[Writer, str]:
        """Read what is known of a person's hand.

        Returns:
            The writer, a new one where nothing is known yet; and what went wrong, or "". A file
            that cannot be read is renamed first, so that it is never written over.

        Raises:
            OSError: If a file that cannot be read cannot be renamed either.
        """
        path = self._path(key)
        try:
            return Writer.load(path), ""
        except InputNotFoundError:
            return Writer(), ""
        except (WriterFormatError, InputReadError) as exc:
            aside = self._set_aside(path)
            log.warning("%s cannot be read (%s); it is now %s", path, exc, aside)
            text = tr(
                "What was learnt of the hand “{name}” was damaged. It is kept as {path};"
                " learning begins anew."
            )
            return Writer(), text.format(name=self.person(key).title, path=aside)

    def save(self, key: str, writer: Writer) -> None:
        """Write what is known of a person's hand, whole or not at all; not of one deleted since.

        Raises:
            OSError: If the disk is full or the folder cannot be written.
        """
        path = self._path(key)
        if self.person(key).key == key and (len(writer) or path.exists()):
            writer.save(path)

    def add(self, name: str) -> Person:
        """Add a person of whom nothing is known.

        Raises:
            OSError: As `save`.
        """
        person = Person(uuid.uuid4().hex, clean_name(name))
        self._write_names([*self.people, person])
        return person

    def rename(self, key: str, name: str) -> None:
        """Give a person another name.

        Raises:
            OSError: As `save`.
        """
        new = clean_name(name)
        self._write_names([Person(p.key, new if p.key == key else p.name) for p in self.people])

    def delete(self, key: str) -> None:
        """Delete a person and what is known of the hand; the last one stays, and is forgotten.

        Raises:
            OSError: As `save`.
        """
        others = [person for person in self.people if person.key != key]
        if others:
            self._write_names(others)
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _list(self) -> list[Person]:
        people = self._read_names()
        known = {person.key for person in people}
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        for path in files:
            # The others are the list itself, and what was set aside.
            if path.name != NAMES and "." not in path.stem and path.stem not in known:
                name = FIRST.name if path.stem == FIRST.key else _nth(len(people) + 1)
                people.append(Person(path.stem, name))
        return people or [FIRST]

    def _read_names(self) -> list[Person]:
        path = self._folder / NAMES
        try:
            rows = json.loads(read_plain_file(path, MOST_BYTES).decode())
            return [Person(key, clean_name(name)) for key, name in rows.items() if key.isalnum()]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, AttributeError, TypeError, RecursionError) as exc:
            log.warning("the names in %s cannot be read (%s)", path, exc)
            return []

    def _write_names(self, people: list[Person]) -> None:
        write_json(self._folder / NAMES, {person.key: person.name for person in people})
        self._people = people

    def _set_aside(self, path: Path) -> Path:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        endings = (stamp, *(f"{stamp}-{number}" for number in range(2, 1000)))
        paths = (path.with_name(f"{path.stem}.unreadable-{ending}.json") for ending in endings)
        return path.replace(next(path for path in paths if not path.exists()))


def _nth(number: int) -> str:
    return tr("Person {number}").format(number=number)
