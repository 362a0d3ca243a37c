"""How the ink network sees a picture: at what sizes, and what it answers.

Training looks at its pictures through the same two functions, `network_size` and `scaled`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkdigit._pixels.morphology import Grey

__all__ = [
    "ANY",
    "MEANT",
    "MULTIPLE",
    "RULES",
    "RULE_PX",
    "Area",
    "Network",
    "look",
    "network_size",
    "scaled",
]

# (1, 3, H, W) float32 from 0 to 255 in; (1, 3, H, W) float32 in [0, 1] out.
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
Area = tuple[float, float, float, float]  # left, top, right, bottom in pixels

MULTIPLE = 16  # sides of what the network sees are multiples of this: it halves them four times
# Its answers: ink of any hand, and of the one digit that is meant; rules and frames.
ANY, MEANT, RULES = 0, 1, 2
RULE_PX = 4  # side in pixels of the cells in which it tells rules


def network_size(height: float, width: float, longest: float) -> tuple[int, int]:
    """The size at which the network sees a picture.

    Args:
        height: Of the picture in pixels.
        width: Of the picture in pixels.
        longest: About how many pixels the longer side is to have.

    Returns:
        Height and width, multiples of `MULTIPLE`.
    """
    scale = longest / max(height, width)
    sides = (max(MULTIPLE, MULTIPLE * round(s * scale / MULTIPLE)) for s in (height, width))
    return next(sides), next(sides)


def scaled(picture: NDArray[Any], area: Area, size: tuple[int, int]) -> NDArray[Any]:
    """A part of a picture at another size, each pixel the mean of what it covers.

    Args:
        picture: (H, W) or (H, W, 3) uint8, or (H, W) float32.
        area: The part, within the picture.
        size: Height and width of the result.

    Returns:
        The part, of the picture's dtype.
    """
    image = Image.fromarray(picture)
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR, box=area))


def look(network: Network, pixels: Grey, area: Area, size: tuple[int, int]) -> NDArray[np.float32]:
    """What the network says of a part of a picture.

    Args:
        network: The ink network.
        pixels: (H, W) or (H, W, 3) uint8.
        area: The part, within the picture.
        size: Height and width at which it is seen, from `network_size`.

    Returns:
        (3, h, w) float32 in [0, 1]: how far each pixel is inked by any hand, and by the hand that
        wrote the one digit that is meant; and how likely a rule runs through it.
    """
    seen = scaled(pixels, area, size).astype(np.float32)
    planes = np.repeat(seen[None], 3, axis=0) if seen.ndim == 2 else seen.transpose(2, 0, 1)
    found: NDArray[np.float32] = network(np.ascontiguousarray(planes)[None])[0]
    return found
