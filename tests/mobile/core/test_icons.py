from __future__ import annotations

import re

import pytest
from paths import ROOT

from inkdigit_app.core.icons import GRID, ICONS

APP = ROOT / "mobile" / "inkdigit_app"


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_stays_on_its_grid(name: str) -> None:
    points = [point for path in ICONS[name] for point in path]
    assert points
    assert all(2 <= value <= GRID - 2 for point in points for value in point)


def test_every_named_icon_exists() -> None:
    layouts = "".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.kv"))
    named = set(re.findall(r'icon: "([a-z]+)"', layouts))
    assert named
    assert named <= set(ICONS)
