from __future__ import annotations

import io

from paths import SAMPLES
from PIL import Image

from inkdigit import Stroke
from inkdigit_app.core.page import Page, PenStroke
from inkdigit_app.store import pictures
from inkdigit_app.store.thumbnails import SIZE_PX, draw_thumbnail


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_ink_has_a_thumbnail_that_can_be_tinted() -> None:
    page = Page((PenStroke(Stroke.from_points([(10, 10), (400, 900)]), 7.0),))
    image = opened(draw_thumbnail(page))
    assert image.size == SIZE_PX
    white, alpha = image.split()
    assert white.getextrema() == (255, 255)
    assert alpha.getextrema() == (0, 255)


def test_a_dot_and_a_picture_have_a_thumbnail() -> None:
    assert draw_thumbnail(Page((PenStroke(Stroke.from_points([(5, 5)]), 7.0),)))
    image = opened(draw_thumbnail(Page(picture=pictures.from_file(SAMPLES / "seven.png"))))
    assert image.width <= SIZE_PX[0]
    assert image.height <= SIZE_PX[1]
