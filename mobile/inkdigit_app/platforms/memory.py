"""Returns memory to the system that the C library holds in reserve."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache

__all__ = ["release_memory"]


def release_memory() -> None:
    """Return freed memory to the system; callable from any thread.

    glibc keeps the gaps between blocks in use. Pages of scribbles take and free megabytes on two
    threads, so the gaps would add up. Without glibc this does nothing.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _malloc_trim() -> Callable[[int], object] | None:
    if sys.platform != "linux":
        return None
    import ctypes  # costs time, so not before the first frame

    trim: Callable[[int], object] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim  # musl and Android have none
