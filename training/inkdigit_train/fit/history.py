"""A run's epochs: one row each, as CSV and as a line on the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkdigit.files import write_atomic

__all__ = ["COLUMNS", "HISTORY", "summary", "write_history"]

HISTORY = "history.csv"  # in a run's folder
COLUMNS = (
    "epoch",
    "step",
    "seconds",
    "lr",
    "train_loss",
    "val_loss",
    "val_accuracy",
    "ink_accuracy",
)


def write_history(path: Path, history: Sequence[dict[str, Any]]) -> None:
    """Write the rows as CSV, atomically."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    write_atomic(path, lambda stream: stream.write(text.getvalue().encode()))


def summary(row: dict[str, float], epochs: int) -> str:
    """A finished epoch in one line, with the time that the rest will take."""
    left = row["seconds"] / row["epoch"] * (epochs - row["epoch"])
    return (
        f"epoch {row['epoch']:.0f}/{epochs}  loss {row['train_loss']:.4f}"
        f"  val {row['val_accuracy']:.2%}  ink {row['ink_accuracy']:.2%}"
        f"  {row['seconds']:.0f} s, {left:.0f} s left"
    )
