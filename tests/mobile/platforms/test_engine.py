from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from inkdigit import Ink
from inkdigit.errors import InferenceError, ModelError, ModelFormatError
from inkdigit_app.platforms import android_session
from inkdigit_app.platforms.android_session import AndroidInkSession
from inkdigit_app.platforms.engine import recognizer_maker

INK = Ink([[(60, 20), (52, 60), (45, 110), (41, 160)]])


class Fixed:
    """A stand-in for the Java session: all ink is a 3."""

    engine = "Java"

    def __init__(self, java: object, model: object) -> None:
        self.metadata = {"rejection_threshold": "0.5"}
        assert java == "java"
        assert str(model).endswith(".onnx")

    def run(self, batch):
        logits = np.zeros((len(batch), 11), np.float32)
        logits[:, 3] = 9
        return logits, np.zeros((len(batch), 64), np.float32)


class Failing(Fixed):
    """A Java session that loads the model and cannot run it."""

    def run(self, batch):
        raise InferenceError("no memory")


@pytest.fixture
def on_android(monkeypatch):
    """A phone on which onnxruntime's Java package works."""
    monkeypatch.setenv("ANDROID_ARGUMENT", "/data/app")
    monkeypatch.setattr(android_session, "load_java", lambda: "java")
    monkeypatch.setattr(android_session, "AndroidSession", Fixed)
    monkeypatch.setattr(
        android_session, "AndroidInkSession", lambda java: SimpleNamespace(run=np.zeros_like)
    )


def test_on_a_desktop_it_is_onnxruntimes_python_package(bundled_model, monkeypatch):
    monkeypatch.delenv("ANDROID_ARGUMENT", raising=False)
    recognizer = recognizer_maker(None)()
    assert recognizer.engine == "onnxruntime"
    assert recognizer.predict_digit(INK).digit == 1
    with pytest.raises(FileNotFoundError):
        recognizer_maker(bundled_model.with_name("gone.onnx"))()


def test_on_a_desktop_without_onnxruntime_it_is_numpy(bundled_model, monkeypatch):
    monkeypatch.delenv("ANDROID_ARGUMENT", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert recognizer_maker(None)().engine == "numpy"


def test_on_android_it_is_the_java_one(on_android):
    recognizer = recognizer_maker(None)()
    assert recognizer.engine == "Java"
    assert recognizer.predict_digit(INK).digit == 3


def test_on_android_without_the_java_package_it_is_numpy(
    on_android, bundled_model, monkeypatch, caplog
):
    def refuse() -> None:
        raise ModelError("no jar")

    monkeypatch.setattr(android_session, "load_java", refuse)
    recognizer = recognizer_maker(None)()
    assert recognizer.engine == "numpy"
    assert recognizer.predict_digit(INK).digit == 1
    assert "no jar" in caplog.text


def test_a_java_package_that_loads_and_fails_is_replaced_by_numpy(
    on_android, bundled_model, monkeypatch, caplog
):
    monkeypatch.setattr(android_session, "AndroidSession", Failing)
    assert recognizer_maker(None)().engine == "numpy"
    assert "no memory" in caplog.text


def test_a_java_ink_network_that_fails_is_replaced_too(on_android, bundled_model, monkeypatch):
    def fail(pixels):
        raise InferenceError("no memory")

    monkeypatch.setattr(
        android_session, "AndroidInkSession", lambda java: SimpleNamespace(run=fail)
    )
    assert recognizer_maker(None)().engine == "numpy"


def test_a_damaged_model_is_refused_by_numpy_too(on_android, monkeypatch, tmp_path):
    def refuse(java: object, model: object) -> None:
        raise ModelFormatError(f"{model} is damaged")

    monkeypatch.setattr(android_session, "AndroidSession", refuse)
    path = tmp_path / "damaged.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelFormatError, match=r"damaged\.onnx"):
        recognizer_maker(path)()


def test_a_missing_model_is_an_error_not_a_reason_for_another_engine(monkeypatch, tmp_path):
    # The Java session itself, which looks for the file first.
    monkeypatch.setenv("ANDROID_ARGUMENT", "/data/app")
    monkeypatch.setattr(android_session, "load_java", lambda: "java")
    with pytest.raises(FileNotFoundError, match=r"gone\.onnx"):
        recognizer_maker(tmp_path / "gone.onnx")()


def test_ink_from_java_has_the_pictures_shape():
    session = AndroidInkSession.__new__(AndroidInkSession)
    values = np.arange(3 * 16 * 32, dtype=np.float32)
    session._answers = lambda pixels, names: [values]
    found = session.run(np.zeros((1, 3, 16, 32), np.float32))
    np.testing.assert_array_equal(found, values.reshape(1, 3, 16, 32))
