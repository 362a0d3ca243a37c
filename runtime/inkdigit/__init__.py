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
from inkdigit._framing.normalize import normalize
from inkdigit._framing.rasterize import rasterize
from inkdigit.documents import open_document
from inkdigit.errors import InkDigitError
from inkdigit.ink import Ink, Stroke
from inkdigit.live import InkReader
from inkdigit.recognizer import Recognizer
from inkdigit.results import DigitReading, Prediction, Reading
from inkdigit.session import OnnxSession, Session
from inkdigit.writer import Lesson, Writer

if TYPE_CHECKING:
    from inkdigit.tables import Cell, Column, Table

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

_OF_TABLES = ("Cell", "Column", "Table")


def __getattr__(name: str) -> object:
    """What reads tables, loaded when it is first asked for."""
    if name not in _OF_TABLES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from inkdigit import tables  # noqa: PLC0415

    value: object = getattr(tables, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_OF_TABLES})
