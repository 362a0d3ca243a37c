from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from paths import ROOT
from PIL import Image

MOBILE = ROOT / "mobile"
APP = MOBILE / "inkdigit_app"


@pytest.mark.parametrize("name", ["icon", "presplash"])
def test_a_picture_is_what_its_script_draws(name: str) -> None:
    spec = importlib.util.spec_from_file_location("make_icon", MOBILE / "make_icon.py")
    assert spec is not None
    assert spec.loader is not None
    make_icon = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_icon)
    drawn = np.asarray(getattr(make_icon, f"draw_{name}")(), int)
    with Image.open(APP / f"{name}.png") as kept:
        assert kept.size == (512, 512)
        assert np.abs(np.asarray(kept, int) - drawn).mean() < 2  # Pillow's versions differ a little


@pytest.mark.parametrize("name", ["icon.ico", "icon.icns"])
def test_windows_and_macos_have_icons_of_their_own(name: str) -> None:
    with Image.open(APP / name) as icon:
        assert max(icon.size) >= 256
