"""Where the ink of a picture is: without paper, print, rules, frames and a digit's neighbours.

A network finds it. Only a drawing on a canvas of one colour needs none: there what differs from
that colour is the ink, exactly. `python -m inkdigit_train sensitivity` shows what each constant is
worth; they were chosen on made pages of writers held out from training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inkdigit._picture.flat import ink_on_flat
from inkdigit._picture.look import ANY, MEANT, RULES, Area, Network, look, network_size, scaled
from inkdigit._picture.missed import with_missed
from inkdigit._picture.shades import shades_of
from inkdigit._picture.sight import HEIGHTS, Sight
from inkdigit._picture.strays import without_strays
from inkdigit._pixels.components import Components, label
from inkdigit._pixels.measure import INK_LEVEL, ink_bounds
from inkdigit._pixels.morphology import Grey
from inkdigit._pixels.transform import IDENTITY, Transform

__all__ = [
    "FINEST",
    "GLYPH_PX",
    "Found",
    "Seen",
    "find_digit",
    "find_ink",
    "find_marks",
    "find_table",
    "sights",
]

DIGIT_PX = 64  # longer side at which a picture of one digit is seen, as in training
CLOSER = 0.7  # of the picture's longer side: a digit smaller than this is looked at once more
MARGIN = 0.25  # of the digit's longer side, around it in the second look

# A page is looked at from afar first: the square root of its area in pixels then. Each look costs
# four times the one before.
LEVELS = (48.0, 96.0, 192.0, 384.0, 768.0)
ENOUGH = 384.0  # the finest look, unless the marks are smaller than seen well
GLYPH_PX = 32  # the height at which digits are read best: the middle of what the network trains on
NEAR = (0.75, 1.35)  # of that height: between these, a page is not looked at again
# The odds of ink are multiplied by this: handwriting is more common in use than on the made pages,
# many of which show print so that the network learns it. Of 1, 2, 2.7, 4 and 6, made pages are read
# best with 2.
ODDS = np.float32(2.0)
TABLE_PX = 400.0  # square root of the area in pixels at which a table is seen at least
TABLE_LOOKS = 3  # at a table after the first
CONFIRMING = 1.6  # times nearer, to see whether marks are single digits:
SAME_HEIGHT = 0.8  # they are if they keep at least this fraction of their height
MAX_PIXELS = 1_200_000  # that the network is shown at once: 0.3 s
FINEST = MAX_PIXELS**0.5

SIMPLE_MARKS = 20  # a drawing on a plain canvas has this many marks at most,
SIMPLE_ASPECT = 2.5  # none is wider than this for its height: a rule, a frame, a comb;
DASH = 1.2  # but a minus may be, if it is no wider than this for the height of the largest mark
# Ink may touch the border only where a drawing was cut to its ink. Then it has at most this much
# room on every side,
ROOM_PX = 1
# and no mark at the border is thinner than this, as a fraction of the picture's shorter side.
# Pieces of a frame are thinner: 0.03 at most in cells of other people; 0 to 0.08 read as many drawn
# numbers.
THIN = 0.05
# A mark within the box of another lies inside it if it has at least this fraction of the other's
# height: a point beside a slanted 7 is lower.
HOLDS = 0.3
BOX_SIDE = 0.8  # a drawn box covers this fraction of each of its four sides; a square zero, half


@dataclass(frozen=True, eq=False)
class Found:
    """An ink map, and how it lies on the picture.

    Attributes:
        ink: (H, W) float32 in [0, 1], 1 = ink; all zero where there is none.
        to_picture: From pixels of the map to pixels of the picture.
        exact: Whether the picture is a plain canvas and this is all of its ink: there is nothing
            else to separate from it.
        rules: (h, w) float32 in [0, 1], how likely a rule runs through each part of the picture;
            None where it was not looked for.
        shades: (h, w, 1) or (h, w, 3) float32, how far the colour of each part of the picture is
            from the background's around it; None where it was not looked for.
        size: Height and width of the picture in pixels.
        plain: Whether the picture is a canvas of one colour. What is on it may have been drawn by
            a program, and be as even as print.
    """

    ink: NDArray[np.float32]
    to_picture: Transform
    exact: bool = False
    rules: NDArray[np.float32] | None = None
    shades: NDArray[np.float32] | None = None
    size: tuple[int, int] = (1, 1)
    plain: bool = False

    def ruled_from(
        self, to_picture: Transform
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]] | None:
        """How likely a rule runs through points (n, 2), (n,) in [0, 1].

        Args:
            to_picture: From where the points lie to the picture.

        Returns:
            The function; None on a plain canvas, where all there is was drawn.
        """
        return None if self.exact else lambda points: self.ruled(to_picture.points(points))

    def shades_from(
        self, to_picture: Transform
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        """How far the colour of points (n, 2) is from the background's, (n, 3); as `ruled_from`."""
        return lambda points: self.shaded(to_picture.points(points))

    def ruled(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely a rule runs through points (n, 2) of the picture, (n,) in [0, 1]."""
        if self.rules is None:
            return np.zeros(len(points))
        return self._at(self.rules[..., None], points)[:, 0]

    def shaded(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far the colour of points (n, 2) of the picture is from the background's, (n, 3)."""
        shades = np.zeros((1, 1, 1), np.float32) if self.shades is None else self.shades
        return np.broadcast_to(self._at(shades, points), (len(points), 3))

    def _at(self, values: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, k) of a map (h, w, k) at points (n, 2) of the picture; 0 beside it."""
        high, wide = values.shape[:2]
        x = np.floor(points[:, 0] * (wide / self.size[1])).astype(int)
        y = np.floor(points[:, 1] * (high / self.size[0])).astype(int)
        inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
        found = values[np.clip(y, 0, high - 1), np.clip(x, 0, wide - 1)]
        return np.where(inside[:, None], found.astype(np.float64), 0.0)


def find_digit(pixels: Grey, network: Network, *, by_network: bool = False) -> Found:
    """The ink of the one digit that a picture shows; pieces of its neighbours may be left.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
        by_network: As for `find_ink`.

    Returns:
        The ink, on a map of the picture or of the part around the digit.
    """
    flat = None if by_network else ink_on_flat(pixels)
    if flat is not None:
        marks = label(flat >= INK_LEVEL)
        if len(marks) <= 1 and not _has_box(marks) and _is_cut(marks, flat.shape):
            return Found(flat, IDENTITY, exact=True)
    height, width = pixels.shape[:2]
    whole = (0.0, 0.0, float(width), float(height))
    found = look(network, pixels, whole, network_size(height, width, DIGIT_PX))[MEANT]
    area = _around(found, whole)
    if area is None or max(area[2] - area[0], area[3] - area[1]) >= CLOSER * max(height, width):
        return _on_picture(found, whole)
    tall, wide = area[3] - area[1], area[2] - area[0]
    closer = look(network, pixels, area, network_size(tall, wide, DIGIT_PX))[MEANT]
    if closer.max() < INK_LEVEL:
        return _on_picture(found, whole)
    return _on_picture(closer, area)


def find_ink(
    pixels: Grey, network: Network, finest: float = FINEST, *, by_network: bool = False
) -> Found:
    """The ink of all digits, signs and letters that a hand wrote on a picture.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
        finest: Square root of the area in pixels at which the picture is looked at, at most: less
            where digits are known to be large for it.
        by_network: Whether the network is asked of a plain canvas, too: what is on it may be a
            sheet or a grid with digits on it, which a scanner or a threshold made black and white.

    Returns:
        The ink, at the picture's scale or at one at which its digits are about `GLYPH_PX` high.
    """
    flat = ink_on_flat(pixels)
    if flat is not None:
        marks = label(flat >= INK_LEVEL)
        if not by_network and _is_simple(marks) and _is_cut(marks, flat.shape):
            return Found(flat, IDENTITY, exact=True)
    height, width = pixels.shape[:2]
    whole = (0.0, 0.0, float(width), float(height))
    seen = find_marks(pixels, network, finest)
    if seen is None:
        return _on_picture(np.zeros((1, 1), np.float32), whole)
    ink = without_strays(seen.ink, seen.rules, seen.pixels)
    found = _on_picture(ink, whole)
    shades = shades_of(ink, seen.pixels, _window(seen.usual))
    return replace(
        found, rules=seen.rules, shades=shades, size=(height, width), plain=flat is not None
    )


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture as the network saw it best.

    Attributes:
        ink: (H, W) float32 in [0, 1].
        rules: (H, W) float32 in [0, 1], how likely a rule runs there.
        pixels: (H, W) or (H, W, 3) uint8, the picture at this size.
        usual: Height of a usual digit, in pixels of the map.
    """

    ink: NDArray[np.float32]
    rules: NDArray[np.float32]
    pixels: Grey
    usual: float


def find_marks(pixels: Grey, network: Network, finest: float = FINEST) -> Seen | None:
    """What the network takes for ink on a picture, seen so that digits are about `GLYPH_PX` high.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
        finest: As for `find_ink`.

    Returns:
        What it sees, with the marks that it missed; None where there are no marks.
    """
    height, width = pixels.shape[:2]
    whole = (0.0, 0.0, float(width), float(height))
    most = finest / (height * width) ** 0.5
    nothing = np.zeros((1, 1), np.float32)
    best = Sight(nothing, nothing, 1.0)
    for sight in sights(pixels, network, finest):
        if sight.quality > best.quality:
            best = sight
    if not best.usual:
        return None
    ink, rules, usual = best.ink, best.rules, best.usual
    wanted = min(best.scale * GLYPH_PX / usual, most)
    if not NEAR[0] <= wanted / best.scale <= NEAR[1]:
        closer = Sight.of(*_page_at(pixels, network, wanted), wanted)
        if closer.quality >= best.quality:
            ink, rules, usual = closer.ink, closer.rules, usual * wanted / best.scale
    shown = scaled(pixels, whole, (ink.shape[0], ink.shape[1]))
    return Seen(with_missed(ink, rules, shown, usual), rules, shown, usual)


def find_table(pixels: Grey, network: Network) -> Found:
    """The ink and the rules of a table that fills a picture, level and upright.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.

    Returns:
        The ink, at a scale at which its digits are about `GLYPH_PX` high, and the rules, which are
        there even where nothing is written.
    """
    height, width = pixels.shape[:2]
    whole = (0.0, 0.0, float(width), float(height))
    side = (height * width) ** 0.5
    most = FINEST / side
    scale = min(ENOUGH / side, most)
    sight = Sight.of(*_page_at(pixels, network, scale), scale)
    # Seen too coarsely, digits run together into marks twice as high: look again, nearer, until the
    # marks are as high as they were expected to be.
    confirmed = False
    for _ in range(TABLE_LOOKS):
        # The digits of a table are far smaller than the picture.
        usual = sight.height
        wanted = most if usual == 0 else min(sight.scale * GLYPH_PX / usual, most)
        wanted = max(wanted, TABLE_PX / side)
        if NEAR[0] <= wanted / sight.scale <= NEAR[1]:
            too_large = usual * CONFIRMING > HEIGHTS[1]  # nearer, to be seen well
            if confirmed or too_large or sight.scale == most:
                break
            nearer = min(sight.scale * CONFIRMING, most)
            closer = Sight.of(*_page_at(pixels, network, nearer), nearer)
            if closer.height * sight.scale >= SAME_HEIGHT * usual * nearer:
                break
            sight = closer
        else:
            sight = Sight.of(*_page_at(pixels, network, wanted), wanted)
        confirmed = True
    ink, rules = sight.ink, sight.rules
    shown = scaled(pixels, whole, (ink.shape[0], ink.shape[1]))
    shades = shades_of(ink, shown, _window(sight.height))
    return replace(_on_picture(ink, whole), rules=rules, shades=shades, size=(height, width))


def _window(usual: float) -> int:
    """Side in pixels of the square whose background is compared with a digit of usual height."""
    return 2 * int(usual) + 1


def sights(pixels: Grey, network: Network, finest: float = FINEST) -> Iterator[Sight]:
    """A page seen from afar, then nearer, until its marks are too large or large enough.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        network: The ink network.
        finest: As for `find_ink`.
    """
    side = (pixels.shape[0] * pixels.shape[1]) ** 0.5
    most = finest / side
    fills = seen_well = False
    for level in LEVELS:
        scale = min(level / side, most)
        sight = Sight.of(*_page_at(pixels, network, scale), scale)
        yield sight
        seen_well |= sight.features is not None
        if level == LEVELS[0] and not seen_well and sight.usual > HEIGHTS[1]:
            # Either a digit or two fill the picture, or digits were seen as one blot.
            fills = True
            afar = scale * GLYPH_PX / sight.usual
            yield Sight.of(*_page_at(pixels, network, afar), afar)
        if scale == most or (seen_well and sight.usual > HEIGHTS[1]):
            return
        if fills and not sight.usual:
            return
        if level >= ENOUGH and sight.usual >= HEIGHTS[0]:
            return


def _page_at(
    pixels: Grey, network: Network, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The page's ink and its rules, seen at a scale."""
    height, width = pixels.shape[:2]
    size = network_size(height, width, max(height, width) * scale)
    whole = (0.0, 0.0, float(width), float(height))
    found = look(network, pixels, whole, size)
    ink = found[ANY]
    likelier: NDArray[np.float32] = ink * ODDS / (1 + (ODDS - 1) * ink)
    return likelier, found[RULES]


def _is_simple(marks: Components) -> bool:
    """Whether a plain canvas's marks may all be digits: few, no rules, no boxes, none nested."""
    if len(marks) > SIMPLE_MARKS:
        return False
    left, top, right, bottom = marks.boxes.T
    width, height = right - left, bottom - top
    long = width > DASH * height.max(initial=0)
    if (long & (width > SIMPLE_ASPECT * np.maximum(height, 1))).any():
        return False
    inside = (
        (left[:, None] < left[None])
        & (top[:, None] < top[None])
        & (right[:, None] > right[None])
        & (bottom[:, None] > bottom[None])
        & (height[None] > HOLDS * height[:, None])
    )
    return not inside.any() and not _has_box(marks)


def _is_cut(marks: Components, size: tuple[int, ...]) -> bool:
    """Whether marks at the border are there because the picture was cut to its ink, if any are."""
    room = marks.boxes * (1, 1, -1, -1) + (0, 0, size[1], size[0])  # at each side of each mark
    touching = room <= ROOM_PX
    if not touching.any():
        return True
    wide, tall = marks.boxes[:, 2] - marks.boxes[:, 0], marks.boxes[:, 3] - marks.boxes[:, 1]
    across = np.stack([wide, tall, wide, tall], axis=1)
    return bool(touching.any(axis=0).all() and not (touching & (across < THIN * min(size))).any())


def _has_box(marks: Components) -> bool:
    """Whether one of the marks is a drawn box, with or without a digit joined to it."""
    of_pixel = marks.label_map()
    for index, (left, top, right, bottom) in enumerate(marks.boxes.tolist()):
        part = of_pixel[top:bottom, left:right] == index
        sides = (part[0], part[-1], part[:, 0], part[:, -1])
        # A box is empty somewhere; a bar is not, and has all four sides, too.
        if not part.all() and all(float(side.mean()) >= BOX_SIDE for side in sides):
            return True
    return False


def _around(found: NDArray[np.float32], whole: Area) -> Area | None:
    """The part of the picture with the ink that was found on it, and a margin."""
    bounds = ink_bounds(found)
    if bounds is None:
        return None
    width, height = whole[2], whole[3]
    across, down = width / found.shape[1], height / found.shape[0]
    left, right = bounds[0] * across, bounds[2] * across
    top, bottom = bounds[1] * down, bounds[3] * down
    margin = MARGIN * max(right - left, bottom - top)
    return (
        max(left - margin, 0.0),
        max(top - margin, 0.0),
        min(right + margin, width),
        min(bottom + margin, height),
    )


def _on_picture(found: NDArray[np.float32], area: Area) -> Found:
    """The map with square pixels, which the network's sizes, multiples of 16, are not."""
    left, top, right, bottom = area
    tall, wide = bottom - top, right - left
    scale = max(found.shape[0] / tall, found.shape[1] / wide)
    size = (max(1, round(tall * scale)), max(1, round(wide * scale)))
    ink = np.ascontiguousarray(found)
    if size != found.shape:
        ink = scaled(ink, (0, 0, found.shape[1], found.shape[0]), size)
    across, down = wide / size[1], tall / size[0]
    return Found(ink, Transform((across, 0.0, left, 0.0, down, top, 0.0, 0.0, 1.0)))
