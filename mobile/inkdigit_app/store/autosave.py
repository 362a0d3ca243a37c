"""Saves the page and the settings whenever they change, and restores the page at the next start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from inkdigit_app.core.glyphs import PageReading
from inkdigit_app.core.jobs import Jobs
from inkdigit_app.core.page import Page, SavedPage
from inkdigit_app.core.settings import Settings
from inkdigit_app.core.view_model import ViewModel
from inkdigit_app.core.words.language import tr
from inkdigit_app.core.words.troubles import reason
from inkdigit_app.store import settings_file
from inkdigit_app.store.library import Library

__all__ = ["Autosave"]

log = logging.getLogger(__name__)


class Autosave:
    """Keeps the disk up to date with the model.

    Args:
        model: The app's state.
        library: Takes the pages.
        jobs: The thread that writes the settings.
        settings_path: Of the settings' file.
        on_trouble: Gets a message, on the jobs' thread, where they cannot be saved.
    """

    def __init__(
        self,
        model: ViewModel,
        library: Library,
        jobs: Jobs,
        settings_path: Path,
        on_trouble: Callable[[str], None],
    ) -> None:
        self._model = model
        self._library = library
        self._jobs = jobs
        self._settings_path = settings_path
        self._on_trouble = on_trouble
        self._settings = model.settings
        self._page: Page = model.page
        self._reading: PageReading | None = None

    def restore(self) -> None:
        """Open the history and put back the page of the last session."""
        self._library.open(self._restore, self._model.settings.keep_history)

    def update(self) -> None:
        """Save what has changed. To be called after each change of the model."""
        model = self._model
        if model.settings != self._settings:
            self._settings = settings = model.settings
            self._jobs.submit_newest("settings", lambda: self._save(settings))
        same = model.page is self._page and model.reading is self._reading
        if not model.writing and not same:
            before, self._page, self._reading = self._page, model.page, model.reading
            strokes = model.page.strokes
            if strokes and model.page.key == before.key and strokes[:-1] == before.strokes:
                self._library.note(model.page.key, strokes[-1])
            reading = PageReading(model.glyphs) if model.reading is None else model.reading
            self._library.save(model.page, reading, model.settings.keep_history, model.steps)

    def _save(self, settings: Settings) -> None:
        try:
            settings_file.save(settings, self._settings_path)
        except OSError as exc:
            log.warning("the settings are not saved: %s", exc)
            text = tr("The settings could not be saved: {reason}")
            self._on_trouble(text.format(reason=reason(exc)))

    def _restore(self, saved: SavedPage | None) -> None:
        # Not if the user was quicker and wrote something.
        if saved is not None and self._model.blank and not self._model.can_undo:
            self._page, self._reading = saved.page, None
            self._model.restore(saved.page, saved.reading, saved.steps)
