"""Pixels in, ink map out: separates ink from background.

On a canvas whose border is one colour, ink is what differs from that colour. Anything else is
read as a photo: the paper under the ink is estimated by a closing (the local maximum, then the
local minimum) and the mean of what is not ink; ink is what reflects less. The constants were chosen
by eye on four photos, sudoku cells and drawn canvases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.components import label
from inkdigit._pixels.measure import ink_bounds, stroke_width
from inkdigit._pixels.morphology import Grey, Mask, blur, box_sum, closing, opening, reduce_picture

__all__ = ["find_ink"]

FLAT_TOLERANCE = 3  # grey levels by which a plain canvas may vary: JPEG's rounding
FLAT_CONTRAST = 12  # grey levels that count as ink on a plain canvas
FLAT_SAMPLES = 10_000
FLAT_ROWS = 40
TWO_TONES = 0.8  # of the pixels in one of two shades: drawn, not photographed
PEAK_QUANTILE = 0.9  # this quantile of the inked pixels counts as full ink

SURVEY_PX = 200  # paper and polarity are judged on a copy of about this side
SURVEY_WINDOW = 0.4  # of the shorter side: wider than any stroke of one digit filling the picture
RIM = 0.1  # of each side: what lies this near the border may be a frame
# Weights of narrowness, minority, border and corners; see _is_dark_background.
PHOTO_VOTES = (0.6, 1.0, 0.4, 0.8)  # printed frames may darken border and corners
DRAWN_VOTES = (0.2, 0.5, 1.0, 1.5)  # thick strokes may be most of the picture
CORNER = 0.08  # of the shorter side: the squares that vote as corners

# A sheet on a table, as fractions:
PANEL_SURROUND = 0.9  # of the picture's border that is table, at least
PANEL_EDGE = 0.9  # of the sheet's edge that is sheet, at least
PANEL_AREA = 0.1  # of the picture that is sheet, at least
PANEL_INSET = 0.04  # of its shorter side: the sheet's own edge is left out
FRAME_INSET_PX = 2  # the soft edge of a drawn box
FRAME_EDGE = 0.97  # of a drawn box's edge is inked

FAINT_CONTRAST = 40  # grey levels; below this in grey, another colour channel may show more
STROKES_IN_WINDOW = 5  # a blot is up to this many times as wide as the mean stroke
PAPER_CONTRAST = 0.10  # ink absorbs at least this fraction of the paper's light
NOISE_SIGMAS = 5.0  # and stands out from the paper's grain by this many standard deviations
FRINGE = 0.4  # of that threshold: where the soft edge of ink begins
DARKEST_PAPER = 64  # grey level; in less light fractions of it are mostly noise
MARK_PX = 10  # a photo that is not blank has a mark at least this long
MARK_BLUR_PX = 4  # longer for each blur, which lengthens specks of grain
MARK_FRACTION = 0.3  # of the shorter side: long enough in a tiny picture
SPARSE = 0.01  # of the pixels: grain inks no more
MAX_BLURS = 2  # passes of a 3 × 3 mean over a grainy picture
BARE_SIGMAS = 2.0  # grain of bare paper stays within this
LEAST_BARE = 0.1  # of a window: with less bare paper its mean is not used
MODE_FRACTION = 0.3  # of the pixels are bare paper, at least
MODE_SIGMAS = 0.385  # a normal distribution has that fraction within this many sigma
MODE_SAMPLES = 10_000
GRAIN_BINS = 4

Box = tuple[int, int, int, int]


def find_ink(pixels: Grey, alpha: Grey | None = None) -> NDArray[np.float32]:
    """Separate ink from background.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
        alpha: (H, W) uint8, or None where the picture is opaque.

    Returns:
        (H, W) float32 in [0, 1], 1 = ink; all zero where there is none.
    """
    if alpha is not None and int(alpha.min()) < 255:
        card = _card(pixels, alpha)
        # Whatever its colour, what is not transparent is the drawing.
        pixels = alpha if card is None else card
    return _separate(pixels, nested=False)


def _separate(pixels: Grey, *, nested: bool) -> NDArray[np.float32]:
    ink = _ink_on_flat(pixels)
    if ink is not None:
        panel = None if nested else _flat_panel(ink)
    else:
        survey, factor = _survey(pixels)
        panel = None if nested else _photo_panel(survey, factor)
    if panel is not None:
        left, top, right, bottom = panel
        inner = _separate(pixels[top:bottom, left:right], nested=True)
        if ink_bounds(inner) is not None:
            framed = np.zeros(pixels.shape[:2], np.float32)
            framed[top:bottom, left:right] = inner
            return framed
    if ink is not None:
        return ink
    grey = _plane(pixels, survey)
    tones = _two_tones(grey)
    dark = _is_dark_background(_survey(grey)[0], PHOTO_VOTES if tones is None else DRAWN_VOTES)
    if dark:
        grey = ~grey
    if tones is None:
        return _ink_on_paper(grey)
    low, high = (255 - tones[1], 255 - tones[0]) if dark else tones
    return _clipped((np.float32(high) - grey) / np.float32(high - low))


def _card(pixels: Grey, alpha: Grey) -> Grey | None:
    """A picture on a transparent background, such as a card with round corners.

    Returns:
        The card with its background filled in; None where the opaque part is the drawing itself.
    """
    seen = alpha > 127
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return None
    box = (rows[-1] + 1 - rows[0]) * (columns[-1] + 1 - columns[0])
    if np.count_nonzero(seen) < 0.8 * box:  # strokes leave most of their box open; cards do not
        return None
    shown = pixels[seen]
    background = np.median(shown, axis=0)
    if np.mean(np.abs(shown - background) > FLAT_CONTRAST) < 0.002:  # a filled shape of one colour
        return None
    opacity = (alpha / np.float32(255)).reshape(alpha.shape + (1,) * (pixels.ndim - 2))
    return np.asarray(pixels * opacity + background * (1 - opacity), np.float32).astype(np.uint8)


def _ink_on_flat(pixels: Grey) -> NDArray[np.float32] | None:
    """Ink as the difference from the background's one colour; None where it has several."""
    background = pixels[0, 0]
    edges = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    level = background.astype(np.int16)
    low, high = level - FLAT_TOLERANCE, level + FLAT_TOLERANCE
    if any((edge.min(axis=0) < low).any() or (edge.max(axis=0) > high).any() for edge in edges):
        return None
    difference = _difference(pixels, background)
    if 2 * np.count_nonzero(difference <= FLAT_TOLERANCE) < difference.size:
        return None  # the border is a frame, not the background
    # A tenth of the rows of an ordinary canvas is enough to find how dark its ink is.
    step = max(1, min(difference.size // FLAT_SAMPLES, len(difference) // FLAT_ROWS))
    for sample in (difference[::step], difference):
        inked = sample[sample > FLAT_CONTRAST]
        if len(inked):
            rank = int(PEAK_QUANTILE * (len(inked) - 1))
            peak = int(np.partition(inked, rank)[rank])
            ink = difference.astype(np.float32)
            ink /= np.float32(peak)
            return _clipped(ink)
    return np.zeros(difference.shape, np.float32)


def _difference(pixels: Grey, background: Grey) -> Grey:
    """(H, W) distance from the background's colour, in the channel where it is greatest.

    Yellow on white is as much ink as black is.
    """
    if not background.any():  # black and white canvases cost nothing
        difference = pixels
    elif background.min() == 255:
        difference = ~pixels
    else:
        difference = np.maximum(pixels, background) - np.minimum(pixels, background)
    if difference.ndim == 2:
        return difference
    red, green, blue = (difference[..., channel] for channel in range(3))
    return np.maximum(np.maximum(red, green), blue)


def _flat_panel(ink: NDArray[np.float32]) -> Box | None:
    """The inside of a box that is inked all around: a drawn frame, or a canvas on a page."""
    bounds = ink_bounds(ink)
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    inked = ink[top:bottom, left:right]
    for side in (inked[0], inked[-1], inked[:, 0], inked[:, -1]):
        if float((side > 0.5).mean()) < FRAME_EDGE:
            return None
    # A frame is thin; a filled canvas is inked further in.
    shorter = min(inked.shape)
    inside = inked[shorter // 5 : -(shorter // 5) or None] <= 0.5
    depths = inside.argmax(axis=1)[inside.any(axis=1)]
    depth = int(depths.max()) if len(depths) else 0
    inset = FRAME_INSET_PX + (depth if depth < RIM * shorter else 0)
    if 2 * inset + FRAME_INSET_PX > shorter:
        return None
    return left + inset, top + inset, right - inset, bottom - inset


def _photo_panel(survey: Grey, factor: int) -> Box | None:
    """The sheet of paper, or the dark board, on a background of the opposite shade."""
    grey = survey if survey.ndim == 2 else _luminance(survey)
    low, high = (float(v) for v in np.quantile(grey, [0.02, 0.98]))
    if high - low < FAINT_CONTRAST:
        return None
    light = grey > (low + high) / 2
    border = float(np.mean(np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])))
    if border > PANEL_SURROUND:
        sheet = ~light
    elif border < 1 - PANEL_SURROUND:
        sheet = light
    else:
        return None
    sheet = opening(sheet.view(np.uint8), 3).view(np.bool_)
    bounds = ink_bounds(sheet.astype(np.float32))
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    inset = max(2, round(PANEL_INSET * min(right - left, bottom - top)))
    inner = sheet[top + inset : bottom - inset, left + inset : right - inset]
    if inner.size < PANEL_AREA * sheet.size or min(inner.shape) < 8:
        return None
    edge = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
    if float(edge.mean()) < PANEL_EDGE or inner.all():
        return None
    left, top, right, bottom = left + inset, top + inset, right - inset, bottom - inset
    return factor * left, factor * top, factor * right, factor * bottom


def _two_tones(grey: Grey) -> tuple[int, int] | None:
    """The dark and the light shade of a drawing; None for a photo, which has many of each."""
    counts = np.array(Image.fromarray(grey).histogram())
    first = int(counts.argmax())
    rest = counts.copy()
    rest[max(first - FLAT_CONTRAST, 0) : first + FLAT_CONTRAST + 1] = 0
    second = int(rest.argmax())
    if not rest[second] or counts[first] + rest[second] < TWO_TONES * grey.size:
        return None
    return min(first, second), max(first, second)


def _ink_on_paper(grey: Grey) -> NDArray[np.float32]:
    """Ink as the fraction of the paper's light that it absorbs, in any light.

    Args:
        grey: (H, W) uint8, dark on light.

    Returns:
        (H, W) float32 in [0, 1].
    """
    survey, factor = _survey(grey)
    small_paper = _paper(survey)
    paper = _enlarge(small_paper, grey.shape, factor)
    for blurs in range(MAX_BLURS + 1):
        taken: NDArray[np.float32] = (paper - grey) / np.maximum(paper, np.float32(DARKEST_PAPER))
        small_needed = _needed_contrast(taken, paper, small_paper)
        if blurs == MAX_BLURS or float(np.quantile(small_needed, 0.8)) <= 1.2 * PAPER_CONTRAST:
            break
        grey = blur(grey)
    needed = _enlarge(small_needed, grey.shape, factor)
    inked = taken > needed
    if not _has_marks(inked, MARK_PX + MARK_BLUR_PX * blurs):
        return np.zeros(grey.shape, np.float32)
    peak = float(np.quantile(taken[inked], PEAK_QUANTILE))
    low = FRINGE * needed
    taken -= low
    taken /= np.maximum(peak - low, PAPER_CONTRAST / 2)
    return _clipped(taken)


def _enlarge(
    small: NDArray[np.float32], shape: tuple[int, ...], factor: int
) -> NDArray[np.float32]:
    """Bring what was measured on the survey to the picture's size."""
    if factor < 2:
        return small
    height, width = shape
    box = (0, 0, width / factor, height / factor)
    size = (width, height)
    return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BILINEAR, box=box))


