"""Fitted weights as small JSON files: they are part of the runtime's wheel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inkdigit.files import write_atomic

__all__ = ["write_weights"]

DIGITS = 3  # significant ones of a weight: a change of one in 2,000 changes no reading


def write_weights(path: Path, fitted: Mapping[str, Any]) -> None:
    """Write what a fit found, atomically: one value a line, and one a line of those with names.

    Args:
        path: The file.
        fitted: Ready for JSON. Numbers within lists and names are rounded to `DIGITS` significant
            digits; those that stand alone tell how good the fit is, and stay as they are.
    """
    lines = []
    for name, value in fitted.items():
        if isinstance(value, Mapping) and len(value) > 0:
            inner = [f"    {json.dumps(k)}: {_compact(v)}" for k, v in value.items()]
            text = "{\n" + ",\n".join(inner) + "\n  }"
        elif isinstance(value, list):
            text = _compact(value)
        else:
            text = json.dumps(value, ensure_ascii=False)
        lines.append(f"  {json.dumps(name)}: {text}")
    written = "{\n" + ",\n".join(lines) + "\n}\n"
    write_atomic(path, lambda stream: stream.write(written.encode()))


def _compact(value: Any) -> str:
    return json.dumps(_rounded(value), ensure_ascii=False, separators=(",", ":"))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value
