"""Print: words, headings, numbers of a form, small print, in fonts that packages bring."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

__all__ = ["any_font", "draw_text", "words"]

Floats = NDArray[np.float32]

# Forms are set in many fonts: a network that has seen few of them takes others for handwriting.
MATPLOTLIB = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSerif",
    "DejaVuSerif-Bold", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic",
    "cmr10", "cmss10", "cmtt10", "cmb10", "cmti10",
)  # fmt: skip
PACKAGES = {
    "font_caladea": ("Caladea-Regular", "Caladea-Bold", "Caladea-Italic"),
    "font_lato": ("Lato-Regular", "Lato-Light", "Lato-BoldItalic"),
    "font_roboto": ("Roboto-Regular", "Roboto-Light", "Roboto-Bold", "Roboto-Italic"),
    "font_source_sans_pro": ("SourceSansPro-Regular", "SourceSansPro-Bold", "SourceSansPro-It"),
    "font_source_serif_pro": (
        "SourceSerifPro-Regular",
        "SourceSerifPro-Semibold",
        "SourceSerifPro-It",
    ),
}
FONTS = (
    *(("matplotlib", name) for name in MATPLOTLIB),
    *((package, name) for package, names in PACKAGES.items() for name in names),
)
LETTERS = "abcdefghijklmnopqrstuvwxyzetaoinsrhl"  # common ones twice
STRETCHED = 0.5  # of the lines are in a narrower or wider cut of the font,
STRETCH = (0.7, 1.35)  # by this: other people's forms are set in other fonts


def draw_text(
    text: str, height: float, rng: np.random.Generator, font: int | None = None
) -> Floats:
    """(h, w) coverage of a line of print whose letters are about `height` pixels high."""
    index = any_font(rng) if font is None else font
    face = _font(index, max(4, round(height * 1.35)))
    left, top, right, bottom = face.getbbox(text)
    size = (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2))
    image = Image.new("L", size)
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=face)
    if rng.random() < STRETCHED:
        wide = max(1, round(size[0] * float(np.exp(rng.uniform(*np.log(STRETCH))))))
        image = image.resize((wide, size[1]), Image.Resampling.BICUBIC)
    return np.asarray(np.array(image, np.float32) / np.float32(255))


def any_font(rng: np.random.Generator) -> int:
    """The index of a font: one of `FONTS`, or the one that Pillow brings."""
    return int(rng.integers(len(FONTS) + 1))


def words(rng: np.random.Generator, most: int = 4, numbers: float = 0.25) -> str:
    """Words, abbreviations and numbers, a part `numbers`, as printed on forms and in tables."""
    made = []
    for _ in range(int(rng.integers(1, most + 1))):
        roll = rng.random()
        if rng.random() < numbers:
            word = str(int(rng.integers(0, 10 ** int(rng.integers(1, 5)))))
        else:
            word = "".join(LETTERS[k] for k in rng.integers(len(LETTERS), size=rng.integers(1, 9)))
            word = word.upper() if roll < 0.4 else word.capitalize() if roll < 0.7 else word
        made.append(word + ("." if rng.random() < 0.15 else ":" if rng.random() < 0.15 else ""))
    return " ".join(made)


@lru_cache(maxsize=256)
def _font(index: int, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if index >= len(FONTS):
        return ImageFont.load_default(size)
    package, name = FONTS[index]
    if package == "matplotlib":
        folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    else:
        folder = Path(str(files(package))) / "files"
    return ImageFont.truetype(folder / f"{name}.ttf", size)
