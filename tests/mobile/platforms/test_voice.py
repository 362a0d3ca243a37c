from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inkdigit_app.platforms.voice import VoiceError, speak

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="of commands as Linux has them")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An espeak-ng of the test's own, alone on the path."""
    path = tmp_path / "espeak-ng"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ANDROID_ARGUMENT", raising=False)
    return path


def install(command: Path, script: str) -> None:
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o755)


def test_the_text_is_said_in_the_language(command: Path, tmp_path: Path) -> None:
    copy = 'while IFS= read -r line || [ -n "$line" ]; do echo "$line"; done'
    install(command, f'{{ echo "$@"; {copy}; }} > {tmp_path}/said')
    speak("-31\n40", "de")
    assert (tmp_path / "said").read_text(encoding="utf-8").split("\n")[:2] == [
        "-v de --stdin",
        "-31. 40",
    ]


def test_a_voice_that_fails_is_a_typed_error(command: Path) -> None:
    install(command, "echo no sound card >&2; exit 3")
    with pytest.raises(VoiceError, match="status 3: no sound card"):
        speak("31", "en")


def test_no_voice_is_a_typed_error(command: Path) -> None:
    with pytest.raises(VoiceError, match="espeak"):
        speak("31", "en")
