from __future__ import annotations

import errno
import sqlite3

import pytest

from inkdigit.errors import ImageDecodeError, InkDigitError, InputReadError
from inkdigit_app.core.words.troubles import reason


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ImageDecodeError("cannot identify <_io.BytesIO>"),
            "this is not a picture, or it is damaged",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "denied"), "no permission to read or write here"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "the file no longer exists"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (
            InputReadError("'/a\\0.png' cannot be read (embedded null byte)"),
            "the file cannot be read",
        ),
        (InkDigitError("said in words already"), "said in words already"),
    ],
)
def test_an_error_is_said_in_words(error: Exception, words: str) -> None:
    assert reason(error) == words


def test_the_cause_of_an_unreadable_file_counts() -> None:
    try:
        raise InputReadError("a.png cannot be read") from PermissionError(errno.EACCES, "denied")
    except InputReadError as exc:
        assert reason(exc) == "no permission to read or write here"
