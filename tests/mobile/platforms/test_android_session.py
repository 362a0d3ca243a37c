"""The Java session: through real pyjnius, against a stand-in for onnxruntime's Java package.

What onnxruntime itself computes on a phone is not tested here; that it is asked the right thing,
and its answer taken rightly, is.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_onnx import write_linear_model

from inkdigit import Ink, OnnxSession, Recognizer

HERE = Path(__file__).parent
INPUTS, LOGITS, EMBEDDING = 784, 11, 64
DEADLINE_S = 300
INK = Ink([[(60, 20), (52, 60), (45, 110), (41, 160)]])


def save_models(folder: Path) -> None:
    """A linear model as ONNX, and beside it as the stand-in reads it; and files that are none."""
    rng = np.random.default_rng(5)
    weights = {
        "to_logits": rng.normal(0, 0.1, (INPUTS, LOGITS)).astype(np.float32),
        "bias": rng.normal(0, 1, LOGITS).astype(np.float32),
        "to_embedding": rng.normal(0, 0.1, (INPUTS, EMBEDDING)).astype(np.float32),
    }
    path = folder / "tiny.onnx"
    write_linear_model(path, *weights.values(), metadata={"rejection_threshold": "0.9"})
    sizes = np.array([INPUTS, LOGITS, EMBEDDING], "<i4").tobytes()
    numbers = b"".join(values.astype("<f4").tobytes() for values in weights.values())
    (folder / "tiny.onnx.stub").write_bytes(sizes + numbers)
    (folder / "damaged.onnx").write_bytes(b"no model")
    (folder / "other.onnx").write_bytes(b"a model of ten classes")
    ten = np.array([INPUTS, 10, EMBEDDING], "<i4").tobytes()
    (folder / "other.onnx.stub").write_bytes(ten + bytes(4 * (INPUTS * 74 + 10)))


def save_batches(folder: Path) -> None:
    rng = np.random.default_rng(6)
    one = np.zeros((1, 1, 28, 28), np.float32)
    one[0, 0, 3, 7] = 0.5
    many = rng.uniform(0, 1, (70, 1, 28, 28)).astype(np.float32)
    np.savez(folder / "batches.npz", one=one, many=many, every_other=many[::2])


@pytest.fixture(scope="module")
def jar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in, compiled."""
    if shutil.which("javac") is None:
        pytest.skip("there is no javac: install a JDK, such as openjdk-17-jdk-headless")
    folder = tmp_path_factory.mktemp("classes")
    sources = sorted((HERE / "stub_onnxruntime").rglob("*.java"))
    subprocess.run(
        ["javac", "-nowarn", "-d", str(folder), *map(str, sources)],
        check=True,
        capture_output=True,
        timeout=DEADLINE_S,
    )
    path = folder / "onnxruntime.jar"
    subprocess.run(
        ["jar", "cf", str(path), "-C", str(folder), "ai"], check=True, timeout=DEADLINE_S
    )
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("java")
    save_models(made)
    save_batches(made)
    return made


@pytest.fixture(scope="module")
def said(jar: Path, folder: Path) -> dict[str, Any]:
    """What came of using the session."""
    return drive(jar, folder)


def drive(jar: Path, folder: Path) -> dict[str, Any]:
    if importlib.util.find_spec("jnius") is None:
        pytest.skip("pyjnius is not installed: run `make test`")
    done = subprocess.run(
        [sys.executable, str(HERE / "drive_java.py"), str(jar), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("batch", ["one", "many", "every_other"])
def test_it_answers_what_the_python_session_answers(
    said: dict[str, Any], folder: Path, batch: str
) -> None:
    rasters = np.ascontiguousarray(np.load(folder / "batches.npz")[batch])
    expected = OnnxSession(folder / "tiny.onnx").run(rasters)
    answers = np.load(folder / "answers.npz")
    for name, values in zip(("logits", "embedding"), expected, strict=True):
        answer = answers[f"{batch} {name}"]
        assert answer.shape == values.shape
        np.testing.assert_allclose(answer, values, atol=1e-4)


def test_answers_are_float32(said: dict[str, Any]) -> None:
    assert said["types"] == ["float32 True"]


def test_a_recogniser_on_it_predicts_what_one_on_the_python_session_does(
    said: dict[str, Any], folder: Path
) -> None:
    expected = Recognizer(model=folder / "tiny.onnx").predict_digit(INK).to_dict()
    assert said["prediction"]["digit"] == expected["digit"]
    assert said["prediction"]["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-4)


def test_other_threads_get_the_same_answer(said: dict[str, Any]) -> None:
    assert said["on other threads"] == [said["prediction"]] * 4


def test_threads_that_end_are_detached_from_java(said: dict[str, Any]) -> None:
    assert said["threads"] > said["threads before"]
    assert said["threads after"] == said["threads before"]


def test_metadata_and_options_reach_the_engine(said: dict[str, Any]) -> None:
    assert said["metadata"] == {"rejection_threshold": "0.9", "threads": "2 1"}


def test_telemetry_is_turned_off(said: dict[str, Any]) -> None:
    assert said["telemetry"] is False


def test_everything_is_closed_once(said: dict[str, Any]) -> None:
    session_and_options = 2
    assert said["open before"] == said["open after"] == session_and_options
    assert (said["open at the end"], said["closed twice"]) == (0, 0)


def test_the_options_outlive_the_session(said: dict[str, Any]) -> None:
    assert said["closed too soon"] == 0


@pytest.mark.parametrize(
    ("case", "kinds", "word"),
    [
        ("wrong shape", {"InferenceError", "RuntimeError"}, "(1, 1, 5, 5)"),
        ("missing", {"ModelNotFoundError", "FileNotFoundError"}, "gone.onnx"),
        ("damaged", {"ModelFormatError", "ValueError"}, "Protobuf"),
        ("other", {"ModelFormatError", "ValueError"}, "expected"),
    ],
)
def test_errors_are_the_runtimes(
    said: dict[str, Any], case: str, kinds: set[str], word: str
) -> None:
    *names, message = said[case]
    assert kinds <= set(names)
    assert word in message


def test_without_the_jar_the_error_names_what_is_missing(tmp_path: Path) -> None:
    if importlib.util.find_spec("jnius") is None or shutil.which("javac") is None:
        pytest.skip("pyjnius or a JDK is not installed")
    code = (
        "from inkdigit.errors import ModelError\n"
        "from inkdigit_app.platforms.android_session import load_java\n"
        "try:\n    load_java()\nexcept ModelError as exc:\n    print(exc)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE_S,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert "buildozer.spec" in done.stdout
