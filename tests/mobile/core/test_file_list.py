from __future__ import annotations

from pathlib import Path

import pytest

from inkdigit_app.core.file_list import HAND_SUFFIXES, list_folder, start_folder


def test_a_folder_lists_folders_and_pictures_only(tmp_path: Path) -> None:
    for name in ("b", "A", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("one.PNG", "two.jpg", "notes.txt", ".secret.png"):
        (tmp_path / name).touch()
    (tmp_path / "nowhere.png").symlink_to(tmp_path / "absent")
    items = list_folder(tmp_path)
    assert [item.path.name for item in items if item.is_folder] == ["A", "b"]
    assert {item.path.name for item in items if not item.is_folder} == {"one.PNG", "two.jpg"}


def test_files_of_another_kind_are_listed_where_they_are_asked_for(tmp_path: Path) -> None:
    for name in ("hand.JSON", "one.png"):
        (tmp_path / name).touch()
    assert [item.path.name for item in list_folder(tmp_path, HAND_SUFFIXES)] == ["hand.JSON"]


def test_the_dialog_starts_where_pictures_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert start_folder() == tmp_path
    (tmp_path / "Downloads").mkdir()
    assert start_folder() == tmp_path / "Downloads"
