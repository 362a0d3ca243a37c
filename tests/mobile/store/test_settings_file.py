from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from paths import DATA

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


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2]", "\0", "[" * 100_000, '{"a":' * 15_000, " " * 1_000_000, "1" * 5000],
    ids=["empty", "cut", "list", "null", "nested", "nested objects", "huge", "long number"],
)
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    said: list[str] = []
    assert load(path, said.append) == Settings()
    (aside,) = tmp_path.iterdir()
    assert aside.name.startswith("settings.unreadable-")
    assert aside.read_text() == text
    assert str(aside) in said[0]
    assert load(path, said.append) == Settings()
    assert len(said) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "settings.json"
    os.mkfifo(path)
    said: list[str] = []
    assert load(path, said.append) == Settings()
    assert len(said) == 1
    assert not path.exists()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_is_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "settings.json"
    path.symlink_to("/dev/zero")
    assert load(path) == Settings()
    assert not path.is_symlink()


def test_a_folder_in_its_place_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    assert load(path) == Settings()
    save(Settings(theme="dark"), path)
    assert load(path) == Settings(theme="dark")


def test_a_file_found_to_be_too_deep_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = DATA / "attacks" / "settings-deep.json"
    if not found.is_file():
        pytest.skip(f"no {found.name} in the data folder")
    path = tmp_path / "settings.json"
    path.write_bytes(found.read_bytes())
    assert load(path) == Settings()
    assert not path.exists()


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
