"""Who writes on this device, and what is known of the one who writes now, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from inkdigit import Writer
from inkdigit.labels import ALL_DIGITS
from inkdigit.writer import RememberedGlyph
from inkdigit_app.core.words.language import ntr, tr

__all__ = ["FIRST", "MAX_NAME", "HandState", "Person", "by_character", "clean_name", "how_it_helps"]

MAX_NAME = 30  # characters: fits on a line of a phone
LONG, SHORT = 200, 100  # digits that `how_it_helps` compares: a writer counts 200 back


@dataclass(frozen=True)
class Person:
    """Somebody who writes on this device."""

    key: str  # letters and digits; of the file
    name: str

    @property
    def title(self) -> str:
        """The name to show: that of the first person is the app's own word until it is changed."""
        return tr("Me") if self == FIRST else self.name


FIRST = Person("me", "Me")  # there is always somebody; shown in the user's language


@dataclass(frozen=True, eq=False)
class HandState:
    """Who writes now, and what is known of the hand."""

    person: Person = FIRST
    people: tuple[Person, ...] = (FIRST,)
    writer: Writer = field(default_factory=Writer)  # does not change


def clean_name(name: str) -> str:
    """A name as it is kept: one line, not too long, never empty."""
    return " ".join(name.split())[:MAX_NAME].strip() or tr("No name")


def by_character(glyphs: Iterable[RememberedGlyph]) -> dict[str, list[RememberedGlyph]]:
    """Group glyphs, which come oldest first, by what they are; the newest of each come first."""
    newest = list(glyphs)[::-1]
    found = dict.fromkeys(ALL_DIGITS + "".join(sorted({g.character for g in newest})))
    groups = {c: [g for g in newest if g.character == c] for c in found}
    return {character: group for character, group in groups.items() if group}


def how_it_helps(writer: Writer) -> str:
    """How often digits had to be corrected lately, and before."""
    long_wrong, long_count = writer.corrections(LONG)
    short_wrong, short_count = writer.corrections(SHORT)
    if not long_count:
        return tr(
            "Nothing learnt yet. Correct a digit that was misread, and the same shape is read right"
            " from then on."
        )
    if long_count == 1:
        first = tr("Your first digit needed correcting."), tr("Your first digit was read right.")
        return first[0] if long_wrong else first[1]
    if long_wrong:
        text = ntr(
            "{wrong} of your last {count} digits needed correcting",
            "{wrong} of your last {count} digits needed correcting",
            long_wrong,
        )
    else:
        text = tr("None of your last {count} digits needed correcting")
    text = text.format(wrong=long_wrong, count=long_count)
    if long_count > short_count:
        lately = (
            tr("{wrong} of the last {count}") if short_wrong else tr("none of the last {count}")
        )
        text += "; " + lately.format(wrong=short_wrong, count=short_count)
    return f"{text}."
