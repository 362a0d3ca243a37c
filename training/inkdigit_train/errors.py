"""Errors that training raises; all derive from `inkdigit.InkDigitError`."""

from __future__ import annotations

from inkdigit import InkDigitError

__all__ = ["CheckpointError", "DataError", "DataNotFoundError", "DivergedError", "ExportError"]


class DataError(InkDigitError, ValueError):
    """A data file is damaged or in another format."""


class DataNotFoundError(InkDigitError, FileNotFoundError):
    """A data file is missing and cannot be downloaded."""


class CheckpointError(InkDigitError, ValueError):
    """A checkpoint is damaged, or belongs to another configuration."""


class DivergedError(InkDigitError, ArithmeticError):
    """The loss is NaN or infinite."""


class ExportError(InkDigitError, RuntimeError):
    """The exported model is too large, or its answers differ from the checkpoint's."""
