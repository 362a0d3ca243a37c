"""Takes ink off a page: strokes or whole glyphs go, the other corrections stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from inkdigit import Stroke
from inkdigit_app.core.corrections import Correction, covers, drop
from inkdigit_app.core.glyphs import Box, Glyph
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.core.smoothing import Point

__all__ = ["remove_glyphs", "remove_strokes", "strokes_near"]


def remove_strokes(page: Page, glyphs: Sequence[Glyph], strokes: Collection[int]) -> Page:
    """The page without some strokes, by index; `glyphs` are those that it reads."""
    return _without(page, glyphs, set(strokes), {})


def remove_glyphs(
    page: Page, glyphs: Sequence[Glyph], chosen: Collection[int], strokes: Collection[int] = ()
) -> Page:
    """The page without some glyphs and strokes, by index.

    A stroke shared with a glyph that stays is cut. On a picture the glyphs leave the reading only.
    """
    if page.picture is not None:
        corrections = page.corrections
        for index in chosen:
            corrections = drop(corrections, tuple(glyphs), index)
        return replace(page, corrections=corrections)
    leaving = {n for i in chosen for n in glyphs[i].strokes}
    staying = {n for i, glyph in enumerate(glyphs) if i not in chosen for n in glyph.strokes}
    cut = {
        n: _cut(page.strokes[n], n, glyphs, chosen)
        for n in leaving & staying
    }  # fmt: skip
    return _without(page, glyphs, (leaving - staying) | set(strokes), cut, chosen)


def strokes_near(page: Page, start: Point, end: Point, reach: float) -> list[int]:
    """Indices of the strokes whose ink comes within `reach` of a line, all in dp."""
    low = np.minimum(start, end)
    high = np.maximum(start, end)
    near = []
    for n, stroke in enumerate(page.strokes):
        points = stroke.stroke.points.astype(np.float64)
        limit = reach + stroke.width / 2
        if (points.min(axis=0) > high + limit).any() or (points.max(axis=0) < low - limit).any():
            continue
        # The line as points so close together that none of the ink slips through.
        steps = int(np.hypot(*(np.subtract(end, start))) / max(reach / 2, 1.0)) + 2
        probes = np.linspace(start, end, steps)
        if _distance(probes, points) <= limit:
            near.append(n)
    return near


def _without(
    page: Page,
    glyphs: Sequence[Glyph],
    gone: set[int],
    cut: dict[int, list[PenStroke]],
    chosen: Collection[int] = (),
) -> Page:
    strokes: list[PenStroke] = []
    now: dict[int, tuple[int, ...]] = {}  # the new indices of each old stroke
    for n, stroke in enumerate(page.strokes):
        parts = [] if n in gone else cut.get(n, [stroke])
        now[n] = tuple(range(len(strokes), len(strokes) + len(parts)))
        strokes += parts
    removed = {i for i, glyph in enumerate(glyphs) if glyph.strokes and gone >= {*glyph.strokes}}
    removed |= set(chosen)
    torn = {
        i
        for i, glyph in enumerate(glyphs)
        if i not in removed and not gone.isdisjoint(glyph.strokes)
    }
    changed = gone | cut.keys()
    corrections = []
    for correction in page.corrections:
        if changed.isdisjoint(correction.strokes):
            kept: Correction | None = correction
        else:
            kept = _rest(correction, glyphs, removed, torn)
        if kept is not None:
            moved = tuple(sorted(m for n in kept.strokes for m in now[n]))
            corrections.append(replace(kept, strokes=moved))
    return replace(page, strokes=tuple(strokes), corrections=tuple(corrections))


def _rest(
    correction: Correction, glyphs: Sequence[Glyph], removed: set[int], torn: set[int]
) -> Correction | None:
    """What a correction still says once some of its glyphs are removed, if that can be told."""
    covered = [i for i, glyph in enumerate(glyphs) if covers(correction, glyph)]
    staying = [i for i in covered if i not in removed]
    if len(covered) != len(correction.labels) or not staying or not torn.isdisjoint(covered):
        return None
    labels = [correction.labels[covered.index(i)] for i in staying]
    lefts, tops, rights, bottoms = zip(*(glyphs[i].box for i in staying), strict=True)
    box = min(lefts), min(tops), max(rights), max(bottoms)
    return replace(correction, box=box, labels=tuple(labels))


def _cut(
    stroke: PenStroke, number: int, glyphs: Sequence[Glyph], chosen: Collection[int]
) -> list[PenStroke]:
    """The parts of a stroke that belong to glyphs that stay: each point is the nearest glyph's."""
    points = stroke.stroke.points
    users = [i for i, glyph in enumerate(glyphs) if number in glyph.strokes]
    distances = np.stack([_beside(points[:, 0], glyphs[i].box) for i in users])
    stays = [users[k] not in chosen for k in distances.argmin(axis=0).tolist()]
    parts = []
    for kept, run in groupby(range(len(points)), key=stays.__getitem__):
        if kept:
            parts.append(PenStroke(Stroke.from_points(points[list(run)]), stroke.width))
    return parts


def _beside(x: NDArray[np.float32], box: Box) -> NDArray[np.float64]:
    """How far points lie beside a box; of several boxes that hold a point, the centre decides."""
    left, _, right, _ = box
    outside = np.maximum(np.maximum(left - x, x - right), 0).astype(np.float64)
    return outside + 1e-3 * np.abs(x - (left + right) / 2)


def _distance(probes: NDArray[np.float64], points: NDArray[np.float64]) -> float:
    """The smallest distance from points, (m, 2), to a polyline, (n, 2)."""
    starts = points[:-1] if len(points) > 1 else points
    spans = np.diff(points, axis=0) if len(points) > 1 else np.zeros((1, 2))
    lengths = np.maximum(np.square(spans).sum(axis=1), 1e-12)
    offsets = probes[:, None, :] - starts[None, :, :]
    t = np.clip((offsets * spans).sum(axis=2) / lengths, 0, 1)
    return float(np.hypot(*np.moveaxis(offsets - t[..., None] * spans, 2, 0)).min())
