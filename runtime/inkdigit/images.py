"""Pictures in (files, PIL images, arrays), ink maps out: (H, W) float32 in [0, 1], 1 = ink.

Dark ink on light paper or light ink on a dark canvas, colour, transparency, EXIF rotation, shadow
and uneven light are dealt with here; what comes after sees ink and nothing else.

A canvas whose border is one colour takes a short way: ink is what differs from that colour.
Anything else is a photo: the paper under the ink is estimated by a closing (the local maximum,
then the local minimum), and ink is what reflects less than its paper does.
"""

from __future__ import annotations

import importlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit.errors import (
    ImageDecodeError,
    ImageError,
    ImageTooLargeError,
    InputNotFoundError,
    InputReadError,
    InputTypeError,
)
from inkdigit.morphology import Grey, blur, box_sum, closing, opening
from inkdigit.normalize import stroke_width

__all__ = ["ImageSource", "decode_image", "to_ink_map"]

ImageSource: TypeAlias = str | os.PathLike[str] | Image.Image | NDArray[Any]

MAX_PIXELS = 80_000_000  # beyond any phone's usual picture; decoded to RGB it still fits 240 MB
MAX_FILE_BYTES = 400_000_000  # an uncompressed picture of MAX_PIXELS with alpha
MAX_SIDE_PX = 2048  # a digit a twentieth of the side high still has 100 pixels
FORMATS = "PNG, JPEG, WebP, BMP, TIFF or GIF"

# The plugin for each file's first bytes. Image.open would import five of them to try in turn, and
# warn by a global limit; the plugin's own class does neither.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "PngImagePlugin", "PngImageFile"),
    (b"\xff\xd8\xff", 0, "JpegImagePlugin", "JpegImageFile"),
    (b"WEBP", 8, "WebPImagePlugin", "WebPImageFile"),
    (b"BM", 0, "BmpImagePlugin", "BmpImageFile"),
    (b"II*\x00", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"MM\x00*", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"II+\x00", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"MM\x00+", 0, "TiffImagePlugin", "TiffImageFile"),
    (b"GIF8", 0, "GifImagePlugin", "GifImageFile"),
)
EXIF_ORIENTATION = 0x0112

FLAT_TOLERANCE = 3  # grey levels a plain canvas may waver by: JPEG's rounding
FLAT_CONTRAST = 12  # grey levels that count as ink on a plain canvas
PEAK_QUANTILE = 0.9  # this quantile of the inked pixels counts as full ink

SURVEY_PX = 200  # paper and polarity are judged on a copy of about this side
SURVEY_WINDOW = 0.4  # of the shorter side: wider than any stroke of one digit filling the picture
PAPER_CONTRAST = 0.10  # a mark must take this share of the paper's light to be ink
DARKEST_PAPER = 16  # grey level; below it the share of light is noise
STROKES_IN_WINDOW = 5  # a blot is up to so many times as wide as the mean stroke
MODE_SHARE = 0.3  # of the pixels are bare paper, at the least
MODE_SHARE_SIGMAS = 0.385  # a normal distribution has this share within so many sigma
MODE_SAMPLES = 10_000
PAPER_ROUNDS = 2
MAX_BLURS = 2  # passes of a 3 × 3 mean over a grainy picture
NOISE_SIGMAS = 5.0  # and stand out of the paper's texture by this many standard deviations


@dataclass(frozen=True, eq=False)
class _Picture:
    """Pixels as decoded: (H, W) or (H, W, 3) uint8, alpha (H, W) or None, EXIF orientation 1-8."""

    pixels: Grey
    alpha: Grey | None = None
    orientation: int = 1


