from __future__ import annotations

import json
from pathlib import Path

import pytest

from inkdigit_app.core.settings import Settings
from inkdigit_app.store.settings_file import load, save


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    chosen = Settings(False, 10.0, "dark", 4, True, False, person="anna")
    path = tmp_path / "data" / "settings.json"
    save(chosen, path)
    assert load(path) == chosen
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "absent.json") == Settings()


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "\0"])
def test_a_damaged_file_gives_the_defaults(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert load(path) == Settings()


def test_an_invalid_value_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    fields = {
        "theme": "dark",
        "pen_width": 400,
        "digits": True,
        "live": "no",
        "colour": "red",
        "person": "../me",
    }
    path.write_text(json.dumps(fields))
    assert load(path) == Settings(theme="dark")
