"""The errors: each is an InkDigitError and the builtin that callers would expect."""

from __future__ import annotations

import pickle

import pytest

from inkdigit import errors

BUILTINS = {
    "InputError": ValueError,
    "InkError": ValueError,
    "EmptyInkError": ValueError,
    "ImageError": ValueError,
    "ImageDecodeError": ValueError,
    "ImageTooLargeError": ValueError,
    "InputTypeError": TypeError,
    "MissingExtraError": ImportError,
    "InputNotFoundError": FileNotFoundError,
    "InputReadError": OSError,
    "ModelNotFoundError": FileNotFoundError,
    "ModelFormatError": ValueError,
    "InferenceError": RuntimeError,
}


@pytest.mark.parametrize("name", BUILTINS)
def test_error_is_the_builtin_that_fits(name):
    with pytest.raises(BUILTINS[name]) as caught:
        raise getattr(errors, name)("what arrived, what was expected, what to do")
    assert isinstance(caught.value, errors.InkDigitError)
    assert str(caught.value) == "what arrived, what was expected, what to do"


@pytest.mark.parametrize("name", errors.__all__)
def test_error_crosses_to_another_process(name):
    error = getattr(errors, name)("message")
    assert str(pickle.loads(pickle.dumps(error))) == "message"


def test_hierarchy_is_drawn_whole_in_the_docstring():
    assert all(name in (errors.__doc__ or "") for name in errors.__all__)


def test_a_message_is_short_whatever_arrived():
    text = str(errors.InkError("start " + "x" * 900_000 + " end"))
    assert len(text) <= 2000
    assert text.startswith("start")
    assert text.endswith("end")