def to_ink_map(source: ImageSource, *, max_side: int = MAX_SIDE_PX) -> NDArray[np.float32]:
    """Read a picture as ink.

    Args:
        source: Path of a picture; PIL image; array (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4)
            RGBA of uint8, uint16, bool or float in [0, 1]. Dark on light or light on dark.
        max_side: Pictures with a longer side, in pixels, are reduced by the smallest whole factor
            that brings it within.

    Returns:
        (H, W) float32 in [0, 1], 1 = ink; all zero for a blank picture. H and W are the picture's
        (upright, reduced as above).

    Raises:
        ImageError: If the array's shape, range or values are wrong; as ImageDecodeError where a
            file is no image or damaged, as ImageTooLargeError where it is unsafe to decode.
        InputTypeError: If the source is of another type.
        InputNotFoundError: If there is no file at the path.
        InputReadError: If the file cannot be read.
    """
    if isinstance(source, np.ndarray):
        picture = _from_array(source, max_side)
    elif isinstance(source, Image.Image):
        picture = _from_image(source, max_side)
    elif isinstance(source, (str, os.PathLike)):
        path = Path(source)
        picture = _from_image(_open(_read(path), str(path)), max_side, draft=True)
    else:
        hint = "; read bytes with decode_image" if isinstance(source, (bytes, bytearray)) else ""
        raise InputTypeError(
            f"got a {type(source).__name__}; expected the path of a picture, a PIL image,"
            f" an (H, W[, 3|4]) array, or Ink{hint}"
        )
    ink = _find_ink(picture)
    return np.ascontiguousarray(_upright(ink, picture.orientation))


def decode_image(data: bytes, name: str = "the bytes") -> Image.Image:
    """Decode the bytes of a picture file, its first frame where it has several.

    Args:
        data: A whole PNG, JPEG, WebP, BMP, TIFF or GIF file.
        name: What to call it in messages.

    Returns:
        The decoded picture, as its file holds it: an EXIF rotation is still to be applied.

    Raises:
        ImageDecodeError: If it is not an image, or damaged.
        ImageTooLargeError: If it has more pixels than are safe to decode.
    """
    image = _open(data, name)
    _load(image, name)
    return image


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as exc:
        raise InputNotFoundError(f"no file at {path}; expected the path of a picture") from exc
    except IsADirectoryError as exc:
        raise InputReadError(f"{path} is a folder; expected the path of one picture") from exc
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the path
        raise InputReadError(
            f"{str(path)!r} cannot be read ({exc}); check its permissions"
        ) from exc
    if len(data) > MAX_FILE_BYTES:
        raise ImageTooLargeError(
            f"{path} has over {MAX_FILE_BYTES:,} bytes; expected a picture: save it smaller"
        )
    return data


def _open(data: bytes, name: str) -> Image.Image:
    """Read the header only, and refuse what would be unsafe to decode."""
    if not data:
        raise ImageDecodeError(f"{name} is empty; expected a {FORMATS} picture")
    for signature, offset, module, plugin in SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            break
    else:
        raise ImageDecodeError(
            f"{name} starts with {data[:8]!r}; expected a {FORMATS} picture: save it as one of them"
        )
    try:
        reader = getattr(importlib.import_module(f"PIL.{module}"), plugin)
        image: Image.Image = reader(io.BytesIO(data))
    except Exception as exc:  # noqa: BLE001  (on damaged files Pillow raises errors of many kinds)
        raise ImageDecodeError(_damaged(name, exc)) from exc
    _check_size(image.size, name)
    return image


def _load(image: Image.Image, name: str) -> None:
    try:
        image.load()
    except Exception as exc:  # noqa: BLE001  (as in _open)
        raise ImageDecodeError(_damaged(name, exc)) from exc


def _damaged(name: str, exc: Exception) -> str:
    reason = (str(exc).strip().splitlines() or [type(exc).__name__])[0]
    return f"{name} is damaged or incomplete ({reason}); expected a whole {FORMATS} picture"


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageTooLargeError(
            f"{name} is {width:,} × {height:,} pixels; expected at most {MAX_PIXELS:,} in all:"
            " reduce it first"
        )
    if width < 1 or height < 1:
        raise ImageError(f"{name} is {width} × {height} pixels; expected at least one")


