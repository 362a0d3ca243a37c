r"""Labels of the non-digit ink sets whose glyphs a reader would take for a digit.

Decided by eye, on a sheet of sixteen of each label drawn by the runtime's rasteriser. A glyph
alone on the canvas, framed to one size, has lost what tells an o from a 0 or a comma from a 1, so
these are neither trained on as "not a digit" nor counted in the rejection figures.
"""

from __future__ import annotations

__all__ = ["LOOKALIKES"]

LOOKALIKES: frozenset[str] = frozenset(
    [
        *"oOQD",  # 0
        *"lIi|!/()",  # 1; the dot of an i or ! is often missing, or runs into the line
        "\\",
        "\\\\",  # as UNIPEN escapes it
        *".,'`",  # 1: small marks, framed to a digit's size, are a line
        *"zZ",  # 2
        "}",  # 3
        *"sS",  # 5
        *"bG",  # 6
        *"B&",  # 8
        *"qg",  # 9
    ]
)
