"""The colours of the light and the dark theme."""

from __future__ import annotations

from dataclasses import dataclass

from inkdigit_app.core.glyphs import Certainty

__all__ = ["DARK", "LIGHT", "MIN_TARGET_DP", "THEMES", "Theme", "contrast"]

MIN_TARGET_DP = 48  # Material's smallest touch target; WCAG 2.2, 2.5.5 asks for 44


@dataclass(frozen=True)
class Theme:
    """Colours, each as #RRGGBB."""

    canvas: str
    ink: str
    surface: str  # bars and panels around the canvas
    text: str  # on canvas and surface
    quiet: str  # less important text: hints, labels, anything disabled
    divider: str  # the hairline between canvas and surface; decoration only
    outline: str  # around keys and fields; 3:1 against the surface
    accent: str  # the main button
    on_accent: str  # text on the accent
    sure: str  # marks a digit that needs no second look
    unsure: str  # marks a digit to check
    no_digit: str

    def line_colour(self, certainty: Certainty) -> str:
        """The colour that marks a certainty; the pattern of the line shows it too."""
        return {
            Certainty.SURE: self.sure,
            Certainty.UNSURE: self.unsure,
            Certainty.NO_DIGIT: self.no_digit,
        }[certainty]


# Colour-blind people can tell blue, amber and vermilion apart (Okabe and Ito 2008, "Color Universal
# Design"); on white they are darkened until outlines reach 3:1.
COLOURS = {  # light, dark
    "canvas": ("#FFFFFF", "#101317"),
    "ink": ("#15181C", "#F2F4F7"),
    "surface": ("#F4F6F8", "#181C21"),
    "text": ("#15181C", "#F2F4F7"),
    "quiet": ("#5B6570", "#9AA5B1"),
    "divider": ("#D9DEE4", "#2A3038"),
    "outline": ("#808B96", "#6B7682"),
    "accent": ("#0072B2", "#56B4E9"),
    "on_accent": ("#FFFFFF", "#101317"),
    "sure": ("#0072B2", "#56B4E9"),
    "unsure": ("#B36B00", "#E69F00"),
    "no_digit": ("#B03A00", "#F0793A"),
}
LIGHT, DARK = (Theme(**{name: pair[i] for name, pair in COLOURS.items()}) for i in (0, 1))
THEMES = {"light": LIGHT, "dark": DARK}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #RRGGBB colours, 1 to 21 (WCAG 2.2, section 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
