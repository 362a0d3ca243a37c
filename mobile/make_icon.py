"""Draws the app's icon: `python mobile/make_icon.py [FOLDER]` writes icon.png, icon.ico, icon.icns.

Also presplash.png, which a phone shows while the app starts.

The icon is a box around a handwritten 7, in the colours of the light theme. It is drawn from lines,
so no licence but this project's applies.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SIZE_PX = 512
SUPERSAMPLING = 2  # drawn this much larger, then reduced: smooth edges
PRESPLASH_ICON_PX = 256  # within a picture of SIZE_PX
ICO_SIZES = [(side, side) for side in (16, 24, 32, 48, 64, 128, 256)]
BLUE, WHITE = "#0072B2", "#FFFFFF"
CORNER = 0.22  # radius as a fraction of the side
# Fractions of the side, y down.
SEVEN = [
    [(0.325, 0.345), (0.42, 0.335), (0.53, 0.33), (0.655, 0.325)],
    [(0.655, 0.325), (0.60, 0.43), (0.53, 0.55), (0.475, 0.66), (0.45, 0.735)],
    [(0.40, 0.53), (0.62, 0.515)],
]
SEVEN_WIDTH = 0.075
FRAME = (0.185, 0.165, 0.815, 0.835)
FRAME_RADIUS = 0.10
FRAME_WIDTH = 0.032


def main(folder: Path) -> None:
    """Write the four files."""
    icon = draw_icon()
    icon.save(folder / "icon.png", optimize=True)
    icon.save(folder / "icon.ico", sizes=ICO_SIZES)
    icon.save(folder / "icon.icns")
    draw_presplash().save(folder / "presplash.png", optimize=True)


def draw_icon(size: int = SIZE_PX) -> Image.Image:
    """Draw the icon as RGBA, with transparent corners."""
    side = size * SUPERSAMPLING
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), CORNER * side, BLUE)
    draw.rounded_rectangle(
        tuple(edge * side for edge in FRAME),
        FRAME_RADIUS * side,
        outline="#8CC4E6",
        width=round(FRAME_WIDTH * side),
    )
    for line in SEVEN:
        points = [(x * side, y * side) for x, y in line]
        width = round(SEVEN_WIDTH * side)
        draw.line(points, WHITE, width, "curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), WHITE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw_presplash() -> Image.Image:
    """Draw the icon in the middle of a white picture, as RGB."""
    presplash = Image.new("RGB", (SIZE_PX, SIZE_PX), WHITE)
    icon = draw_icon(PRESPLASH_ICON_PX)
    margin = (SIZE_PX - PRESPLASH_ICON_PX) // 2
    presplash.paste(icon, (margin, margin), icon)
    return presplash


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "inkdigit_app")
