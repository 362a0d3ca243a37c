from __future__ import annotations

import pytest

from inkdigit import Ink
from inkdigit.errors import ModelError
from inkdigit_app.platforms import android_session
from inkdigit_app.platforms.engine import recognizer_maker

INK = Ink([[(60, 20), (52, 60), (45, 110), (41, 160)]])


class Fixed:
    """A stand-in for the Java session: all ink is a 3."""

    def __init__(self, java: object, model: object) -> None:
        self.metadata = {"rejection_threshold": "0.5"}
        assert java == "java"
        assert str(model).endswith("model.onnx")

    def run(self, batch):
        import numpy as np

        logits = np.zeros((len(batch), 11), np.float32)
        logits[:, 3] = 9
        return logits, np.zeros((len(batch), 64), np.float32)


def test_on_a_desktop_it_is_onnxruntimes_python_package(bundled_model, monkeypatch):
    monkeypatch.delenv("ANDROID_ARGUMENT", raising=False)
    assert recognizer_maker(None)().predict_digit(INK).digit == 1
    with pytest.raises(FileNotFoundError):
        recognizer_maker(bundled_model.with_name("gone.onnx"))()


def test_on_android_it_is_the_java_one(monkeypatch):
    monkeypatch.setenv("ANDROID_ARGUMENT", "/data/app")
    monkeypatch.setattr(android_session, "load_java", lambda: "java")
    monkeypatch.setattr(android_session, "AndroidSession", Fixed)
    monkeypatch.setattr(android_session, "AndroidInkSession", lambda java: None)
    assert recognizer_maker(None)().predict_digit(INK).digit == 3


def test_a_failure_of_java_is_raised_when_the_recogniser_is_made(monkeypatch):
    def refuse() -> None:
        raise ModelError("no jar")

    monkeypatch.setenv("ANDROID_ARGUMENT", "/data/app")
    monkeypatch.setattr(android_session, "load_java", refuse)
    make = recognizer_maker(None)
    with pytest.raises(ModelError, match="no jar"):
        make()
