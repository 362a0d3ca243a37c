from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inkdigit_app.__main__ import NO_DISPLAY, parse_args

DEADLINE_S = 180


def without_display(**variables: str) -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    return {k: v for k, v in os.environ.items() if k not in hidden} | variables


def test_defaults_are_the_settings_theme_and_the_bundled_model() -> None:
    args = parse_args([])
    assert args.theme is None
    assert args.picture is None
    assert args.model is None


def test_an_unknown_theme_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse_args(["--theme", "pink"])
    assert "pink" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_the_app_explains_and_exits(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "inkdigit_app"],
        env=without_display(HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert done.returncode == NO_DISPLAY
    assert "no display" in done.stderr
    assert "python -m inkdigit FILE" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_with_a_dead_display_the_app_explains_and_exits(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "inkdigit_app"],
        env=without_display(HOME=str(tmp_path), DISPLAY=":9999"),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert done.returncode == NO_DISPLAY
    assert done.stderr.startswith("inkdigit_app: no display (")
    assert len(done.stderr.splitlines()) == 1


def test_configuring_kivy_takes_no_arguments_and_writes_no_file(tmp_path: Path) -> None:
    script = (
        "import sys; from inkdigit_app.platforms.environment import configure; configure();"
        "import kivy.config; print(sys.argv[1:], kivy.kivy_home_dir)"
    )
    hidden = ("KIVY", "XDG")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    done = subprocess.run(
        [sys.executable, "-c", script, "--size", "1x1", "--help"],
        env=environment | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("['--size', '1x1', '--help']")
    assert "inkdigit" in done.stdout
    assert done.stderr == ""
    assert list(tmp_path.rglob("*")) == []


def test_the_first_press_on_a_window_without_focus_is_not_swallowed() -> None:
    script = (
        "import os; from inkdigit_app.platforms.environment import configure; configure();"
        "print(os.environ['SDL_MOUSE_FOCUS_CLICKTHROUGH'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"


def test_importing_the_package_loads_no_kivy() -> None:
    script = "import sys, inkdigit_app, inkdigit_app.__main__; print('kivy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
