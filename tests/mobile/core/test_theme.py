from __future__ import annotations

import pytest

from inkdigit_app.core.glyphs import Certainty
from inkdigit_app.core.theme import DARK, LIGHT, THEMES, Theme, contrast

TEXT = 4.5  # WCAG 2.2, 1.4.3
OUTLINE = 3.0  # WCAG 2.2, 1.4.11


def test_contrast_spans_1_to_21() -> None:
    assert contrast("#777777", "#777777") == 1
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.01)  # WebAIM's example


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_text_can_be_read(theme: Theme) -> None:
    assert contrast(theme.text, theme.surface) >= TEXT
    assert contrast(theme.quiet, theme.surface) >= TEXT
    assert contrast(theme.quiet, theme.canvas) >= TEXT
    assert contrast(theme.ink, theme.canvas) >= TEXT
    assert contrast(theme.text, theme.canvas) >= TEXT
    assert contrast(theme.accent, theme.surface) >= TEXT  # the word on a chosen key
    assert contrast(theme.on_accent, theme.accent) >= TEXT


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
@pytest.mark.parametrize("certainty", Certainty)
def test_the_mark_of_each_certainty_can_be_seen(theme: Theme, certainty: Certainty) -> None:
    assert contrast(theme.line_colour(certainty), theme.surface) >= OUTLINE
    assert contrast(theme.line_colour(certainty), theme.canvas) >= OUTLINE


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_each_certainty_has_a_colour_of_its_own(theme: Theme) -> None:
    assert len({theme.line_colour(certainty) for certainty in Certainty}) == len(Certainty)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_outlines_of_keys_and_fields_can_be_seen(theme: Theme) -> None:
    assert contrast(theme.outline, theme.surface) >= OUTLINE
    assert contrast(theme.outline, theme.canvas) >= OUTLINE
