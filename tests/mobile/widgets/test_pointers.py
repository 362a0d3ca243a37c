from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inkdigit_app.widgets.pointers import Pointer, kind_of


@pytest.mark.parametrize(
    ("touch", "kind"),
    [
        ({"device": "SDL", "profile": ["pos", "pressure"]}, Pointer.FINGER),
        ({"device": "wm_touch", "profile": ("pos", "shape", "size")}, Pointer.FINGER),
        ({"device": "mouse", "profile": ["pos", "button"], "button": "left"}, Pointer.MOUSE),
        ({"device": "wm_pen", "profile": ["pos"]}, Pointer.STYLUS),
        ({"device": "tablet", "profile": ["pos", "button"], "button": "pen"}, Pointer.STYLUS),
        ({"device": "tablet", "profile": ["pos", "stylus"]}, Pointer.STYLUS),
        ({"device": "tablet", "profile": ["pos", "stylus", "eraser"]}, Pointer.ERASER),
    ],
)
def test_a_touch_says_what_made_it(touch: dict[str, Any], kind: Pointer) -> None:
    assert kind_of(SimpleNamespace(**touch)) is kind
