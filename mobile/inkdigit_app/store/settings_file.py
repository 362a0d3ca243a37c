"""The settings as a small JSON file."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

from inkdigit.files import write_json
from inkdigit_app.core.settings import Settings

__all__ = ["load", "save"]

log = logging.getLogger(__name__)


def load(path: Path) -> Settings:
    """Read the file; defaults stand in for what is missing or invalid."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as exc:
        log.warning("the settings in %s cannot be read (%s); starting with the defaults", path, exc)
        return Settings()
    return Settings.from_fields(fields) if isinstance(fields, dict) else Settings()


def save(settings: Settings, path: Path) -> None:
    """Write the file, whole or not at all.

    Raises:
        OSError: If the disk is full or the folder cannot be written.
    """
    write_json(path, dataclasses.asdict(settings))
