"""What the app is: its version, its engine, and the licences of all that is in it."""

from __future__ import annotations

import platform

import kivy

from inkdigit import __version__
from inkdigit_app.core.words.language import tr

__all__ = ["LICENCES", "NAME", "about"]

NAME = "inkdigit"
LICENCES = f"""Apache License 2.0. Kivy {kivy.__version__} (MIT), Python \
{platform.python_version()} (PSF), NumPy (BSD), Pillow (MIT-CMU), ONNX Runtime (MIT), SDL (zlib), \
Roboto (Apache 2.0)."""


def about(engine: str | None) -> str:
    """The app's version, its engine where that is known, and licences."""
    lines = [
        tr("{app} {version} reads handwritten digits.").format(app=NAME, version=__version__),
        tr("Nothing leaves this device."),
    ]
    if engine == "numpy":
        lines.append(tr("Reads with NumPy, more slowly: ONNX Runtime cannot be used here."))
    elif engine is not None:
        lines.append(tr("Reads with {engine}.").format(engine=engine))
    return "\n".join([*lines, "", LICENCES])
