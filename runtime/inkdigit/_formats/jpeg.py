"""The bytes of a JPEG in, how much work its scans are out. Nothing is decoded: markers tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["JpegScans", "count_scans"]

# Behind a scan's header its data run to the next marker: in them 0xFF is followed by 0, or by one
# of the eight restart markers (ITU-T T.81, B.1.1.5).
NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15, without tables
ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length
SCAN, END = 0xDA, 0xD9


@dataclass(frozen=True)
class JpegScans:
    """What a JPEG's markers say.

    Attributes:
        scans: How often the decoder goes over the picture.
        samples: Of all components together for each pixel; 3 without subsampling, 1.5 with.
    """

    scans: int
    samples: float


def count_scans(content: bytes) -> JpegScans:
    """Walk through a JPEG's markers.

    Args:
        content: The whole file, perhaps damaged.

    Returns:
        The scans up to the first picture's end; a thumbnail's do not count.
    """
    position, scans, samples = 2, 0, 3.0
    while (match := NEXT_MARKER.search(content, position)) is not None:
        marker, start = match[1][0], match.end()
        if marker == END:
            break
        position = start
        if marker in ALONE:
            continue
        if marker == SCAN:
            scans += 1
        elif marker in FRAMES:
            samples = _samples(content[start : start + 8 + 3 * 255])
        position += int.from_bytes(content[start : start + 2], "big")
    return JpegScans(scans, samples)


def _samples(frame: bytes) -> float:
    """Samples a pixel, from a frame's header (T.81, B.2.2)."""
    factors = [divmod(byte, 16) for byte in frame[9 : 8 + 3 * frame[7] : 3]] if frame[7:] else []
    if not factors:
        return 3.0
    most = max(x for x, _ in factors) * max(y for _, y in factors)
    return sum(x * y for x, y in factors) / max(most, 1)
