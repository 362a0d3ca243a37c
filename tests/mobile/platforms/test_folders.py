from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inkdigit_app.platforms.folders import data_folder, export_folder, from_home


def test_android_keeps_data_in_the_app_s_private_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_PRIVATE", "/data/app/files")
    assert data_folder() == Path("/data/app/files/inkdigit")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the folders have other names")
def test_exports_go_to_the_documents_where_there_are_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert data_folder() == tmp_path / ".local" / "share" / "inkdigit"
    assert export_folder() == tmp_path / "inkdigit"
    (tmp_path / "Documents").mkdir()
    assert export_folder() == tmp_path / "Documents" / "inkdigit"


def test_a_path_is_shown_from_the_user_s_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert from_home(Path("/home/me/Documents/a.csv")) == str(Path("~/Documents/a.csv"))
    assert from_home(Path("/media/stick/a.csv")) == str(Path("/media/stick/a.csv"))
