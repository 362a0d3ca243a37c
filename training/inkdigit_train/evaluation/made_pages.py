"""Made pages of held-out writers in, rows read exactly by kind out: the measure of development."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from inkdigit_train.data.pages.kinds import KINDS, make_pages
from inkdigit_train.data.pages.page import Page
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.evaluation.pictures import Reader, digits_only

__all__ = ["KindScore", "measure_pages"]


@dataclass(frozen=True)
class KindScore:
    """How a kind of page is read.

    Attributes:
        pages: Pages read.
        exact: Of them those whose every number is read and nothing else.
        numbers: Numbers on them.
        found: Of those the ones that were read exactly, wherever they stand.
    """

    pages: int
    exact: int
    numbers: int
    found: int


def measure_pages(
    reader: Reader, writing: Writing, count: int, seed: int, kinds: Iterable[str] = tuple(KINDS)
) -> dict[str, KindScore]:
    """Read made pages of each kind.

    The numbers of a page are compared as a bag: the order in which a table's cells are read is
    another matter.

    Args:
        reader: What reads them.
        writing: Of held-out writers.
        count: Pages of each kind.
        seed: Of the pages.
        kinds: The kinds.

    Returns:
        The score of each kind.
    """
    return {kind: _score(reader, make_pages(kind, writing, count, seed)) for kind in kinds}


def _score(reader: Reader, pages: list[Page]) -> KindScore:
    exact = numbers = found = 0
    for page in pages:
        mode = "read" if page.meant is None else "digit"
        labels = [c for c in page.text if c.isdigit()]
        if page.meant is not None:  # a neighbour's pieces are no part of the answer
            labels = [g.label for g in page.glyphs if _is_meant(page, g.box)][:1]
            expected = Counter(labels)
        else:
            expected = Counter(page.text.split())
        read = Counter(digits_only(reader(page.pixels, mode)).split())
        exact += read == expected
        numbers += expected.total() if hasattr(expected, "total") else sum(expected.values())
        found += sum((read & expected).values())
    return KindScore(len(pages), exact, numbers, found)


def _is_meant(page: Page, box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = box
    assert page.meant is not None
    own = page.meant[top:bottom, left:right].sum()
    return bool(own > 0.6 * page.ink[top:bottom, left:right].sum() and own > 0.5 * page.meant.sum())