def _has_marks(inked: Mask, length: int) -> bool:
    """Whether any mark is longer than a speck of grain."""
    if np.count_nonzero(inked) > SPARSE * inked.size:
        return True
    boxes = label(inked).boxes
    if not len(boxes):
        return False
    longest = int((boxes[:, 2:] - boxes[:, :2]).max())
    return bool(longest >= min(length, MARK_FRACTION * min(inked.shape)))


def _needed_contrast(
    taken: NDArray[np.float32], paper: NDArray[np.float32], small_paper: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The fraction of the paper's light that a mark must absorb to stand out from the grain.

    Grain depends on the light (a camera's noise weighs more in the dark, and overexposed paper has
    none), so it is measured separately for darker and lighter paper.
    """
    inner = _inner(taken.shape)
    step = max(1, int((taken.size / (GRAIN_BINS * MODE_SAMPLES)) ** 0.5))
    samples, light = (plane[inner][::step, ::step].ravel() for plane in (taken, paper))
    order = np.argsort(light)
    levels, offsets, grains = [], [], []
    for chosen in np.array_split(order, GRAIN_BINS):
        if len(chosen):
            middle, sigma = _mode(samples[chosen])
            levels.append(float(light[chosen].mean()))
            offsets.append(middle)
            grains.append(sigma * max(levels[-1], DARKEST_PAPER))
    grain = np.interp(small_paper, levels, grains) / np.maximum(small_paper, DARKEST_PAPER)
    offset = np.interp(small_paper, levels, offsets)
    return (offset + np.maximum(PAPER_CONTRAST, NOISE_SIGMAS * grain)).astype(np.float32)


def _paper(survey: Grey) -> NDArray[np.float32]:
    """The picture without its ink: (H, W) float32 in grey levels, at least 1."""
    floor = np.float32(DARKEST_PAPER)
    soft = blur(survey)
    window = _odd(SURVEY_WINDOW * min(survey.shape))
    inner = _inner(survey.shape)
    reach = window // 2
    # Repeating the border keeps the light's slope and a shadow's corner there out of the ink.
    lightest = closing(np.pad(soft, reach, mode="edge"), window)[reach:-reach, reach:-reach]
    taken = ((lightest - soft) / np.maximum(lightest, floor))[inner]
    inked = taken > max(PAPER_CONTRAST, 0.5 * float(np.quantile(taken, 0.99)))
    # A window that just holds the strokes leaves less of a shadow's valley in the ink.
    width = stroke_width(inked.astype(np.float32))
    window = min(window, _odd(STROKES_IN_WINDOW * width + 3))
    # The closing follows the light's slopes and edges, but rides on the lightest of the grain. The
    # mean of what is not ink lies in the middle; the first round takes the lighter half for bare.
    paper = np.maximum(closing(soft, window), np.float32(1))
    for sigmas in (0.0, BARE_SIGMAS):
        kept: NDArray[np.float32] = soft / paper
        middle, sigma = _mode(1 - kept.ravel())
        bare = (kept >= 1 - middle - sigmas * sigma).astype(np.float32)
        count = box_sum(bare, window)
        mean = box_sum(bare * kept, window) / np.maximum(count, 1)
        known = count > LEAST_BARE * window * window
        paper = np.maximum(paper * np.where(known, mean, np.float32(1 - middle)), np.float32(1))
    return np.asarray(paper, np.float32)


def _mode(taken: NDArray[np.float32]) -> tuple[float, float]:
    """The likeliest value, and the standard deviation around it if it is normal there.

    From the shortest interval that holds a fraction of the values (Robertson, Cryer, "An iterative
    procedure for estimating the mode", 1974): ink and its blurred edges may be most of a picture,
    but no other narrow range of shades holds as many pixels as bare paper.
    """
    values = np.sort(taken[:: max(1, taken.size // MODE_SAMPLES)])
    # Ink is even too, and may be more than half: paper is to be found among the lighter shades.
    lighter = max(float(values[int(0.98 * len(values))]) / 2, PAPER_CONTRAST)
    values = values[: max(1, int(np.searchsorted(values, lighter)))]
    count = int(MODE_FRACTION * len(values))
    if not count:
        return float(values[len(values) // 2]), 0.0
    widths = values[count:] - values[:-count]
    first = int(widths.argmin())
    middle = float(values[first] + values[first + count]) / 2
    return middle, float(widths[first]) / (2 * MODE_SIGMAS)


def _is_dark_background(survey: Grey, weights: tuple[float, ...]) -> bool:
    """Whether light ink lies on a dark background, by four votes from -1 to 1 (surely not).

    Ink is narrow: a closing fills dark strokes and changes a light background little. Ink is the
    minority: the median lies near the background's end of the scale. Border and corners are mostly
    background, even in a picture that is cut to the digit's size.
    """
    soft = blur(survey)
    window = _odd(SURVEY_WINDOW * min(survey.shape))
    inner = _inner(survey.shape)
    dark = float((closing(soft, window) - soft)[inner].mean())
    light = float((soft - opening(soft, window))[inner].mean())
    narrowness = (light - dark) / max(light + dark, 1e-6)

    def vote(values: NDArray[np.float32]) -> NDArray[np.float32]:
        spread = max(high - low, 1e-6)
        return np.asarray(np.clip((2 * values - low - high) / spread, -1, 1), np.float32)

    level = _level(soft[inner])
    low, middle, high = (float(v) for v in np.quantile(level, [0.01, 0.5, 0.99]))
    minority = float(vote(np.float32(middle)))

    level = _level(soft)
    low, high = (float(v) for v in np.quantile(level, [0.01, 0.99]))
    edges = (level[0], level[-1], level[:, 0], level[:, -1])
    border = float(vote(np.concatenate(edges)).mean())
    side = max(1, int(CORNER * min(level.shape)))
    ends = (slice(0, side), slice(-side, None))
    shades = [np.median(level[rows, columns]) for rows in ends for columns in ends]
    corners = float(vote(np.array(shades, np.float32)).mean())
    votes = (narrowness, minority, border, corners)
    return sum(weight * cast for weight, cast in zip(weights, votes, strict=True)) < 0


def _level(grey: Grey) -> NDArray[np.float32]:
    """Remove the slope of the light, so that one median holds for the whole picture."""
    level = grey.astype(np.float32)
    for axis, side in enumerate(grey.shape):
        across = np.linspace(-1, 1, side, dtype=np.float32)
        ramp = across[:, None] if axis == 0 else across
        level -= ramp * ((level * ramp).mean() / max(float((across * across).mean()), 1e-6))
    return level


def _survey(pixels: Grey) -> tuple[Grey, int]:
    """A reduced copy, and the factor."""
    height, width = pixels.shape[:2]
    factor = max(1, round((height * width) ** 0.5 / SURVEY_PX))
    return reduce_picture(pixels, factor), factor


def _plane(pixels: Grey, survey: Grey) -> Grey:
    """The channel to read a photo's ink from: grey, unless a colour shows far more."""
    if pixels.ndim == 2:
        return pixels
    shades = [_luminance(survey), *(survey[..., channel] for channel in range(3))]
    contrast = _contrast(shades[0])
    if contrast < FAINT_CONTRAST:
        contrasts = [_contrast(np.ascontiguousarray(shade)) for shade in shades[1:]]
        if max(contrasts) > 1.5 * contrast:
            return np.ascontiguousarray(pixels[..., int(np.argmax(contrasts))])
    return _luminance(pixels)


def _contrast(shade: Grey) -> float:
    """Grey levels between the marks and what is around them, dark or light."""
    soft = blur(shade)
    window = _odd(SURVEY_WINDOW * min(shade.shape))
    inner = _inner(shade.shape)
    marks = (closing(soft, window) - soft, soft - opening(soft, window))
    return max(float(np.quantile(mark[inner], 0.98)) for mark in marks)


def _luminance(pixels: Grey) -> Grey:
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))


def _inner(shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The middle of a picture, where frames do not reach."""
    rows, columns = (slice(int(RIM * side), side - int(RIM * side)) for side in shape[:2])
    return rows, columns


def _clipped(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.clip(ink, 0, 1, out=ink), np.float32)


def _odd(length: float) -> int:
    return max(3, int(length) | 1)
