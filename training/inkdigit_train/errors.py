"""The errors training raises; all derive from `inkdigit.InkDigitError`, as the runtime's do."""

from __future__ import annotations

from inkdigit import InkDigitError

__all__ = ["CheckpointError", "DataError", "DataNotFoundError", "DivergedError", "ExportError"]


class DataError(InkDigitError, ValueError):
    """A data file is damaged or not of the format expected."""


class DataNotFoundError(InkDigitError, FileNotFoundError):
    """A data file is missing and cannot be fetched."""


class CheckpointError(InkDigitError, ValueError):
    """A checkpoint is damaged, or belongs to another configuration."""


class DivergedError(InkDigitError, ArithmeticError):
    """The loss is NaN or infinite."""


class ExportError(InkDigitError, RuntimeError):
    """The exported file does not compute what the checkpoint computes."""
