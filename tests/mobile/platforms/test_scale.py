from __future__ import annotations

import pytest

from inkdigit_app.platforms import scale as module
from inkdigit_app.platforms.scale import Scale, desktop_scale


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(module, "output", lambda *_: "")
    for name in ("GDK_SCALE", "GDK_DPI_SCALE", "ANDROID_ARGUMENT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "resources", "scale"),
    [
        ({}, "", Scale()),
        ({}, "Xft.antialias:\t1\nXft.dpi:\t192\n", Scale(2.0)),
        ({}, "Xft.dpi:\t144\n", Scale(1.5)),
        ({}, "Xft.dpi:\tmany\n", Scale()),
        ({}, "Xft.dpi:\t9600\n", Scale()),
        ({"GDK_SCALE": "2"}, "Xft.dpi:\t96\n", Scale(2.0)),
        ({"GDK_SCALE": "2", "GDK_DPI_SCALE": "1.25"}, "", Scale(2.0, 1.25)),
        ({"GDK_SCALE": "two"}, "", Scale()),
    ],
)
def test_a_desktop_says_how_large(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], resources: str, scale: Scale
) -> None:
    monkeypatch.setattr(module, "output", lambda *_: resources)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert desktop_scale() == scale


def test_other_systems_are_left_to_kivy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDK_SCALE", "2")
    monkeypatch.setattr("sys.platform", "darwin")
    assert desktop_scale() == Scale()
