"""The app's icons as polylines on a grid of 24 × 24, y down."""

from __future__ import annotations

import math
from typing import TypeAlias

__all__ = ["GRID", "ICONS", "Path"]

Path: TypeAlias = list[tuple[float, float]]

GRID = 24


def _arc(x: float, y: float, radius: float, start: float, end: float) -> Path:
    """From one angle to another, in degrees clockwise from three o'clock."""
    steps = max(2, round(abs(end - start) / 15) + 1)
    angles = [math.radians(start + (end - start) * i / (steps - 1)) for i in range(steps)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def _box(left: float, top: float, right: float, bottom: float) -> Path:
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


_UNDO: list[Path] = [
    [(8, 5), (4, 9), (8, 13)],
    [(4, 9), (14.5, 9), *_arc(14.5, 14, 5, -90, 90), (10, 19)],
]

ICONS: dict[str, list[Path]] = {
    "undo": _UNDO,
    "redo": [[(GRID - x, y) for x, y in path] for path in _UNDO],
    "pen": [[(4, 20), (5.5, 14.5), (16, 4), (20, 8), (9.5, 18.5), (4, 20)], [(13, 7), (17, 11)]],
    "eraser": [
        [(9, 20), (4.5, 15.5), (14.5, 5.5), (20, 11), (11, 20), (9, 20)],
        [(9.5, 10.5), (15, 16)],
        [(9, 20), (20, 20)],
    ],
    "close": [[(6, 6), (18, 18)], [(18, 6), (6, 18)]],
    "history": [
        [(3.5, 5.5), (3.5, 9.5), (7.5, 9.5)],
        _arc(12, 12, 8.5, 197, 510),
        [(12, 7.5), (12, 12), (15.5, 14)],
    ],
    "picture": [
        _box(3.5, 4.5, 20.5, 19.5),
        _arc(8.5, 9.5, 1.5, 0, 360),
        [(4, 17.5), (9, 13), (12, 15.5), (16, 11), (20.5, 15.5)],
    ],
    "settings": [
        [(3, 7), (13, 7)],
        _arc(15.5, 7, 2.5, 0, 360),
        [(18, 7), (21, 7)],
        [(3, 17), (6, 17)],
        _arc(8.5, 17, 2.5, 0, 360),
        [(11, 17), (21, 17)],
    ],
    "copy": [_box(8.5, 8.5, 20, 20), [(5.5, 15.5), (4, 15.5), (4, 4), (15.5, 4), (15.5, 5.5)]],
    "back": [[(11, 5), (4, 12), (11, 19)], [(4, 12), (20, 12)]],
    "delete": [
        [(4, 6.5), (20, 6.5)],
        [(9, 6.5), (9, 3.5), (15, 3.5), (15, 6.5)],
        [(6, 6.5), (7, 20.5), (17, 20.5), (18, 6.5)],
        [(10.2, 10.5), (10.5, 16.5)],
        [(13.8, 10.5), (13.5, 16.5)],
    ],
    "export": [
        [(12, 15), (12, 3.5)],
        [(7.5, 8), (12, 3.5), (16.5, 8)],
        [(4, 14), (4, 20), (20, 20), (20, 14)],
    ],
    "import": [
        [(12, 3.5), (12, 15)],
        [(7.5, 10.5), (12, 15), (16.5, 10.5)],
        [(4, 14), (4, 20), (20, 20), (20, 14)],
    ],
    "forward": [[(9, 5), (16, 12), (9, 19)]],
    "search": [_arc(10.5, 10.5, 6.5, 0, 360), [(15.5, 15.5), (20.5, 20.5)]],
    "tick": [[(5, 12.5), (10, 17.5), (19.5, 7)]],
    "folder": [[(3.5, 19), (3.5, 5), (9, 5), (11.5, 8), (20.5, 8), (20.5, 19), (3.5, 19)]],
    "up": [[(5, 11), (12, 4), (19, 11)], [(12, 4), (12, 20)]],
    "home": [[(3.5, 11.5), (12, 4), (20.5, 11.5)], [(6, 10), (6, 20), (18, 20), (18, 10)]],
    "minus": [[(5, 12), (19, 12)]],
    "plus": [[(5, 12), (19, 12)], [(12, 5), (12, 19)]],
}
