"""What the Android package is made of, run on the desktop from that folder alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from desktop import Desktop
from packaged import SEVEN, packaged
from paths import ROOT

import stage as staging


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("android") / "app"
    staging.stage(folder)
    return folder


def test_it_holds_main_the_app_the_runtime_and_the_model(staged: Path) -> None:
    names = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    for needed in (
        "main.py",
        "icon.png",
        "presplash.png",
        "inkdigit_app/screens/home.kv",
        "inkdigit_app/platforms/android_session.py",
        "inkdigit_app/locales/de/LC_MESSAGES/inkdigit.mo",
        "inkdigit_app/locales/es/LC_MESSAGES/inkdigit.mo",
        "inkdigit/_model/model.onnx",
        "inkdigit/_decode/weights.json",
        "inkdigit/_segment/cuts.json",
    ):
        assert needed in names
    tops = {name.split("/")[0] for name in names} - {staging.MARKER}
    assert tops == set(staging.PARTS)


def test_every_kind_of_file_in_the_packages_is_packed() -> None:
    # Types, bytecode, icons of other systems, rules of the linter, the template of translations.
    known = staging.SUFFIXES | {".typed", ".pyc", ".ico", ".icns", ".toml", ".pot"}
    for package in (ROOT / "runtime" / "inkdigit", ROOT / "mobile" / "inkdigit_app"):
        left_out = {p.suffix for p in package.rglob("*") if p.is_file()} - known
        assert not left_out, f"{package.name} has files that stage.py would leave out"


def test_bytecode_stays_out(staged: Path) -> None:
    assert not list(staged.rglob("__pycache__"))


def test_an_earlier_stage_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    staging.stage(folder)
    (folder / "old.py").touch()
    assert Path("old.py") not in staging.stage(folder)


def test_another_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(FileExistsError, match="expected an empty or a new folder"):
        staging.stage(tmp_path)
    assert (tmp_path / "thesis.txt").is_file()


def test_the_command_prints_the_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staging.main([str(tmp_path / "app")]) == 0
    assert "kB in" in capsys.readouterr().out


def test_the_stage_imports_its_own_modules(staged: Path) -> None:
    code = "import inkdigit, inkdigit_app; print(inkdigit.__file__); print(inkdigit_app.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=staged,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(Path(line).is_relative_to(staged) for line in done.stdout.splitlines())


@pytest.mark.display
def test_it_runs_and_reads_from_that_folder_alone(
    desktop: Desktop, staged: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-B", staged / "main.py"]
    with packaged(desktop, command, tmp_path) as app:
        app.write(SEVEN)
        app.read("7")
        assert app.output == ""
