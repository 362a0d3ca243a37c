"""How large a Linux desktop wants things drawn: Kivy asks only other systems."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass

from inkdigit_app.platforms.environment import is_mobile
from inkdigit_app.platforms.system_theme import output

__all__ = ["Scale", "desktop_scale"]

USUAL_DPI = 96.0  # X11's "1"
SMALLEST, LARGEST = 0.5, 4.0  # anything beyond is a mistake in a file


@dataclass(frozen=True)
class Scale:
    """Factors over the usual size."""

    everything: float = 1.0
    text: float = 1.0  # on top of it


def desktop_scale() -> Scale:
    """The scale that the desktop asks for; 1 where it says nothing, and where Kivy knows it.

    GDK_SCALE and GDK_DPI_SCALE come first, as whoever sets them wants this program so. Desktops
    write Xft.dpi, with the scale of the text in it, into the X server's resources.
    """
    if sys.platform != "linux" or is_mobile():
        return Scale()
    everything = _factor(os.environ.get("GDK_SCALE"))
    text = _factor(os.environ.get("GDK_DPI_SCALE"))
    if everything is None and text is None:
        found = re.search(r"^Xft\.dpi:\s*(\S+)", output("xrdb", "-query"), re.MULTILINE)
        dpi = _factor(found[1], USUAL_DPI) if found else None
        return Scale(dpi or 1.0)
    return Scale(everything or 1.0, text or 1.0)


def _factor(text: str | None, unit: float = 1.0) -> float | None:
    try:
        factor = float(text or "") / unit
    except ValueError:
        return None
    return factor if SMALLEST <= factor <= LARGEST else None
