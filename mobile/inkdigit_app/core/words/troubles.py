"""Errors in, what a person can understand out; the whole message is in the log."""

from __future__ import annotations

import errno
import sqlite3

from inkdigit.errors import (
    ImageDecodeError,
    ImageTooLargeError,
    InferenceError,
    InputNotFoundError,
    InputReadError,
    ModelFormatError,
    ModelNotFoundError,
    WriterFormatError,
)
from inkdigit_app.core.words.language import tr

__all__ = ["reason"]

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def reason(error: BaseException) -> str:
    """Why something failed, as the end of a sentence; the error's own text where nothing fits."""
    known = {
        ImageTooLargeError: tr("the picture is too large"),
        ImageDecodeError: tr("this is not a picture, or it is damaged"),
        WriterFormatError: tr("this is not an exported hand, or it is damaged"),
        ModelNotFoundError: tr("the reading model is missing; install the app again"),
        ModelFormatError: tr("the reading model is damaged; install the app again"),
        InferenceError: tr("reading failed"),
        InputNotFoundError: tr("the file no longer exists"),
    }
    for kind, text in known.items():
        if isinstance(error, kind):
            return text
    cause = error.__cause__ if isinstance(error, InputReadError) else error
    number = cause.errno if isinstance(cause, OSError) else None
    if number in FULL or (
        isinstance(error, sqlite3.OperationalError) and "disk is full" in str(error)
    ):
        return tr("the disk is full")
    if number in FORBIDDEN:
        return tr("no permission to read or write here")
    if isinstance(cause, FileNotFoundError):
        return tr("the file no longer exists")
    return tr("the file cannot be read") if isinstance(error, InputReadError) else str(error)
