"""The list of keys, against the table of what they do."""

from __future__ import annotations

from inkdigit_app.core.key_bindings import CONTROL
from inkdigit_app.core.words.key_list import key_list

NAMES = {",": "comma", "+": "plus", "-": "minus"}
OTHER_KEYS = ("y", "=")  # of what another key does, too


def test_every_key_with_control_is_in_the_list() -> None:
    listed = " ".join(keys for _, keys in key_list())
    for key in CONTROL:
        if key not in OTHER_KEYS:
            assert f"Ctrl+{NAMES.get(key, key.upper())}" in listed


def test_nothing_is_listed_twice() -> None:
    entries = key_list()
    assert len({what for what, _ in entries}) == len({keys for _, keys in entries}) == len(entries)
