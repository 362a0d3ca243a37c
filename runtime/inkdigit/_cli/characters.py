"""What may be read, as the command line takes it."""

from __future__ import annotations

import argparse
import re

from inkdigit._decode.constraints import Constraints
from inkdigit.errors import InputError
from inkdigit.labels import SIGNS

__all__ = ["allowed_characters"]


def allowed_characters(text: str) -> str:
    """The characters that may be read; "2-5" stands for the digits from 2 to 5.

    Raises:
        argparse.ArgumentTypeError: If there is no digit, or another character.
    """
    spelled = re.sub(
        "([0-9])-([0-9])",
        lambda ends: "".join(str(digit) for digit in range(int(ends[1]), int(ends[2]) + 1)),
        text,
    )
    try:
        Constraints.parse(None, spelled)
    except InputError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected one or more of the digits, as in 0123 or 0-9, and any of the signs"
            f' {SIGNS} and a space beside them, as in "0-9.,-/: "'
        ) from exc
    return spelled
