"""The settings as a small JSON file."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inkdigit.files import write_json
from inkdigit_app.core.settings import Settings
from inkdigit_app.core.words.language import tr
from inkdigit_app.store.plain_file import read_plain_file

__all__ = ["load", "peek", "save"]

MAX_BYTES = 100_000  # a few hundred are enough for all settings

log = logging.getLogger(__name__)


class _DamagedError(Exception):
    """The file holds no settings."""


def load(path: Path, on_trouble: Callable[[str], None] = lambda _: None) -> Settings:
    """Read the file; defaults stand in for what is missing or invalid.

    What is no file, or holds no settings, is set aside under another name.

    Args:
        path: Of the file.
        on_trouble: Gets a message for the user where it cannot be read.
    """
    try:
        return Settings.from_fields(_read_fields(path))
    except FileNotFoundError:
        return Settings()
    except OSError as exc:
        reason, where = str(exc), ""
    except _DamagedError as exc:
        reason, where = str(exc), _set_aside(path)
    log.warning("the settings in %s cannot be read (%s) %s", path, reason, where)
    text = tr("The settings could not be read and are back to what they were at first.")
    on_trouble(" ".join(filter(None, (text, where))))
    return Settings()


def peek(path: Path) -> Settings:
    """As `load`, but touch nothing and say nothing: what is wrong is for `load` to say."""
    try:
        return Settings.from_fields(_read_fields(path))
    except (OSError, _DamagedError):
        return Settings()


def save(settings: Settings, path: Path) -> None:
    """Write the file, whole or not at all.

    Raises:
        OSError: If the disk is full or the folder cannot be written.
    """
    write_json(path, dataclasses.asdict(settings))


def _read_fields(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(read_plain_file(path, MAX_BYTES).decode())
    except (ValueError, RecursionError) as exc:
        raise _DamagedError(exc) from exc
    if not isinstance(fields, dict):
        raise _DamagedError(f"a {type(fields).__name__} instead of an object")
    return fields


def _set_aside(path: Path) -> str:
    """Rename the file; returns a sentence that says where it is."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while True:
        ending = stamp if number == 1 else f"{stamp}-{number}"
        aside = path.with_name(f"{path.stem}.unreadable-{ending}{path.suffix}")
        if not os.path.lexists(aside):
            break
        number += 1
    try:
        path.rename(aside)
    except OSError as exc:
        log.warning("%s cannot be renamed: %s", path, exc)
        return ""
    return tr("The damaged file is now {path}").format(path=aside)
