"""The platform's voice: a text in, speech out."""

from __future__ import annotations

import shutil
import subprocess
import sys

from inkdigit.errors import InkDigitError
from inkdigit_app.platforms.environment import is_android

__all__ = ["VoiceError", "speak"]

START_S = 5.0  # a speech server that has to start first


class VoiceError(InkDigitError, RuntimeError):
    """There is no voice, or it failed."""


def speak(text: str, language: str) -> None:
    """Say a text. Returns once the voice has taken it, or a command has said it.

    Args:
        text: Of digits and signs, one line a row.
        language: Such as "de".

    Raises:
        VoiceError: If there is no voice, or it fails.
    """
    spoken = ". ".join(text.split("\n"))
    if is_android():
        from inkdigit_app.platforms import android

        try:
            android.speak(spoken, language)
        except Exception as exc:  # pyjnius raises what Java throws
            raise VoiceError(f"Android's voice failed: {exc}") from exc
        return
    command = _command(language)
    # As input rather than an argument: a text may begin with "-".
    try:
        done = subprocess.run(
            command, input=spoken, text=True, capture_output=True, timeout=START_S + len(spoken),
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise VoiceError(f"{command[0]} failed: {exc}") from exc
    if done.returncode:
        raise VoiceError(f"{command[0]} ended with status {done.returncode}: {done.stderr[-200:]}")


def _command(language: str) -> list[str]:
    """What says its input."""
    if sys.platform == "darwin":
        return ["say", "-f", "-"]
    if sys.platform == "win32":
        script = (
            "Add-Type -AssemblyName System.Speech;"
            " (New-Object System.Speech.Synthesis.SpeechSynthesizer)"
            ".Speak([Console]::In.ReadToEnd())"
        )
        return ["powershell", "-NoProfile", "-Command", script]
    for command in (
        ["spd-say", "--wait", "--pipe-mode", "--language", language],
        ["espeak-ng", "-v", language, "--stdin"],
        ["espeak", "-v", language, "--stdin"],
    ):
        if shutil.which(command[0]):
            return command
    raise VoiceError("no spd-say, espeak-ng or espeak is installed; expected one of them")
