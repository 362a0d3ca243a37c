"""How far a long job is, on a terminal."""

from __future__ import annotations

import shutil
import sys

__all__ = ["Progress"]


class Progress:
    """A line on standard error that says how far the reading is; on a terminal only.

    Args:
        total: How many files, or parts of files, there are; for one alone nothing is shown.
        unit: What they are.
    """

    def __init__(self, total: int, unit: str = "files") -> None:
        self._total, self._unit = total, unit
        self._shown = total > 1 and sys.stderr.isatty()
        self._width = 0

    def show(self, count: int) -> None:
        """Rewrite the line: `count` files are done."""
        if self._shown and count < self._total:
            line = f"inkdigit: {count} of {self._total} {self._unit}, {count / self._total:.0%}"
            line = line[: shutil.get_terminal_size().columns - 1]  # a full row would scroll
            self._write(line.ljust(self._width))
            self._width = len(line)

    def clear(self) -> None:
        """Empty the line, for what is printed next."""
        if self._width:
            self._write(" " * self._width)
            self._write("")
            self._width = 0

    @staticmethod
    def _write(line: str) -> None:
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()
