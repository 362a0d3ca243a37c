"""inkdigit reads handwritten digits, offline, in milliseconds.

    from inkdigit import Ink, Recognizer

    recognizer = Recognizer()
    recognizer.predict_digit("seven.png").digit      # 7
    recognizer.predict_digit(Ink(strokes)).confidence
    recognizer.read(Ink(strokes)).text                  # "1995"
    recognizer.read_table("sheet.jpg").to_csv()

Importing this package reads no model and loads no onnxruntime; making a `Recognizer` does.
"""

from typing import TYPE_CHECKING

from inkdigit import errors
from inkdigit.errors import InkDigitError

if TYPE_CHECKING:
    from inkdigit._framing.normalize import normalize
    from inkdigit._framing.rasterize import rasterize
    from inkdigit.documents import open_document
    from inkdigit.ink import Ink, Stroke
    from inkdigit.live import InkReader
    from inkdigit.recognizer import Recognizer
    from inkdigit.results import DigitReading, Prediction, Reading
    from inkdigit.session import OnnxSession, Session
    from inkdigit.tables import Cell, Column, Table
    from inkdigit.writer import Lesson, Writer

__all__ = [
    "Cell",
    "Column",
    "DigitReading",
    "Ink",
    "InkDigitError",
    "InkReader",
    "Lesson",
    "OnnxSession",
    "Prediction",
    "Reading",
    "Recognizer",
    "Session",
    "Stroke",
    "Table",
    "Writer",
    "__version__",
    "errors",
    "normalize",
    "open_document",
    "rasterize",
]

__version__ = "0.2.0"

# Each is loaded when it is first asked for: who draws ink need not wait for what reads tables.
_HOMES = {
    "Cell": "tables",
    "Column": "tables",
    "DigitReading": "results",
    "Ink": "ink",
    "InkReader": "live",
    "Lesson": "writer",
    "OnnxSession": "session",
    "Prediction": "results",
    "Reading": "results",
    "Recognizer": "recognizer",
    "Session": "session",
    "Stroke": "ink",
    "Table": "tables",
    "Writer": "writer",
    "normalize": "_framing.normalize",
    "open_document": "documents",
    "rasterize": "_framing.rasterize",
}


def __getattr__(name: str) -> object:
    """Load a name of `__all__`."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
