from __future__ import annotations

import ctypes
import sys

import pytest

from inkdigit_app.platforms import memory


@pytest.fixture(autouse=True)
def fresh() -> None:
    memory._malloc_trim.cache_clear()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_freed_memory_goes_back() -> None:
    trimmed: list[int] = []
    library = type("Library", (), {"malloc_trim": staticmethod(trimmed.append)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctypes, "CDLL", lambda _: library)
        memory.release_memory()
    assert trimmed == [0]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_a_system_without_it_is_left_alone(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    memory.release_memory()
    assert memory._malloc_trim() is None
