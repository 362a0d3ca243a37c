from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from inkdigit_app.platforms import system_theme

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the desktop of Linux is asked")


@pytest.mark.parametrize(
    ("answer", "dark"), [("'prefer-dark'", True), ("'default'", False), ("", False)]
)
def test_the_desktop_s_theme_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, dark: bool
) -> None:
    program = tmp_path / "gsettings"
    program.write_text(f'#!/bin/sh\necho "{answer}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("GTK_THEME", raising=False)
    assert system_theme.is_dark() is dark


def test_an_unknown_theme_is_light(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("GTK_THEME", "Adwaita")
    assert not system_theme.is_dark()
    monkeypatch.setenv("GTK_THEME", "Adwaita:dark")
    assert system_theme.is_dark()
