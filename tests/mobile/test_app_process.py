"""The whole app as its user meets it: a process, a window, a real pointer, a real keyboard."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import replay
from desktop import Desktop, RunningApp, running_app, until
from kill_app import write_and_kill
from paths import SAMPLES

from inkdigit import Recognizer, Writer
from inkdigit_app.core.page import PenStroke
from inkdigit_app.core.theme import DARK, LIGHT

pytestmark = pytest.mark.display

PHONE = (360, 740)
WIDE = (1000, 700)

SEVEN = [(90, 250), (180, 246), (280, 240), (250, 330), (210, 430), (180, 560)]

Write = Callable[..., list[PenStroke]]
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
    wide = width > height
    right = width - 310 if wide else width  # where the panel begins
    canvas = app.screenshot()[0 if wide else 170 : height - 130, :right]
    return int((canvas == (red, green, blue)).all(axis=2).sum())


def draw(app: RunningApp, strokes: list[PenStroke]) -> None:
    for stroke in strokes:
        app.draw([(float(x), float(y)) for x, y in stroke.stroke.points])


def has_no_ink(app: RunningApp) -> bool:
    """The hint's grey and the icons' ink are another colour, or elsewhere."""
    return ink_pixels(app) == 0


def history(home: Path) -> list[str]:
    """The texts of the saved pages, newest first, as another program reads them."""
    path = home / ".local" / "share" / "inkdigit" / "history.sqlite3"
    if not path.exists():
        return []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT text FROM page ORDER BY changed DESC").fetchall()
    connection.close()
    return [text for (text,) in rows]


def test_a_digit_is_read_as_the_pen_lifts_and_cleared(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(7)))
    app.resize(*PHONE)
    app.draw(SEVEN)
    says(app, "7 — inkdigit")
    until(lambda: ink_pixels(app) > 500, "ink on the canvas")
    app.press("clear")
    says(app, "inkdigit")
    until(lambda: has_no_ink(app), "a clean canvas")
    app.press("undo")
    says(app, "7 — inkdigit")
    assert app.output == ""


def test_a_number_is_written_corrected_saved_exported_and_reopened(
    start: Start, bundled_model: Path, write: Write, tmp_path: Path
) -> None:
    records = pytest.importorskip("inkdigit_train.data.records")
    home = tmp_path / "home"
    (home / "Documents").mkdir(parents=True)
    app = start(HOME=str(home))
    app.resize(*PHONE)
    draw(app, write("314", 30, 250))
    says(app, "314 — inkdigit")
    app.tap((60, 300))
    app.press_key("8")
    says(app, "814 — inkdigit")
    until(lambda: history(home) == ["814"], "the correction in the history")
    app.open(lambda: app.press("history"))
    app.draw([(PHONE[0] - 40, 28)])  # Export
    out = until(
        lambda: list((home / "Documents" / "inkdigit").glob("*.jsonl")), "the exported file"
    )
    (record,) = until(lambda: records.read_records(out[0]), "a record")
    assert record.label == "8"
    app.key("Escape")
    app.press("clear")
    says(app, "inkdigit")
    draw(app, write("59", 30, 250))
    says(app, "59 — inkdigit")
    until(lambda: history(home) == ["59", "814"], "both in the history")
    app.kill()

    app = start(HOME=str(home))
    app.resize(*PHONE)
    says(app, "59 — inkdigit")
    until(lambda: ink_pixels(app) > 500, "the ink")
    app.open(lambda: app.press("history"))
    app.draw([(150, 56 + 64 + 72 + 36)])  # the second row
    says(app, "814 — inkdigit")


def test_ink_and_corrections_outlive_a_kill(
    start: Start, bundled_model: Path, write: Write, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = start(HOME=str(home))
    draw(app, write("31", 30, 250))
    says(app, "31 — inkdigit")
    app.key("Left")
    app.key("7")
    says(app, "37 — inkdigit")
    until(lambda: history(home) == ["37"], "the correction on the disk")
    app.wait_still()  # what is on the disk may not be on the screen yet
    before = ink_pixels(app)
    app.kill()
    app = start(HOME=str(home))
    says(app, "37 — inkdigit")
    until(lambda: abs(ink_pixels(app) - before) <= 0.02 * before, "the same ink")


def knows_corrected(home: Path) -> bool:
    """Whether anything that was misread is in the hand on the disk."""
    path = home / ".local" / "share" / "inkdigit" / "hands" / "me.json"
    return path.exists() and any(glyph.corrected for glyph in Writer.load(path).glyphs)


def test_a_kill_while_somebody_writes_takes_nothing_back_that_was_saved(
    desktop: Desktop, tmp_path: Path
) -> None:
    rng = np.random.default_rng(3)
    kills = [write_and_kill(desktop, tmp_path, rng) for _ in range(3)]
    assert [kill.undone for kill in kills] == [0, 0, 0]


def test_undo_survives_a_kill_and_reopening_from_the_history(
    start: Start, bundled_model: Path, write: Write, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = start(HOME=str(home))
    app.resize(*PHONE)
    draw(app, write("31", 30, 250))
    says(app, "31 — inkdigit")
    app.key("Left")
    app.key("7")
    says(app, "37 — inkdigit")
    until(lambda: history(home) == ["37"], "the correction on the disk")
    until(lambda: knows_corrected(home), "the lesson on the disk")
    app.kill()

    app = start(HOME=str(home))
    app.resize(*PHONE)
    says(app, "37 — inkdigit")
    app.key("ctrl+z")
    says(app, "31 — inkdigit")
    # Otherwise the next session would read a 7.
    until(lambda: not knows_corrected(home), "the lesson taken back on the disk")
    app.key("ctrl+z")
    says(app, "3 — inkdigit")
    until(lambda: history(home) == ["3"], "the steps on the disk")
    app.press("clear")
    says(app, "inkdigit")
    app.kill()

    app = start(HOME=str(home))
    app.resize(*PHONE)
    app.open(lambda: app.press("history"))
    app.open(lambda: app.draw([(150, 56 + 64 + 36)]))  # the first row
    says(app, "3 — inkdigit")
    app.key("ctrl+shift+z")
    says(app, "31 — inkdigit")
    app.key("ctrl+shift+z")
    says(app, "37 — inkdigit")


def test_the_keyboard_undoes_redoes_and_clears(
    start: Start, bundled_model: Path, write: Write
) -> None:
    app = start()
    draw(app, write("37", 30, 250))
    says(app, "37 — inkdigit")
    app.key("Delete")
    says(app, "inkdigit")
    app.key("ctrl+z")
    says(app, "37 — inkdigit")
    app.key("ctrl+shift+z")
    says(app, "inkdigit")
    app.key("ctrl+z")
    says(app, "37 — inkdigit")


def test_ink_that_is_no_digit_is_said_in_words(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(10)))
    app.draw(SEVEN)
    says(app, "no digits — inkdigit")


def test_a_real_keyboard_marks_deletes_and_quits_and_the_pointer_scratches_out(
    start: Start, bundled_model: Path, write: Write
) -> None:
    app = start()
    app.resize(*PHONE)
    draw(app, write("314", 30, 250))
    says(app, "314 — inkdigit")
    app.key("Right")
    app.key("question")
    says(app, "?14 — inkdigit")
    app.key("Right")
    app.key("BackSpace")
    says(app, "?4 — inkdigit")
    app.key("Escape")
    points = np.concatenate([stroke.stroke.points for stroke in write("314", 30, 250)[2:]])
    left, top = points.min(axis=0) - 8
    right, bottom = points.max(axis=0) + 8
    steps = np.linspace(top, bottom, 11)
    app.draw([(float(right if i % 2 else left), float(y)) for i, y in enumerate(steps)])
    says(app, "no digits — inkdigit")
    app.key("ctrl+z")
    says(app, "?4 — inkdigit")
    app.key("ctrl+q")
    until(lambda: app.process.poll() is not None, "the end of the app")
    assert app.process.returncode == 0


def test_a_picture_is_opened_through_the_dialog(
    start: Start, bundled_model: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "Pictures").mkdir(parents=True)
    (home / "Pictures" / "three.png").write_bytes((SAMPLES / "three.png").read_bytes())
    app = start(HOME=str(home))
    app.resize(*PHONE)
    app.open(lambda: app.press("picture"))
    app.draw([(150, 56 + 56 + 28)])  # the first row
    says(app, "3 — inkdigit")
    app.tap((PHONE[0] / 2, 420))
    app.press_key("5")
    says(app, "5 — inkdigit")


def test_a_picture_named_on_the_command_line_is_opened(start: Start, bundled_model: Path) -> None:
    app = start(str(SAMPLES / "seven.png"))
    says(app, "7 — inkdigit")


def test_settings_hold_after_a_restart(
    start: Start, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    arguments = ("--model", str(make_model(7)))
    app = start(*arguments, HOME=str(home))
    app.resize(*PHONE)
    app.open(lambda: app.press("settings"))
    app.draw([(PHONE[0] - 32, 56 + 32)])  # live reading off
    path = home / ".local" / "share" / "inkdigit" / "settings.json"
    until(lambda: path.exists() and not json.loads(path.read_text())["live"], "the setting")
    app.close()
    app = start(*arguments, HOME=str(home))
    app.resize(*PHONE)
    app.draw(SEVEN)
    until(lambda: ink_pixels(app) > 500, "ink on the canvas")
    assert app.title == "inkdigit"
    app.press("read")
    says(app, "7 — inkdigit")


def test_a_damaged_history_does_not_stop_the_app(
    start: Start, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "home" / ".local" / "share" / "inkdigit"
    folder.mkdir(parents=True)
    (folder / "history.sqlite3").write_bytes(b"damaged" * 1000)
    app = start("--model", str(make_model(7)), HOME=str(tmp_path / "home"))
    app.draw(SEVEN)
    says(app, "7 — inkdigit")
    until(lambda: history(tmp_path / "home") == ["7"], "a new history")
    (aside,) = folder.glob("history.unreadable-*")
    assert aside.read_bytes() == b"damaged" * 1000


def test_ink_stays_where_it_is_when_the_window_grows(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(7)))
    app.resize(*PHONE)
    app.draw(SEVEN)
    until(lambda: ink_pixels(app), "ink on the canvas")
    app.wait_still()
    before = ink_pixels(app)
    app.resize(*WIDE)
    # The canvas now begins at the top of the window, where the reading was.
    until(lambda: abs(ink_pixels(app) - before) <= 0.05 * before, "the same ink")
    says(app, "7 — inkdigit")


def test_ink_keeps_its_size_and_is_seen_when_the_window_is_turned(
    start: Start, make_model: Callable[..., Path]
) -> None:
    app = start("--model", str(make_model(7)))
    app.resize(*PHONE)
    app.draw(SEVEN)
    until(lambda: ink_pixels(app), "ink on the canvas")
    app.wait_still()
    before = ink_pixels(app)
    app.resize(PHONE[1], PHONE[0])
    until(lambda: 0.1 * before < ink_pixels(app) < 0.9 * before, "what of it fits")
    app.resize(*PHONE)
    until(lambda: abs(ink_pixels(app) - before) <= 0.02 * before, "the ink as it was")


def test_the_page_grows_downwards_and_reads_at_any_zoom(
    start: Start, bundled_model: Path, write: Write, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = start(HOME=str(home))
    app.resize(*PHONE)
    draw(app, write("314", 30, 250))
    says(app, "314 — inkdigit")
    app.wheel((180, 400), 5, 6)
    app.wait_still()
    app.key("ctrl+plus")
    app.wait_still()
    draw(app, write("59", 60, 360))
    says(app, "314 59 — inkdigit")
    app.key("ctrl+minus")
    app.wheel((180, 400), 4, 9)
    until(lambda: ink_pixels(app) > 500, "the first row again")
    app.key("ctrl+z")  # what was undone comes into sight
    until(lambda: history(home) and history(home)[0] != "314\n59", "one stroke less")
    app.key("ctrl+shift+z")
    says(app, "314 59 — inkdigit")


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
    says(app, "7 — inkdigit")


def test_a_missing_model_is_reported_and_does_not_stop_the_pen(
    start: Start, tmp_path: Path
) -> None:
    app = start("--model", str(tmp_path / "absent.onnx"))
    app.draw(SEVEN)
    until(lambda: "absent.onnx" in app.output, "a word about the model")
    app.draw([(500, 300), (520, 400)])
    until(lambda: ink_pixels(app) > 500, "ink on the canvas")
    assert app.title == "inkdigit"


def test_the_app_writes_to_one_folder_only(
    start: Start, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    arguments = ("--model", str(make_model(7)), "--theme", "light")  # else the desktop is asked
    app = start(*arguments, HOME=str(home), MESA_SHADER_CACHE_DISABLE="true")
    app.draw(SEVEN)
    says(app, "7 — inkdigit")
    until(lambda: history(home) == ["7"], "the page in the history")
    app.close()
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {path.parent for path in files} == {home / ".local" / "share" / "inkdigit"}
    assert {path.name.split("-")[0] for path in files} == {"history.sqlite3"}


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_the_bundled_model_reads_what_the_pointer_draws(
    start: Start, bundled_model: Path, size: tuple[int, int]
) -> None:
    strokes = json.loads((SAMPLES / "four.json").read_text(encoding="utf-8"))["strokes"]
    app = start()
    app.resize(*size)
    for stroke in strokes:
        app.draw([(x, y + 120) for x, y in stroke])
    says(app, "4 — inkdigit")


def test_real_digits_read_through_the_window_as_the_runtime_reads_them(
    start: Start, bundled_model: Path
) -> None:
    reason = replay.why_not()
    if reason:
        pytest.skip(reason)
    recognizer = Recognizer(bundled_model)
    app = start()
    app.resize(*WIDE)
    pairs = [replay.reads_alike(app, recognizer, page) for page in replay.pages(20)]
    assert [said for said, _ in pairs] == [expected for _, expected in pairs]


def hand(home: Path) -> list[str]:
    """The characters learnt, as another program reads them."""
    path = home / ".local" / "share" / "inkdigit" / "hands" / "me.json"
    if not path.exists():
        return []
    return [glyph["is"] for glyph in json.loads(path.read_text())["glyphs"]]


def test_what_a_correction_taught_outlives_a_kill(
    start: Start, bundled_model: Path, write: Write, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = start(HOME=str(home))
    app.resize(*PHONE)
    draw(app, write("1", 60, 250))
    says(app, "1 — inkdigit")
    app.tap((60, 300))
    app.press_key("7")
    says(app, "7 — inkdigit")
    until(lambda: hand(home) == ["7"], "the lesson on the disk", deadline_s=1)
    app.kill()
    app = start(HOME=str(home))
    app.resize(*PHONE)
    says(app, "7 — inkdigit")
    app.press("clear")
    says(app, "inkdigit")
    draw(app, write("1", 160, 300))
    says(app, "7 — inkdigit")


def test_a_damaged_hand_does_not_stop_the_app(
    start: Start, bundled_model: Path, write: Write, tmp_path: Path
) -> None:
    folder = tmp_path / "home" / ".local" / "share" / "inkdigit" / "hands"
    folder.mkdir(parents=True)
    (folder / "me.json").write_bytes(b"damaged" * 100)
    app = start(HOME=str(tmp_path / "home"))
    draw(app, write("1", 60, 250))
    says(app, "1 — inkdigit")
    (aside,) = folder.glob("me.unreadable-*")
    assert aside.read_bytes() == b"damaged" * 100
