"""What all tests share: hypothesis runs the same examples every time, and takes its time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("inkdigit", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("inkdigit")
