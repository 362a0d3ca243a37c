"""The colours of the light and the dark theme."""

from __future__ import annotations

from dataclasses import dataclass

from inkdigit_app.core.glyphs import Certainty

__all__ = ["DARK", "LIGHT", "MIN_TARGET_DP", "THEMES", "Theme", "contrast"]

MIN_TARGET_DP = 48  # Material's smallest touch target; WCAG 2.2, 2.5.5 asks for 44


@dataclass(frozen=True)
class Theme:
    """Colours, each as #RRGGBB.

    Attributes:
        canvas: Behind the ink.
        ink: Strokes.
        surface: Bars and panels around the canvas.
        text: Text on canvas and surface.
        quiet: Less important text: hints, labels, anything disabled.
        divider: The hairline between canvas and surface; decoration only.
        outline: Around keys and fields; 3:1 against the surface.
        accent: The main button.
        on_accent: Text on the accent.
        sure: Marks a digit that needs no second look.
        unsure: Marks a digit to check.
        no_digit: Marks anything that is no digit.
    """

    canvas: str
    ink: str
    surface: str
    text: str
    quiet: str
    divider: str
    outline: str
    accent: str
    on_accent: str
    sure: str
    unsure: str
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
LIGHT = Theme(
    canvas="#FFFFFF",
    ink="#15181C",
    surface="#F4F6F8",
    text="#15181C",
    quiet="#5B6570",
    divider="#D9DEE4",
    outline="#808B96",
    accent="#0072B2",
    on_accent="#FFFFFF",
    sure="#0072B2",
    unsure="#B36B00",
    no_digit="#B03A00",
)
DARK = Theme(
    canvas="#101317",
    ink="#F2F4F7",
    surface="#181C21",
    text="#F2F4F7",
    quiet="#9AA5B1",
    divider="#2A3038",
    outline="#6B7682",
    accent="#56B4E9",
    on_accent="#101317",
    sure="#56B4E9",
    unsure="#E69F00",
    no_digit="#F0793A",
)
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
