"""Histories to damage, and how much of what is whole in a damaged one the app still lists.

    python tests/support/damaged_history.py [--files 400] [--flips 1] [--seed 0]

makes as many copies of one history, flips bits in each, and counts those in which every page that
no flip touched is listed and opens as it was.
"""

from __future__ import annotations

import argparse
import io
import logging
import sqlite3
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction
from inkdigit_app.core.glyphs import Glyph, PageReading
from inkdigit_app.core.page import Page, PenStroke, Picture, SavedPage
from inkdigit_app.store.history import History

WINDOW_BYTES = 16  # of random content: found once in a file, and nowhere by chance


def make_history(path: Path, ink: int = 20, pictures: int = 4, seed: int = 0) -> dict[str, Page]:
    """Write a history of so many pages, of which the first was deleted; returns the others."""
    rng = np.random.default_rng(seed)
    history = History(path, iter(range(1_700_000_000, 1_800_000_000)).__next__)
    pages = [Page(strokes=_strokes(rng), key=rng.bytes(16).hex()) for _ in range(ink + 1)]
    pages += [Page(picture=_picture(rng), key=rng.bytes(16).hex()) for _ in range(pictures)]
    for number, page in enumerate(pages):
        strokes = tuple(range(len(page.strokes)))
        box = (0.5, 1.0, 90.0, 80.0)
        corrected = Page(page.strokes, page.picture, (Correction(strokes, box, ("7",)),), page.key)
        pages[number] = corrected if number % 3 == 0 else page
        glyph = Glyph(number % 10, 0.9, box, ((number % 10, 0.9),), strokes)
        history.save(pages[number], PageReading((glyph,)))
    history.current = pages[-1].key
    history.delete(pages[0].key)
    history.close()
    return {page.key: page for page in pages[1:]}


def touched_pages(path: Path, pages: dict[str, Page]) -> dict[int, str]:
    """The page that each byte of a sound history belongs to; bytes of none are left out.

    A few of a page's own bytes are left out, too, so what is measured with this is no better than
    the truth.
    """
    content = path.read_bytes()
    owner: dict[int, str] = {}
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT key, key, glyphs, pins, picture FROM page").fetchall()
        rows += connection.execute("SELECT page, page, points FROM stroke").fetchall()
    connection.close()
    for key, *values in rows:
        for value in values:
            data = value.encode() if isinstance(value, str) else value or b""
            whole = content.find(data) if value != key and len(data) >= WINDOW_BYTES else -1
            if whole >= 0 and content.find(data, whole + 1) < 0:
                owner.update(dict.fromkeys(range(whole - WINDOW_BYTES, whole + len(data)), key))
                continue
            # Long ones lie in several parts.
            starts = [*range(0, len(data) - WINDOW_BYTES, WINDOW_BYTES), len(data) - WINDOW_BYTES]
            for start in starts if len(data) >= WINDOW_BYTES else ():
                window = data[start : start + WINDOW_BYTES]
                # Keys stand in each stroke's row; what all pages have in common is nobody's.
                at = content.find(window) if value == key or content.count(window) == 1 else -1
                while at >= 0:
                    # Before its content a row has the number and the pen's width, or sizes.
                    first = at - WINDOW_BYTES if start == 0 else at
                    owner.update(dict.fromkeys(range(first, at + WINDOW_BYTES), key))
                    at = content.find(window, at + 1) if value == key else -1
    return owner


def flip_bits(content: bytes, count: int, seed: int) -> tuple[bytes, list[int]]:
    """Flip so many bits; returns the bytes and the offsets."""
    rng = np.random.default_rng(seed)
    flipped = bytearray(content)
    offsets = [int(offset) for offset in rng.integers(len(content), size=count)]
    for offset in offsets:
        flipped[offset] ^= 1 << int(rng.integers(8))
    return bytes(flipped), offsets


def missing_pages(path: Path, expected: dict[str, Page]) -> set[str]:
    """The keys of the expected pages that the app does not list, or opens otherwise."""
    history = History(path)
    try:
        listed = {entry.key for entry in history.entries()}
        return {
            key
            for key, page in expected.items()
            if key not in listed or not _same(history.load(key), page)
        }
    finally:
        history.close()


def _same(saved: SavedPage | None, page: Page) -> bool:
    if saved is None:
        return False
    one, other = saved.page.picture, page.picture
    same_picture = one is other or (
        one is not None and other is not None and one.content == other.content
    )
    return (
        same_picture
        and saved.page.ink == page.ink
        and saved.page.corrections == page.corrections
        and [s.width for s in saved.page.strokes] == [s.width for s in page.strokes]
    )


def _strokes(rng: np.random.Generator) -> tuple[PenStroke, ...]:
    return tuple(
        PenStroke(Stroke.from_points(rng.uniform(0, 400, (rng.integers(8, 60), 2))), 7.0)
        for _ in range(rng.integers(1, 7))
    )


def _picture(rng: np.random.Generator) -> Picture:
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (90, 120), np.uint8)).save(buffer, "PNG")
    return Picture(buffer.getvalue(), (120, 90), "scan.png")


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(description="how much of damaged histories is listed")
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--flips", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    logging.disable()
    whole = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = make_history(folder / "sound.sqlite3", seed=args.seed)
        content = (folder / "sound.sqlite3").read_bytes()
        owner = touched_pages(folder / "sound.sqlite3", pages)
        for number in range(args.files):
            flipped, offsets = flip_bits(content, args.flips, args.seed + number)
            path = folder / f"{number}" / "history.sqlite3"
            path.parent.mkdir()
            path.write_bytes(flipped)
            touched = {owner.get(offset) for offset in offsets}
            expected = {key: page for key, page in pages.items() if key not in touched}
            try:
                missing = missing_pages(path, expected)
            except Exception as exc:  # noqa: BLE001  # counted
                missing = {repr(exc)}
            whole += not missing
            if args.verbose and missing:
                places = [(offset // 4096 + 1, offset % 4096) for offset in offsets]
                sys.stdout.write(f"{number} {places} {sorted(missing)}\n")
    sys.stdout.write(
        f"{whole} of {args.files} files with {args.flips} flipped bits list all that is whole"
        f" ({len(content):,} bytes, {len(owner) / len(content):.0%} of them of a single page)\n"
    )


if __name__ == "__main__":
    main()
