from __future__ import annotations

import pytest

from inkdigit_app.core.key_bindings import action_of


@pytest.mark.parametrize(
    ("key", "modifiers", "action"),
    [
        (ord("z"), ["ctrl"], "undo"),
        (ord("z"), ["ctrl", "shift"], "redo"),
        (ord("z"), ["shift", "meta"], "redo"),
        (ord("y"), ["ctrl"], "redo"),
        (ord("c"), ["ctrl"], "copy"),
        (ord("c"), ["meta"], "copy"),
        (ord("v"), ["ctrl"], "paste"),
        (ord("o"), ["ctrl"], "picture"),
        (ord("o"), [], None),
        (ord("7"), [], "label:7"),
        (ord("7"), ["shift"], None),  # "/" on a German keyboard: the character comes as text
        (263, ["numlock"], "label:7"),
        (ord("?"), ["shift"], "label:?"),
        (ord("/"), ["shift"], "label:?"),  # what SDL sends for it
        (ord("/"), [], None),
        (ord("q"), ["ctrl"], "quit"),
        (9, [], "focus next"),
        (9, ["shift"], "focus previous"),
        (32, [], "press"),
        (13, [], "read"),
        (271, [], "read"),
        (27, [], "back"),
        (127, [], "delete"),
        (8, [], "backspace"),
        (ord("e"), [], "eraser"),
        (ord("r"), [], "turn"),
        (ord("t"), [], "table"),
        (276, [], "previous"),
        (275, [], "next"),
        (280, [], "page up"),
        (281, [], "page down"),
        (282, [], "keys"),
        (ord("="), ["ctrl"], "zoom in"),
        (ord("+"), ["ctrl", "shift"], "zoom in"),
        (ord("-"), ["ctrl"], "zoom out"),
        (ord("0"), ["ctrl"], "zoom home"),
        (270, ["ctrl"], "zoom in"),
        (256, ["ctrl", "numlock"], "zoom home"),
        (1073742051, [], None),
        (0, [], None),
    ],
)
def test_each_key_does_one_thing(key: int, modifiers: list[str], action: str | None) -> None:
    assert action_of(key, modifiers) == action
