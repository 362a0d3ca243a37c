"""A writer's file and what the command line asks of it: teach from one file, or sum up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inkdigit._cli.console import writing
from inkdigit.errors import InputError
from inkdigit.images import ImageSource
from inkdigit.ink import Ink
from inkdigit.labels import ALL_DIGITS
from inkdigit.recognizer import Recognizer
from inkdigit.writer import Writer

if TYPE_CHECKING:
    from inkdigit.practice import PracticeBox

__all__ = ["describe", "practise_from", "teach"]


def teach(
    recognizer: Recognizer, source: ImageSource | Ink, text: str, path: Path, *, single: bool
) -> tuple[str, list[str]]:
    """Learn what a source shows, into a file, which is made where there is none.

    Args:
        recognizer: Finds the glyphs.
        source: A picture or ink.
        text: What it shows.
        path: Of the hand.
        single: Whether it is one digit, rather than a number.

    Returns:
        What was learnt, in words; and what could not be, in a line if there is anything.

    Raises:
        InputError: If nothing can be learnt, or the source or text cannot be used.
        UnwritableError: If the file cannot be written.
    """
    writer = Writer.load(path) if path.exists() else Writer()
    digit = int(text) if single and len(text) == 1 and text.isdecimal() else text
    if single and isinstance(digit, str):
        raise InputError(f"--learn got {text!r}; expected one digit with --single")
    lesson = writer.learn(recognizer, source, digit)
    learnt = lesson.corrected + lesson.confirmed
    if not learnt:
        raise InputError(
            f"{text!r} cannot be found in it, so nothing was learnt; give the text of every number"
            " that it shows, from left to right, with a space between numbers"
        )
    with writing(path):
        writer.save(path)
    characters = "".join(text.split())
    missed = ", ".join(repr(characters[index]) for index in lesson.missed)
    return (
        f"learnt {learnt} of {len(characters)}: {lesson.corrected} corrected,"
        f" {lesson.confirmed} confirmed",
        [f"{missed} not learnt: not clear where, or without a shape of its own"] if missed else [],
    )


def practise_from(
    recognizer: Recognizer, source: ImageSource | Ink, path: Path
) -> tuple[str, list[str]]:
    """Learn a filled practice sheet, into a file, which is made where there is none.

    Args:
        recognizer: Reads.
        source: A photo or a scan.
        path: Of the hand.

    Returns:
        How the hand was read, a line for each digit; and what could not be learnt, a line for each
        box.

    Raises:
        InputError: If it shows no practice sheet, or nothing that can be learnt.
        UnwritableError: If the file cannot be written.
    """
    from inkdigit.practice import practise  # noqa: PLC0415  (no other call needs it)

    if isinstance(source, Ink):
        raise InputError("is ink; expected a photo or a scan of a filled practice sheet")
    writer = Writer.load(path) if path.exists() else Writer()
    practice = practise(recognizer, source, writer)
    if not practice.learnt:
        raise InputError(
            "nothing on the sheet is clear enough to be learnt; expected digits in its boxes: fill"
            " it in with a dark pen"
        )
    with writing(path):
        writer.save(path)
    rows = [(digit, practice.read_right(digit)) for digit in ALL_DIGITS]
    rows.append(("numbers", practice.numbers_right()))
    lines = [f"{what}\t{right} of {count} read right" for what, (right, count) in rows]
    lines.append(
        f"learnt\t{practice.learnt} digits: {practice.corrected} corrected,"
        f" {practice.learnt - practice.corrected} confirmed"
    )
    return "\n".join(lines), [_trouble(box) for box in practice.unlearnt]


def _trouble(box: PracticeBox) -> str:
    """Why a box was not learnt, or not whole."""
    what = f"box {box.index} of {box.asked}" if len(box.asked) == 1 else f"number {box.asked}"
    learnt = f"{box.learnt} of {len(box.asked)} digits learnt" if box.learnt else "not learnt"
    return f"{what}: {box.problem}: {learnt}"


def describe(writer: Writer) -> str:
    """A hand in a few lines: how much of each digit is known, and how much was corrected lately."""
    summary = writer.summary()
    lines = [
        f"glyphs\t{summary['glyphs']}",
        f"of these corrected\t{summary['corrected']}",
        *(f"{character}\t{count}" for character, count in summary["characters"].items()),
        f"of the last {summary['recent']} learnt, corrected\t{summary['recent_corrected']}",
    ]
    return "\n".join(lines)
