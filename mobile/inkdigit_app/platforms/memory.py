"""Gives memory back to the system that the C library keeps for later. No Kivy in here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache

__all__ = ["give_back"]


def give_back() -> None:
    """Give back what has been freed, from any thread.

    glibc keeps the gaps between what is still used, and pages of scribbles take and free megabytes
    on two threads: the gaps would add up. Elsewhere nothing happens.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _malloc_trim() -> Callable[[int], object] | None:
    if sys.platform != "linux":
        return None
    import ctypes  # not before the first frame

    trim: Callable[[int], object] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim  # musl and Android have none
