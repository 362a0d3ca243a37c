"""A model card in, with a section replaced out."""

from __future__ import annotations

import re
from pathlib import Path

from inkdigit.files import write_atomic
from inkdigit_train.errors import DataError

__all__ = ["replace_section"]


def replace_section(card: Path, section: str) -> None:
    """Put a section into a model card, in the place of the one with its heading, else at the end.

    Args:
        card: A Markdown file.
        section: Starts with its heading of the second level, "## ...".

    Raises:
        DataError: If the card cannot be read.
    """
    try:
        text = card.read_text(encoding="utf-8")
    except (OSError, ValueError) as exc:
        raise DataError(f"{card} cannot be read ({exc}); expected a model card") from exc
    heading = section.partition("\n")[0]
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = [part for part in parts if part.partition("\n")[0] != heading]
    where = next((k for k, part in enumerate(parts) if part not in kept), len(kept))
    kept.insert(where, section)
    whole = "\n\n".join(part.strip("\n") for part in kept) + "\n"
    write_atomic(card, lambda stream: stream.write(whole.encode()))
