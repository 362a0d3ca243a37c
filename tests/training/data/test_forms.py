from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from inkdigit import Ink, rasterize
from inkdigit.labels import softmax
from inkdigit.session import OnnxSession
from inkdigit_train.data.forms import FORMS, Form, draw_form, slant, with_nib

STICK = Ink([[(0, 0), (0, 100)]])


def lean(ink: Ink) -> float:
    """How far to the right the top lies of the foot, in heights."""
    points = ink.strokes[0].points
    return float((points[0, 0] - points[-1, 0]) / (points[-1, 1] - points[0, 1]))


def test_a_form_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    for form in FORMS:
        one, again = (draw_form(form, np.random.default_rng(3)) for _ in range(2))
        assert one == again
        assert one != draw_form(form, np.random.default_rng(4))


def test_slanted_ink_leans_to_the_right_by_39_degrees_at_most() -> None:
    leans = [lean(slant(STICK, np.random.default_rng(k))) for k in range(200)]
    assert min(leans) > 0.09
    assert max(leans) < 0.81
    assert max(leans) - min(leans) > 0.6


def test_a_broad_nib_thickens_what_it_crosses() -> None:
    thick = [rasterize(with_nib(STICK, np.random.default_rng(k)), pen_px=1.5) for k in range(50)]
    plain = rasterize(STICK, pen_px=1.5).sum()
    assert all(raster.sum() >= 0.9 * plain for raster in thick)
    assert np.mean([raster.sum() for raster in thick]) > 1.2 * plain


@pytest.mark.parametrize("form", dict.fromkeys(FORMS), ids=lambda f: f.strokes.__name__.strip("_"))
def test_a_form_looks_like_its_digit_to_the_network(form: Form) -> None:
    rng = np.random.default_rng(11)
    inks = [draw_form(form, rng) for _ in range(200)]
    rasters = np.stack([rasterize(with_nib(i, rng) if k % 2 else i) for k, i in enumerate(inks)])
    read = softmax(OnnxSession().run(rasters[:, None])[0]).argmax(axis=1)
    assert (read == form.digit).mean() >= 0.85, Counter(read.tolist())
