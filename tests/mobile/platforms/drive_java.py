"""Uses `AndroidSession` over a jar, in a process of its own, and prints the results as JSON.

A process has one Java, with one class path, until it ends: `drive_java.py JAR FOLDER`.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jnius_config
import numpy as np

FOLDER = Path(sys.argv[2])
jnius_config.set_classpath(sys.argv[1])


def describe(call: Callable[[], object]) -> list[str]:
    """The kinds of error that a call raises, and its message."""
    try:
        call()
    except Exception as exc:  # noqa: BLE001  # which one it is is the question
        return [*(kind.__name__ for kind in type(exc).__mro__), str(exc)]
    return []


def main() -> dict[str, Any]:
    from inkdigit import Ink, Recognizer
    from inkdigit_app.platforms.android_session import AndroidSession, load_java

    java = load_java()
    from jnius import autoclass

    ledger = autoclass("ai.onnxruntime.Ledger")
    batches = np.load(FOLDER / "batches.npz")
    session = AndroidSession(java, FOLDER / "tiny.onnx", threads=2)
    said: dict[str, Any] = {
        "metadata": dict(session.metadata),
        "telemetry": autoclass("ai.onnxruntime.OrtEnvironment").getEnvironment().sendsTelemetry(),
        "open before": ledger.open(),
    }
    answers = {}
    for name in batches.files:
        answers[f"{name} logits"], answers[f"{name} embedding"] = session.run(batches[name])
    said["types"] = sorted({f"{a.dtype} {a.flags.c_contiguous}" for a in answers.values()})
    np.savez(FOLDER / "answers.npz", **answers)

    said["wrong shape"] = describe(lambda: session.run(np.zeros((1, 1, 5, 5), np.float32)))
    said["missing"] = describe(lambda: AndroidSession(java, FOLDER / "gone.onnx"))
    said["damaged"] = describe(lambda: AndroidSession(java, FOLDER / "damaged.onnx"))
    said["other"] = describe(lambda: AndroidSession(java, FOLDER / "other.onnx"))

    ink = Ink([[(60, 20), (52, 60), (45, 110), (41, 160)]])
    recognizer = Recognizer(session=session)
    said["prediction"] = recognizer.predict_digit(ink).to_dict()
    elsewhere = []
    known = []

    def java_threads() -> int:
        return int(autoclass("java.lang.Thread").getAllStackTraces().size())

    said["threads before"] = java_threads()

    def read() -> None:
        elsewhere.append(recognizer.predict_digit(ink).to_dict())
        known.append(java_threads())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said["on other threads"] = elsewhere
    said["threads"], said["threads after"] = max(known), java_threads()
    said["open after"] = ledger.open()
    session.close()
    said["open at the end"], said["closed twice"] = ledger.open(), ledger.closedTwice()
    said["closed too soon"] = ledger.closedTooSoon()
    return said


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
