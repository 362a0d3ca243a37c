"""Arguments of a wrong type or value: each is an error of inkdigit that says what was expected."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit import Ink, Recognizer, Writer, normalize, rasterize
from inkdigit.errors import InkDigitError, InputError, InputTypeError
from inkdigit.images import decode_image, to_bytes

INK = Ink([[[0, 0], [1, 1]]])
CALLS = {
    "a model that is a number": (lambda _: Recognizer(5), InputTypeError),
    "threads as text": (lambda _: Recognizer(threads="x"), InputTypeError),
    "no threads": (lambda _: Recognizer(threads=0), InputError),
    "a session that is none": (lambda _: Recognizer(session=object()), InputTypeError),
    "a picture that is a number": (lambda _: decode_image(5), InputTypeError),
    "levels that are no array": (lambda _: to_bytes([0, 1]), InputTypeError),
    "JSON that is nothing": (lambda _: Ink.from_json(None), InputTypeError),
    "ink that is nothing": (lambda r: r.reader().read(None), InputTypeError),
    "a source that is nothing": (lambda r: r.read(None), InputTypeError),
    "a stroke that is not there": (lambda _: INK.subset([9]), InputError),
    "a stroke from the end": (lambda _: INK.subset([-1]), InputError),
    "a stroke by name": (lambda _: INK.subset("0"), InputTypeError),
    "a length as text": (lambda r: r.read(INK, length="x"), InputTypeError),
    "a confidence of no size": (lambda r: r.read(INK, min_confidence=np.nan), InputError),
    "no ink to draw": (lambda _: rasterize(None), InputTypeError),
    "a raster of no size": (lambda _: rasterize(INK, 0), InputError),
    "a size as text": (lambda _: rasterize(INK, "28"), InputTypeError),
    "a pen of no width": (lambda _: rasterize(INK, 28, 0), InputError),
    "an ink map that is nothing": (lambda _: normalize(None), InputTypeError),
    "a writer's file that is a number": (lambda _: Writer.load(5), InputTypeError),
    "a teacher that is none": (lambda _: Writer().learn(5, INK, 7), InputTypeError),
    "a batch that is nothing": (lambda r: r.classify(None), InputError),
}


@pytest.mark.parametrize(("call", "error"), CALLS.values(), ids=CALLS)
def test_a_wrong_argument_is_an_error_that_says_what_was_expected(recognizer, call, error):
    with pytest.raises(error, match="expected") as caught:
        call(recognizer)
    assert isinstance(caught.value, InkDigitError)
