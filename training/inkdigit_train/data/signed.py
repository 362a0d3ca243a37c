"""Rows of digits and signs, composed: amounts, dates, times, telephone numbers, negatives, lists.

Digits of one row are by one writer; signs are by any, made as large and put where people put them.
Some points are taps or short strokes made here, and some rows have a stray tap that is no sign.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inkdigit import Ink, Stroke
from inkdigit.labels import ALL_DIGITS, SIGNS, SPACE
from inkdigit_train.data.compose import Composed, Hand, Place, Points, Style, compose, hands_of
from inkdigit_train.data.nondigits import is_line
from inkdigit_train.data.records import InkRecord

__all__ = ["KINDS", "Signed", "compose_signed", "plain_text"]

Generator = np.random.Generator

OTHER_SIGNS = "%+=$*#"  # what stands beside digits too, and is read as "?"
STYLE = Style(gap=(0.02, 0.45), touching=0.12, touching_gap=(-0.1, 0.05), joined=0.02, sizes=0.12)
# In usual heights, set by judgement: height, or width of a bar; lower edge above the line; gaps to
# both sides.
SIZE = {
    ".": (0.02, 0.16),
    ",": (0.15, 0.4),
    "-": (0.25, 0.75),
    "/": (0.95, 1.6),
    ":": (0.3, 0.65),
}
FOOT = {
    ".": (-0.08, 0.1),
    ",": (-0.3, -0.05),
    "-": (0.3, 0.6),
    "/": (-0.4, 0.05),
    ":": (0.0, 0.25),
}
BESIDE = {
    ".": (0.02, 0.4),
    ",": (-0.02, 0.35),
    "-": (0.08, 0.6),
    "/": (-0.15, 0.35),
    ":": (0.06, 0.45),
}
OTHER_SIZE, OTHER_FOOT = (0.5, 1.2), (-0.1, 0.2)
WIDE_GAP = (1.1, 3.0)  # a space
MADE_POINTS = 0.5  # fraction of the signs that are made here, as a finger makes them
TAPS = 0.4  # fraction of made points that are taps; the others are short strokes and small rings
STRAY_TAPS = 0.04  # fraction of the rows with a tap that means nothing
TAP = 0.06  # size of one, at most


@dataclass(frozen=True, eq=False)
class Signed:
    """A row with signs.

    Attributes:
        kind: One of `KINDS`.
        text: What it reads, with signs and a space at each wide gap; "?" for another sign.
        number: Its strokes, and which glyph each belongs to; its label has no spaces.
    """

    kind: str
    text: str
    number: Composed


def plain_text(text: str) -> str:
    """What is left of a text where digits alone are read."""
    return "".join(c for c in text if c in ALL_DIGITS or c == "?")


def _digits(rng: Generator, low: int, high: int) -> str:
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(low, high + 1)))))


def _number(rng: Generator, low: int, high: int) -> str:
    return str(rng.integers(1, 10)) + _digits(rng, low - 1, high - 1)


def _amount(rng: Generator) -> str:
    mark = ".," if rng.random() < 0.6 else ",."
    if rng.random() < 0.3:
        whole = f"{_number(rng, 1, 3)}{mark[1]}{_digits(rng, 3, 3)}"
        return whole + (mark[0] + _digits(rng, 2, 2) if rng.random() < 0.6 else "")
    return f"{_number(rng, 1, 4)}{mark[0]}{_digits(rng, 1, 3)}"


def _date(rng: Generator) -> str:
    mark = "/.-"[int(rng.integers(3))]
    day, month = str(rng.integers(1, 32)), str(rng.integers(1, 13))
    if rng.random() < 0.5:
        day, month = day.zfill(2), month.zfill(2)
    year = str(rng.integers(1950, 2050))
    if mark == "-" and rng.random() < 0.6:
        return f"{year}-{month}-{day}"
    return mark.join((day, month, year[2:] if rng.random() < 0.4 else year))


def _time(rng: Generator) -> str:
    parts = [str(rng.integers(0, 24)), f"{rng.integers(0, 60):02}"]
    if rng.random() < 0.25:
        parts.append(f"{rng.integers(0, 60):02}")
    return ":".join(parts)


def _telephone(rng: Generator) -> str:
    mark = "-/ "[int(rng.integers(3))]
    return mark.join((_digits(rng, 3, 5), *(_digits(rng, 2, 4) for _ in range(rng.integers(1, 3)))))


def _negative(rng: Generator) -> str:
    number = _number(rng, 1, 4)
    return "-" + (number if rng.random() < 0.6 else f"{number}.{_digits(rng, 1, 2)}")


def _fraction(rng: Generator) -> str:
    return f"{_number(rng, 1, 2)}/{_number(rng, 1, 3)}"


def _list(rng: Generator) -> str:
    return SPACE.join(_number(rng, 2, 4) for _ in range(int(rng.integers(2, 4))))


def _percent(rng: Generator) -> str:
    return _number(rng, 1, 3) + "?"


def _plain(rng: Generator) -> str:
    return _digits(rng, 2, 6)


KINDS: Mapping[str, Callable[[Generator], str]] = {
    "amounts": _amount,
    "dates": _date,
    "times": _time,
    "telephone": _telephone,
    "negatives": _negative,
    "fractions": _fraction,
    "gaps": _list,
    "other signs": _percent,
    "plain": _plain,
}


def compose_signed(
    digits: Sequence[InkRecord],
    symbols: Sequence[InkRecord],
    count: int,
    seed: int,
    kinds: Sequence[str] = tuple(KINDS),
) -> list[Signed]:
    """Compose rows; the same for the same seed and records.

    Args:
        digits: Digits of writers with names.
        symbols: Drawings of signs; others are skipped.
        count: How many rows, spread evenly over the kinds.
        seed: Of every choice.
        kinds: Of `KINDS`.

    Returns:
        The rows; none if no writer has digits enough, or a sign is missing.
    """
    rng = np.random.default_rng(seed)
    hands, drawn = hands_of(digits), defaultdict[str, list[Ink]](list)
    for record in symbols:
        drawn[record.label].append(record.ink)
    for sign in OTHER_SIGNS:  # of some, UNIPEN has lost all strokes but one
        drawn[sign] = [ink for ink in drawn[sign] if not is_line(ink)]
    if not hands or any(not drawn[sign] for sign in (*SIGNS, "%")):
        return []
    return [_row(kinds[k % len(kinds)], hands, drawn, rng) for k in range(count)]


def _row(
    kind: str, hands: Sequence[Hand], drawn: Mapping[str, list[Ink]], rng: Generator
) -> Signed:
    hand = hands[int(rng.integers(len(hands)))]
    text = "".join(_written_by(hand, character, rng) for character in KINDS[kind](rng))
    inks: list[list[Points]] = []
    places: list[Place | None] = []
    wide = after = None
    for character in text:
        if character == SPACE:
            wide = float(rng.uniform(*WIDE_GAP))
            continue
        ink, place = (
            _digit(hand, character, rng)
            if character in ALL_DIGITS
            else _sign(character, drawn, rng)
        )
        if place is None and after is not None:
            place = Place(after)  # a digit after a sign keeps the sign's distance
        after = float(rng.uniform(*BESIDE[character])) if character in BESIDE else None
        if wide is not None:
            place, wide = Place(wide, 0.0 if place is None else place.foot), None
        inks.append(ink)
        places.append(place)
    label = text.replace(SPACE, "")
    number = compose(label, inks, rng, STYLE, places)
    return Signed(kind, text, _with_taps(number, rng) if rng.random() < STRAY_TAPS else number)


def _written_by(hand: Hand, character: str, rng: Generator) -> str:
    """The character, or another digit where the hand has no such one."""
    labels = {record.label for record in hand.records}
    if character not in ALL_DIGITS or character in labels:
        return character
    return sorted(labels)[int(rng.integers(len(labels)))]


def _digit(hand: Hand, character: str, rng: Generator) -> tuple[list[Points], None]:
    own = [record for record in hand.records if record.label == character]
    record = own[int(rng.integers(len(own)))]
    size = float(np.exp(STYLE.sizes * rng.normal()))
    return [s.points.astype(np.float64) * size / hand.height for s in record.ink], None


def _sign(
    character: str, drawn: Mapping[str, list[Ink]], rng: Generator
) -> tuple[list[Points], Place]:
    if character == "?":
        other = [c for c in OTHER_SIGNS if drawn[c]]
        ink = _any(drawn[other[int(rng.integers(len(other)))]], rng)
        size, foot, gap = OTHER_SIZE, OTHER_FOOT, (0.02, 0.45)
    else:
        size, foot, gap = SIZE[character], FOOT[character], BESIDE[character]
        made = rng.random() < MADE_POINTS
        ink = _made(character, rng) if made else _any(drawn[character], rng)
    left, top, right, bottom = ink.bounds
    if character == "." and max(right - left, bottom - top) <= TAP:  # a tap is as large as it is
        strokes = [s.points.astype(np.float64) - (left, top) for s in ink]
        return strokes, Place(float(rng.uniform(*gap)), float(rng.uniform(*foot)))
    side = right - left if character == "-" else bottom - top
    if character in ".?" or side <= 0:  # an equals sign is wider than high
        side = max(right - left, bottom - top)
    scale = float(rng.uniform(*size)) / max(side, 1e-6) if side > 0 else 1.0
    strokes = [(s.points.astype(np.float64) - (left, top)) * scale for s in ink]
    return strokes, Place(float(rng.uniform(*gap)), float(rng.uniform(*foot)))


def _any(inks: Sequence[Ink], rng: Generator) -> Ink:
    return inks[int(rng.integers(len(inks)))]


def _made(character: str, rng: Generator) -> Ink:
    """A sign as a finger makes it: points are taps or small, bars and slashes straight."""
    if character == ".":
        return Ink([Stroke(_point(rng, (0.0, 0.0)))])
    if character == ":":
        drift = float(rng.normal(0, 0.1))
        return Ink([Stroke(_point(rng, (0.0, 0.0))), Stroke(_point(rng, (drift, 1.0)))])
    if character == ",":
        ends = np.array([[rng.uniform(0.1, 0.6), 0.0], [rng.uniform(-0.1, 0.1), 1.0]])
    elif character == "-":
        ends = np.array([[0.0, rng.normal(0, 0.08)], [1.0, 0.0]])
    else:
        ends = np.array([[rng.uniform(0.25, 0.75), 0.0], [0.0, 1.0]])
    steps = np.linspace(0, 1, 9)[:, None]
    bow = rng.normal(0, 0.06) * np.sin(np.pi * steps) * [[1.0, 0.3]]
    return Ink([Stroke((ends[0] * (1 - steps) + ends[1] * steps + bow).astype(np.float32))])


def _point(rng: Generator, at: tuple[float, float]) -> np.ndarray:
    if rng.random() < TAPS:
        return (_tap(rng) + at).astype(np.float32)
    angle = np.linspace(0, 2 * np.pi * (1 if rng.random() < 0.5 else 0.2), 8)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.02, 0.1)
    return (ring + at).astype(np.float32)


def _tap(rng: Generator) -> np.ndarray:
    """A point, or a few that a finger drew while it rested: (n, 2) in usual heights."""
    steps = rng.normal(0, TAP / 6, (int(rng.integers(1, 5)), 2))
    return np.asarray(np.clip(np.cumsum(steps, axis=0), -TAP / 2, TAP / 2))


def _with_taps(number: Composed, rng: Generator) -> Composed:
    left, top, right, bottom = number.ink.bounds
    at = rng.uniform((left, top), (right, bottom))
    stroke = Stroke((at + 100 * _tap(rng)).astype(np.float32))
    return replace(number, ink=Ink([*number.ink, stroke]), parts=[*number.parts, []])