def _from_image(image: Image.Image, max_side: int, *, draft: bool = False) -> _Picture:
    name = getattr(image, "filename", "") or f"the {image.mode} image"
    _check_size(image.size, name)
    factor = _reduction(image.size, max_side)
    original = image.size
    if draft and factor > 1:
        # JPEG decodes at 1/2, 1/4 or 1/8 in a fraction of the time; others take no notice.
        image.draft(None, (original[0] // factor, original[1] // factor))
    _load(image, name)
    orientation = _orientation(image)
    try:
        return _to_picture(image, original, factor, orientation)
    except ImageError:
        raise
    except Exception as exc:  # noqa: BLE001  (palettes and modes fail late, and in many ways)
        raise ImageDecodeError(_damaged(name, exc)) from exc


def _to_picture(
    image: Image.Image, original: tuple[int, int], factor: int, orientation: int
) -> _Picture:
    mode = image.mode
    if mode in ("I", "F") or mode.startswith("I;"):
        image = Image.fromarray(_to_bytes(np.asarray(image)))
    elif image.has_transparency_data:
        image = image.convert("LA" if mode == "LA" else "RGBA")
    elif mode not in ("L", "RGB"):
        image = image.convert("L" if mode == "1" else "RGB")
    drafted = max(1, round(max(original) / max(image.size)))
    if factor > drafted:
        image = image.reduce(factor // drafted)
    if not image.mode.endswith("A"):
        return _Picture(np.asarray(image), None, orientation)
    alpha = np.asarray(image.getchannel("A"))
    opaque = image.convert("L" if image.mode == "LA" else "RGB")
    return _Picture(np.asarray(opaque), alpha, orientation)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(EXIF_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  (a damaged EXIF block leaves the picture as it lies)
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(ink: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """Turn the map as the EXIF orientation asks (EXIF 2.3, tag 0x0112)."""
    if orientation >= 5:
        ink = ink.T
    # What is left after the transposition is a flip left to right, top to bottom, or both.
    if orientation in (2, 3, 6, 7):
        ink = ink[:, ::-1]
    if orientation in (3, 4, 7, 8):
        ink = ink[::-1]
    return ink


def _reduction(size: tuple[int, int], max_side: int) -> int:
    return -(-max(size) // max_side)


def _from_array(array: NDArray[Any], max_side: int) -> _Picture:
    expected = "expected (H, W), (H, W, 3) or (H, W, 4), at least one pixel"
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))) or not array.size:
        raise ImageError(f"an array of shape {array.shape}; {expected}")
    height, width = array.shape[:2]
    _check_size((width, height), "the array")
    pixels = _array_to_bytes(np.asarray(array))
    alpha = None
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels, alpha = pixels[:, :, :3], pixels[:, :, 3]
    factor = _reduction((width, height), max_side)
    if factor > 1:
        pixels, alpha = _reduce(pixels, factor), None if alpha is None else _reduce(alpha, factor)
    return _Picture(pixels, alpha)


def _array_to_bytes(array: NDArray[Any]) -> Grey:
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint16:
        return _to_bytes(array)
    if array.dtype.kind != "f":
        raise InputTypeError(
            f"an array of dtype {array.dtype}; expected uint8, uint16, bool, or float in [0, 1]:"
            " convert it with .astype(np.uint8)"
        )
    low, high = float(array.min()), float(array.max())
    # One test catches NaN too, which no comparison holds for.
    if not (low >= 0.0 and high <= 1.0):
        raise ImageError(
            f"a {array.dtype} array from {low:.4g} to {high:.4g}; expected [0, 1]: divide by its"
            " full scale, or convert it with .astype(np.uint8)"
        )
    scaled: Grey = (array.astype(np.float32) * 255 + 0.5).astype(np.uint8)
    return scaled


def _to_bytes(values: NDArray[Any]) -> Grey:
    """Bring 10 to 16 bits, 32-bit integers or floats to 8 bits."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ImageError("the picture has pixels that are NaN or infinite; expected finite ones")
    floor = min(low, 0.0)
    top = high - floor
    if values.dtype.kind == "f" and top <= 1.0:
        full = 1.0
    else:
        # A camera's 12 bits come in words of 16: full scale is the next whole number of bits.
        full = float(max((1 << int(top).bit_length()) - 1, 255))
    scaled = (values.astype(np.float32) - np.float32(floor)) * np.float32(255 / full)
    return np.clip(scaled + np.float32(0.5), 0, 255).astype(np.uint8)


def _reduce(pixels: Grey, factor: int) -> Grey:
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).reduce(factor))


def _find_ink(picture: _Picture) -> NDArray[np.float32]:
    pixels, alpha = picture.pixels, picture.alpha
    if alpha is not None and int(alpha.min()) < 255:
        card = _card(pixels, alpha)
        if card is None:
            # Whatever its colour, what is not transparent is the drawing.
            pixels = alpha
        else:
            pixels = card
    ink = _ink_on_flat(pixels)
    return _ink_on_paper(_plane(pixels)) if ink is None else ink


def _card(pixels: Grey, alpha: Grey) -> Grey | None:
    """A picture of its own on a transparent ground, such as a card with round corners.

    Returns:
        The card with its ground filled in; None where the opaque part is the drawing itself.
    """
    seen = alpha > 127
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return None
    box = (rows[-1] + 1 - rows[0]) * (columns[-1] + 1 - columns[0])
    if np.count_nonzero(seen) < 0.8 * box:  # strokes leave most of their box open; cards do not
        return None
    shown = pixels[seen]
    ground = np.median(shown, axis=0)
    if np.mean(np.abs(shown - ground) > FLAT_CONTRAST) < 0.002:  # a filled shape of one colour
        return None
    share = (alpha / np.float32(255)).reshape(alpha.shape + (1,) * (pixels.ndim - 2))
    return np.asarray(pixels * share + ground * (1 - share), np.float32).astype(np.uint8)


def _ink_on_flat(pixels: Grey) -> NDArray[np.float32] | None:
    """Ink as the difference from the one colour of the ground, or None where it has not one."""
    ground = pixels[0, 0]
    low, high = ground.astype(np.int16) - FLAT_TOLERANCE, ground.astype(np.int16) + FLAT_TOLERANCE
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        if (edge.min(axis=0) < low).any() or (edge.max(axis=0) > high).any():
            return None
    difference = np.maximum(pixels, ground) - np.minimum(pixels, ground)
    if pixels.ndim == 3:
        # The channel that differs most: yellow on white is as much ink as black is.
        difference = np.maximum(
            np.maximum(difference[..., 0], difference[..., 1]), difference[..., 2]
        )
    counts = np.array(Image.fromarray(difference).histogram())
    if 2 * int(counts[: FLAT_TOLERANCE + 1].sum()) < difference.size:
        return None  # the border is a frame, not the ground
    counts[: FLAT_CONTRAST + 1] = 0
    ranks = np.cumsum(counts)
    if not ranks[-1]:
        return np.zeros(difference.shape, np.float32)
    peak = int(np.searchsorted(ranks, PEAK_QUANTILE * ranks[-1]))
    ink = difference.astype(np.float32)
    ink *= np.float32(1 / peak)
    return np.minimum(ink, np.float32(1), out=ink)


def _plane(pixels: Grey) -> Grey:
    """The one channel to read a photo's ink from."""
    if pixels.ndim == 2:
        return pixels
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))


def _ink_on_paper(grey: Grey) -> NDArray[np.float32]:
    """Ink as the share of the paper's light that it takes, for any light."""
    height, width = grey.shape
    factor = max(1, round((height * width) ** 0.5 / SURVEY_PX))
    survey = _reduce(grey, factor) if factor > 1 else grey
    if _is_dark_ground(survey):
        grey, survey = 255 - grey, 255 - survey
    paper = _paper(survey)
    if factor > 1:
        enlarged = Image.fromarray(paper).resize(
            (width, height), Image.Resampling.BILINEAR, box=(0, 0, width / factor, height / factor)
        )
        paper = np.asarray(enlarged)
    for blurs in range(MAX_BLURS + 1):
        taken = 1 - grey / paper
        middle, sigma = _mode(
            taken[height // 10 : height - height // 10, width // 10 : width - width // 10]
        )
        if NOISE_SIGMAS * sigma <= PAPER_CONTRAST or blurs == MAX_BLURS:
            break
        grey = blur(grey)
    if DEBUG is not None:
        DEBUG.append((blurs, sigma))
    threshold = max(PAPER_CONTRAST, NOISE_SIGMAS * sigma)
    taken -= np.float32(middle)
    strong = taken[taken > threshold]
    if len(strong) < 8:
        return np.zeros(grey.shape, np.float32)
    peak = float(np.quantile(strong, PEAK_QUANTILE))
    low = 0.4 * threshold
    return np.clip((taken - low) / (peak - low), 0, 1)


DEBUG = None


def _paper(survey: Grey) -> NDArray[np.float32]:
    """What the picture would be without the ink: (H, W) float32 in grey levels, at least 16."""
    soft = blur(survey)
    window = _odd(SURVEY_WINDOW * min(survey.shape))
    lightest = closing(soft, window)
    rows, columns = (slice(side // 10, side - side // 10) for side in survey.shape)  # no frames
    taken = 1 - soft / np.maximum(lightest, np.float32(DARKEST_PAPER))
    inked = taken > max(PAPER_CONTRAST, 0.5 * float(np.quantile(taken[rows, columns], 0.99)))
    # A window that just holds the strokes leaves less of a shadow's valley in the ink.
    width = stroke_width(inked[rows, columns].astype(np.float32))
    window = min(window, _odd(STROKES_IN_WINDOW * width + 3))
    lightest = closing(soft, window)
    # The closing follows the lightest of the paper's grain and of the light's slope; the mean of
    # what is not ink lies in their middle. The first round takes the lighter half for bare paper.
    paper, reach = np.maximum(lightest, np.float32(DARKEST_PAPER)), 0.0
    for _ in range(PAPER_ROUNDS):
        taken = 1 - soft / paper
        middle, sigma = _mode(taken)
        bare = (taken <= middle + reach * sigma).astype(np.float32)
        share = box_sum(bare, window)
        mean = box_sum(bare * soft, window) / np.maximum(share, 1)
        paper = np.where(share > 0.1 * window * window, mean, paper * np.float32(1 - middle))
        paper = np.maximum(paper, np.float32(DARKEST_PAPER))
        reach = 2.0
    return paper


def _mode(taken: NDArray[np.float32]) -> tuple[float, float]:
    """The likeliest value, and the standard deviation around it if it is normal there.

    From the shortest interval that holds a share of the values (Robertson, Cryer, "An iterative
    procedure for estimating the mode", 1974): ink and its blurred edges may be most of a picture,
    but no other narrow range of shades holds as many pixels as bare paper.
    """
    values = np.sort(taken.ravel()[:: max(1, taken.size // MODE_SAMPLES)])
    count = max(1, int(MODE_SHARE * len(values)))
    widths = values[count:] - values[: len(values) - count]
    if not len(widths):
        return 0.0, 0.0
    first = int(widths.argmin())
    middle = float(values[first] + values[first + count]) / 2
    return middle, float(widths[first]) / (2 * MODE_SHARE_SIGMAS)


def _is_dark_ground(survey: Grey) -> bool:
    """Whether light ink lies on a dark ground, by two votes from -1 (sure) to 1 (surely paper).

    Ink is narrow and paper is not: closing fills dark strokes and takes little from light ground.
    And ink is the minority: the median lies near the ground's end of the scale.
    """
    soft = blur(survey)
    window = _odd(SURVEY_WINDOW * min(survey.shape))
    rows, columns = (slice(side // 10, side - side // 10) for side in survey.shape)  # no frames
    dark = float((closing(soft, window) - soft)[rows, columns].mean())
    light = float((soft - opening(soft, window))[rows, columns].mean())
    narrowness = (light - dark) / max(light + dark, 1e-6)
    level = _level(soft[rows, columns])
    low, middle, high = (float(v) for v in np.quantile(level, [0.01, 0.5, 0.99]))
    minority = (2 * middle - low - high) / max(high - low, 1e-6)
    return narrowness + minority < 0


def _level(grey: Grey) -> NDArray[np.float32]:
    """Take out the slope of the light, so that one median holds for the whole picture."""
    level = grey.astype(np.float32)
    for axis, side in enumerate(grey.shape):
        across = np.linspace(-1, 1, side, dtype=np.float32)
        ramp = across[:, None] if axis == 0 else across
        level -= ramp * ((level * ramp).mean() / max(float((across * across).mean()), 1e-6))
    return level


def _odd(length: float) -> int:
    return max(3, int(length) | 1)
