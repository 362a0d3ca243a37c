"""The errors inkdigit raises.

Every one derives from `InkDigitError` and from the builtin that fits, so callers may catch either::

    InkDigitError
    ├── InputError (ValueError)             what was handed in cannot be read
    │   ├── InkError                        strokes: shape, type, NaN, range
    │   │   ├── EmptyInkError               a drawing was asked for, but there is no ink
    │   │   └── InkTooLargeError            more strokes or points than are read
    │   ├── ImageError                      pictures and arrays
    │   │   ├── ImageDecodeError            not an image, or a damaged one
    │   │   └── ImageTooLargeError          more pixels, scans or pages than are safe to decode
    │   └── WriterFormatError               a saved hand that is damaged, or another kind of file
    ├── InputTypeError (TypeError)          an argument of a type that is not taken
    ├── InputNotFoundError (FileNotFoundError)
    ├── InputReadError (OSError)            the file is there and cannot be opened
    ├── MissingExtraError (ImportError)     what reads this kind of file is not installed
    └── ModelError
        ├── ModelNotFoundError (FileNotFoundError)
        ├── ModelFormatError (ValueError)   damaged, or not an inkdigit model
        └── InferenceError (RuntimeError)   the engine failed, or answered what none may

A message says what arrived, what was expected and what to do. It is at most 2,000 characters long,
whatever arrived.
"""

from __future__ import annotations

__all__ = [
    "EmptyInkError",
    "ImageDecodeError",
    "ImageError",
    "ImageTooLargeError",
    "InferenceError",
    "InkDigitError",
    "InkError",
    "InkTooLargeError",
    "InputError",
    "InputNotFoundError",
    "InputReadError",
    "InputTypeError",
    "MissingExtraError",
    "ModelError",
    "ModelFormatError",
    "ModelNotFoundError",
    "WriterFormatError",
]


MAX_MESSAGE = 2000  # characters; a message repeats what arrived, which may be a megabyte


class InkDigitError(Exception):
    """Base of every error that inkdigit raises on purpose."""

    def __str__(self) -> str:
        text = super().__str__()
        if len(text) <= MAX_MESSAGE:
            return text
        half = MAX_MESSAGE // 2 - 1
        return f"{text[:half]}…{text[-half:]}"


class InputError(InkDigitError, ValueError):
    """The input has the right type, but cannot be read."""


class InkError(InputError):
    """Strokes of the wrong shape or type, or with points that are NaN or out of range."""


class EmptyInkError(InkError):
    """A drawing was asked for, but no stroke has a point."""


class InkTooLargeError(InkError):
    """The ink has more strokes or points than are read."""


class ImageError(InputError):
    """A picture or an array that cannot be read as one."""


class ImageDecodeError(ImageError):
    """The bytes are not an image, or the image is damaged."""


class ImageTooLargeError(ImageError):
    """The picture takes more time or memory to decode than is safe: pixels, scans, pages."""


class WriterFormatError(InputError):
    """The file is damaged, or is not what `Writer.save` writes."""


class InputTypeError(InkDigitError, TypeError):
    """The input is of a type that no reader knows."""


class InputNotFoundError(InkDigitError, FileNotFoundError):
    """The input file does not exist."""


class InputReadError(InkDigitError, OSError):
    """The input file exists and cannot be opened or read."""


class MissingExtraError(InkDigitError, ImportError):
    """A package that reads this kind of file is not installed; the message names the extra."""


class ModelError(InkDigitError):
    """The model cannot be used."""


class ModelNotFoundError(ModelError, FileNotFoundError):
    """There is no model file at the path given."""


class ModelFormatError(ModelError, ValueError):
    """The model file is damaged, or is not an inkdigit model."""


class InferenceError(ModelError, RuntimeError):
    """The engine failed, answered with NaN or a wrong shape, or a reading process ended."""
