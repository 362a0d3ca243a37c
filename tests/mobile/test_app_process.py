"""The whole app as a person meets it: a process, a window, a real pointer, a real keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from desktop import Desktop, RunningApp, running_app, until

from inkdigit_app.theme import DARK, LIGHT

pytestmark = pytest.mark.display

SAMPLES = Path(__file__).parents[2] / "samples"
PHONE = (390, 844)
WIDE = (1000, 700)

SEVEN = [(90, 250), (180, 246), (280, 240), (250, 330), (210, 430), (180, 560)]

Start = Callable[..., RunningApp]


@pytest.fixture
def start(desktop: Desktop) -> Iterator[Start]:
    with ExitStack() as apps:
        yield lambda *arguments, **variables: apps.enter_context(
            running_app(desktop, *arguments, **variables)
        )


def says(app: RunningApp, title: str) -> None:
    until(lambda: app.title == title, f"{title!r} as the window's title")


def ink_pixels(app: RunningApp, colour: str = LIGHT.ink) -> int:
    """How many pixels of the canvas the ink covers."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    width, height = app.size
    right = width - 290 if width > height else width  # where the panel begins
    canvas = app.screenshot()[100 : height - 70, :right]
    return int((canvas == (red, green, blue)).all(axis=2).sum())


def test_a_digit_is_drawn_recognised_and_cleared(
    start: Start, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    app = start("--model", str(make_model(7)))
    app.resize(*PHONE)
    app.draw(SEVEN)
    until(lambda: ink_pixels(app) > 500, "ink on the canvas")
    assert app.title == "inkdigit"
    app.press_recognise()
    says(app, "7 — inkdigit")
    app.save_screenshot(tmp_path / "answer.png")
    app.press_clear()
    says(app, "inkdigit")
    until(lambda: ink_pixels(app) == 0, "a clean canvas")
    assert app.output == ""


def test_the_keyboard_recognises_and_clears(start: Start, make_model: Callable[..., Path]) -> None:
    app = start("--model", str(make_model(3)))
    for clear in ("Delete", "Escape"):
        app.draw(SEVEN)
        app.key("Return")
        says(app, "3 — inkdigit")
        app.key(clear)
        says(app, "inkdigit")


def test_ink_that_is_no_digit_reads_as_a_dash(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(10)))
    app.draw(SEVEN)
    app.key("Return")
    says(app, "– — inkdigit")


def test_a_new_stroke_takes_the_answer_away(start: Start, make_model: Callable[..., Path]) -> None:
    app = start("--model", str(make_model(1)))
    app.draw(SEVEN)
    app.key("Return")
    says(app, "1 — inkdigit")
    app.draw([(400, 300)])
    says(app, "inkdigit")


def test_ink_stays_where_it_is_when_the_window_changes(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(7)))
    app.resize(*PHONE)
    app.draw(SEVEN)
    before = until(lambda: ink_pixels(app), "ink on the canvas")
    app.resize(*WIDE)
    # The canvas now begins at the top of the window, where the answer was.
    until(lambda: abs(ink_pixels(app) - before) <= 0.02 * before, "the same ink")
    app.key("Return")
    says(app, "7 — inkdigit")


def test_every_point_of_a_quick_stroke_is_drawn(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(7)))
    # A battlement of 40 uprights, some hundred points at once: more than one comes in each frame.
    uprights = 40
    battlement = []
    for i in range(uprights):
        ends = [(60 + 16 * i, 260), (60 + 16 * i, 340)]
        battlement += ends if i % 2 else ends[::-1]
    app.draw(battlement)

    def crossed() -> bool:
        dark = app.screenshot()[300, 50:710].max(axis=1) < 100
        return int(np.count_nonzero(np.diff(dark.astype(int)) == 1)) == uprights

    until(crossed, f"{uprights} uprights")


def test_the_dark_theme_is_dark(start: Start, make_model: Callable[..., Path]) -> None:
    app = start("--model", str(make_model(7)), "--theme", "dark")
    app.draw(SEVEN)
    until(lambda: ink_pixels(app, DARK.ink) > 500, "light ink")
    app.key("Return")
    says(app, "7 — inkdigit")


def test_a_model_that_is_missing_is_said_and_does_not_stop_the_pen(
    start: Start, tmp_path: Path
) -> None:
    app = start("--model", str(tmp_path / "absent.onnx"))
    app.draw(SEVEN)
    until(lambda: "absent.onnx" in app.output, "a word about the model")
    app.key("Return")
    app.draw([(500, 300), (520, 400)])
    until(lambda: ink_pixels(app) > 500, "ink on the canvas")
    assert app.title == "inkdigit"


def test_the_app_leaves_nothing_in_the_home_folder(
    start: Start, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = start(*("--model", str(make_model(7))), HOME=str(home), MESA_SHADER_CACHE_DISABLE="true")
    app.draw(SEVEN)
    app.key("Return")
    says(app, "7 — inkdigit")
    app.close()
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize(("digit", "size"), [("7", PHONE), ("7", WIDE), ("4", PHONE), ("4", WIDE)])
def test_the_bundled_model_reads_what_the_pointer_draws(
    start: Start, bundled_model: Path, digit: str, size: tuple[int, int]
) -> None:
    strokes = [SEVEN]
    if digit == "4":
        strokes = json.loads((SAMPLES / "four.json").read_text(encoding="utf-8"))["strokes"]
    app = start()
    app.resize(*size)
    for stroke in strokes:
        app.draw(stroke)
    app.press_recognise()
    says(app, f"{digit} — inkdigit")
