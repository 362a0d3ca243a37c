r"""Letters and symbols that a reader, shown the framed drawing alone, takes for a digit.

Training leaves them out of the eleventh class, for a network told that an `O` is no digit learns to
refuse zeros; the evaluation leaves them out of the rejection figures, where reading `O` as 0 is no
mistake. Framing loses size and place, so a comma is a bent bar and a full stop is whatever the pen
did in one spot.

Decided by eye on sheets of 36 to 60 random drawings a label of the UNIPEN training writers: a label
is in where a quarter or more of its drawings would be read as some digit. Just under that, and so
not in: `&` (a fifth: 8, 6), `y` (a fifth: 4, 9), `{` (a fifth: 1, 5), `>` (an eighth: 7), `i` and
`!` (a tenth, their dot is nearly always there), `$` (8, where the bar is short). Not in at all:
`Q a d e J U ? T -`, which have a tail, bar or dot that no digit has.

A backslash comes plain, or as UNIPEN escapes it: `\\`. UNIPEN's `\@` is a slanted stroke.
"""

from __future__ import annotations

import numpy as np

from inkdigit import Ink

__all__ = ["LOOKALIKES", "is_bar"]

BAR_STRAIGHTNESS = 0.9  # from end to end, over the way the pen went
BAR_STEEPNESS = 0.7  # height over the distance from end to end: within 45° of upright

LOOKALIKES_BY_DIGIT = {
    "0": ("o", "O", "D"),
    "1": ("l", "I", "|", "/", "\\", "\\\\", "\\@", "'", "`", ",", ".", "(", ")"),
    "2": ("z", "Z"),  # z with a tail is a 3
    "3": ("}",),
    "5": ("s", "S"),
    "6": ("b", "G"),  # a cursive G is a 9 or a 4
    "8": ("B",),
    "9": ("g", "q"),  # with two loops, an 8
}

LOOKALIKES: frozenset[str] = frozenset().union(*LOOKALIKES_BY_DIGIT.values())


def is_bar(ink: Ink) -> bool:
    """Whether the ink is one nearly straight, more or less upright stroke: a 1, whatever its label.

    UNIPEN's segments lose strokes: one in a hundred of the letters and symbols is a mere bar, an
    `i` without its dot or the stem of a `k`.
    """
    if len(ink) != 1:
        return False
    points = ink.strokes[0].points.astype(np.float64)
    way = float(np.sqrt(np.square(np.diff(points, axis=0)).sum(axis=1)).sum())
    across, down = (points[-1] - points[0]).tolist()
    distance = float(np.hypot(across, down))
    return distance > BAR_STRAIGHTNESS * way > 0 and abs(down) > BAR_STEEPNESS * distance
