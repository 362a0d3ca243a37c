"""Words and labels that once puzzled people: they say what to do, and on what kind of machine."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from app_stage import Stage
from paths import ROOT

sys.path.append(str(ROOT / "mobile"))
import make_locales

pytestmark = pytest.mark.display

WITHOUT_A_MOUSE, WITH_ONE = "Tap ", "Click "


def texts_of_the_app() -> set[str]:
    return {text for text, _ in make_locales.collect(make_locales.APP)}


def test_whoever_is_told_to_tap_is_told_to_click_on_a_desktop() -> None:
    told = {text for text in texts_of_the_app() if text.startswith(WITHOUT_A_MOUSE)}
    assert told
    clicked = {text.replace(WITHOUT_A_MOUSE, WITH_ONE, 1) for text in told}
    assert clicked <= texts_of_the_app()


def test_a_setting_says_what_it_does_in_plain_words(stage_app: Stage) -> None:
    stage_app.key(ord(","), "ctrl")
    screen = stage_app.top()
    said = {w.title: w.detail for w in screen.walk() if hasattr(w, "detail")}
    assert said["Read as I write"] == "When off, press Read or Enter"
    assert said["Digits per line"] == "Setting it makes reading more reliable"


@pytest.mark.parametrize(("mobile", "verb"), [(True, "Tap"), (False, "Click")])
def test_the_hint_beside_a_number_fits_the_machine(
    stage_app: Stage, write: Any, monkeypatch: pytest.MonkeyPatch, mobile: bool, verb: str
) -> None:
    monkeypatch.setattr("inkdigit_app.presenter.is_mobile", lambda: mobile)
    stage_app.write(write("31", 20, 60))
    hint = stage_app.app.home.panel_hint
    assert hint == f"{verb} a digit to correct it."


def test_clearing_the_page_does_not_look_like_closing_it(stage_app: Stage, write: Any) -> None:
    button = stage_app.app.home.toolbar.ids["clear"]
    stage_app.write(write("31", 20, 60))
    assert (button.icon, button.word) in {("", "Clear"), ("delete", "")}


def test_the_panel_at_the_side_is_labelled_and_used(stage_app: Stage, write: Any) -> None:
    home = stage_app.app.home
    home.size_hint, home.size = (None, None), (1000, 700)
    stage_app.settle()
    assert home.wide
    bar = home.nav_bar
    assert [bar.ids[name].word for name in ("history", "picture", "settings")] == [
        "History",
        "Open a picture",
        "Settings",
    ]
    stage_app.write(write("31", 20, 60))
    assert home.panel_hint
    reading = home.reading_bar
    assert reading.height + bar.height > 0.5 * (home.height - home.toolbar.height)
