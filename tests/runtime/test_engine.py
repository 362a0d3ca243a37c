"""Which engine a recogniser gets: onnxruntime, or numpy where there is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from paths import SAMPLES

from inkdigit import Recognizer
from inkdigit.engine import digit_session, engine_name
from inkdigit.errors import ModelNotFoundError
from inkdigit.numpy_session import NumpySession
from inkdigit.session import BUNDLED_MODEL, OnnxSession

DEADLINE_S = 120


@pytest.fixture
def no_onnxruntime(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # its import raises ImportError


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_onnxruntime_where_there_is_one(tiny_model):
    assert isinstance(digit_session(tiny_model), OnnxSession)
    assert Recognizer(tiny_model).engine == "onnxruntime"


def test_it_is_numpy_where_there_is_no_onnxruntime(no_onnxruntime, tiny_model):
    assert isinstance(digit_session(tiny_model), NumpySession)
    assert Recognizer(tiny_model).engine == "numpy"


def test_missing_model_is_the_same_error_there(no_onnxruntime, tmp_path):
    with pytest.raises(ModelNotFoundError, match=r"gone\.onnx"):
        Recognizer(tmp_path / "gone.onnx")


def test_broken_onnxruntime_is_not_taken_for_a_missing_one(monkeypatch, tiny_model):
    def fail() -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("inkdigit.engine.import_onnxruntime", fail)
    with pytest.raises(RuntimeError, match="out of order"):
        digit_session(tiny_model)


def test_session_of_ones_own_is_named_by_itself_or_by_its_class(session):
    assert Recognizer(session=session).engine == "ByHeart"
    session.engine = "by heart"
    assert engine_name(session) == "by heart"


@pytest.mark.skipif(not BUNDLED_MODEL.is_file(), reason="no bundled model: `make train`")
def test_pictures_and_ink_are_read_without_onnxruntime():
    code = (
        "import json, sys\n"
        "sys.modules['onnxruntime'] = None\n"
        "import inkdigit\n"
        "from inkdigit.images import to_ink_map\n"
        "recognizer = inkdigit.Recognizer()\n"
        f"picture, ink = {str(SAMPLES / 'seven.png')!r}, {str(SAMPLES / 'four.json')!r}\n"
        "ink = inkdigit.Ink.from_json(open(ink, 'rb').read())\n"
        "texts = [recognizer.read(picture).text, recognizer.read(ink).text]\n"
        "digit = recognizer.predict_digit(picture).digit\n"
        "print(json.dumps([recognizer.engine, texts, digit, float(to_ink_map(picture).max())]))"
    )
    engine, texts, digit, darkest = json.loads(run_python(code))
    assert (engine, texts, digit) == ("numpy", ["7", "4"], 7)
    assert darkest > 0.5


@pytest.mark.skipif(not BUNDLED_MODEL.is_file(), reason="no bundled model: `make train`")
def test_numpy_session_imports_no_onnxruntime():
    code = (
        "import sys, numpy as np\n"
        "from inkdigit import Recognizer\n"
        "from inkdigit.numpy_session import NumpyInkSession, NumpySession\n"
        "reader = Recognizer(session=NumpySession(), ink_session=NumpyInkSession())\n"
        f"assert reader.predict_digit({str(SAMPLES / 'seven.png')!r}).digit == 7\n"
        "print('onnxruntime' in sys.modules)"
    )
    assert run_python(code).strip() == "False"


def test_batch_of_none_needs_no_engine(no_onnxruntime, tiny_model):
    probabilities, embedding = Recognizer(tiny_model).classify(np.empty((0, 28, 28), np.float32))
    assert (probabilities.shape, embedding.shape) == ((0, 11), (0, 64))
