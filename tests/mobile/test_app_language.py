"""The app in other languages: all of it, at once, and with room for long words."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from app_stage import Stage
from long_words import LongWords, outside_the_table, without_room
from tabled import table

from inkdigit_app.core.page import Page, Picture
from inkdigit_app.core.words import language

pytestmark = pytest.mark.display

RIGHT = 275
PHONE, DESKTOP = (360, 740), (1000, 700)


@pytest.fixture
def large_text() -> Iterator[None]:
    """What people with weak eyes set on their phone."""
    from kivy.metrics import Metrics

    Metrics.fontscale = 1.3
    yield
    Metrics.fontscale = 1.0


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    language.use(gettext.NullTranslations())
    from inkdigit_app.widgets.base import lang

    lang.tr = language.tr


def states(stage: Stage, write: Any) -> Iterator[str]:
    """Goes through what the app can show; yields the name of each state."""
    app, model, screens = stage.app, stage.model, stage.app.screens
    yield "empty"
    stage.write(write("31", 20, 60))
    yield "a reading"
    model.change(live=False, digits=3)
    stage.until(lambda: model.reading is not None, "a reading")
    yield "a set number of digits, and a button to read"
    stage.key(RIGHT)
    yield "the candidates"
    stage.key(ord("7"))
    stage.until(lambda: model.reading is not None, "a reading")
    yield "a notice"
    app.home.picking_pen = True
    yield "the pens"
    app.sharing.toggle()
    yield "the ways out"
    app.sharing.toggle()
    screens.show_history()
    stage.until(lambda: stage.top().ids.list.data, "the page")
    yield "the history"
    screens.close()
    screens.show_settings()
    yield "the settings"
    screens._ask_delete_all()
    yield "a question"
    screens.close()
    screens.show_hand()
    yield "the hand"
    screens._show_people()
    yield "the people"
    screens._ask_new_name()
    yield "a name"
    screens.close_all()
    screens.show_hand()
    screens._show_teach()
    yield "teaching"
    screens.close_all()
    screens.pick_picture()
    yield "the files"
    screens.close_all()
    app.home.ink_canvas.zoom_by(1)
    yield "an enlarged page"
    yield from states_of_a_picture(stage)


def states_of_a_picture(stage: Stage) -> Iterator[str]:
    """Goes through what can be done with a picture."""
    from inkdigit_app import presenter

    app, model, home = stage.app, stage.model, stage.app.home
    image = table([["12", "7"], ["34", "56"], ["8", "90"]])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    model.change(digits=None)
    model.open(Page(picture=Picture(buffer.getvalue(), image.size, "table.png")))
    stage.until(lambda: model.reading is not None, "a reading")
    yield "a picture"
    app.pictures.toggle_crop()
    yield "cropping"
    model.read_region((0.0, 0.0, image.width, image.height / 2))
    stage.until(lambda: model.reading is not None, "a reading")
    yield "a part of a picture"
    model.read_region(None)
    model.read_as_table(True)
    stage.until(lambda: model.reading is not None and model.table is not None, "the table")
    yield "a table"
    model.select_cell(3)
    yield "a cell"
    app.model.correct_cell("")
    stage.until(lambda: model.reading is not None, "the corrected table")
    yield "a cell that was corrected"
    app.commands.copy()
    model.select_cell(None)
    yield "a copied table"
    home.reading_bar.text, home.reading_bar.message = "", presenter._waiting(120)
    yield "a table that takes long"
    model.clear()
    yield "a closed picture"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_text_is_in_the_table_and_has_room_for_half_as_much_again(
    stage_app: Stage,
    write: Any,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    (tmp_path / "Pictures").mkdir()
    monkeypatch.setattr("inkdigit_app.core.file_list.Path.home", lambda: tmp_path)
    monkeypatch.setattr(language, "translation", lambda _: LongWords())
    app = stage_app.app
    app.root.size_hint, app.root.size = (None, None), size
    app._speak("system")
    app._apply_settings()
    from inkdigit_app.about import LICENCES, about

    app.screens.update(about=about("onnxruntime"))
    outside: dict[str, list[str]] = {}
    clipped: dict[str, list[str]] = {}
    for state in states(stage_app, write):
        stage_app.settle()
        tree = app.screens.top or app.root
        own = (str(tmp_path / "Pictures"), LICENCES)
        outside[state] = outside_the_table(tree, own)
        clipped[state] = without_room(tree)
    for found in (outside, clipped):
        lines = [f"{state}: {text}" for state, texts in found.items() for text in texts]
        assert not lines, "\n".join(lines)


def test_large_text_has_room_on_a_phone(
    large_text: None, stage_app: Stage, write: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "Pictures").mkdir()
    monkeypatch.setattr("inkdigit_app.core.file_list.Path.home", lambda: tmp_path)
    root = stage_app.app.root
    root.size_hint, root.size = (None, None), PHONE
    lines = []
    for state in states(stage_app, write):
        stage_app.settle()
        tree = stage_app.app.screens.top or root
        lines += [f"{state}: {text}" for text in without_room(tree)]
    assert not lines, "\n".join(lines)


def test_a_choice_of_language_holds_at_once(stage_app: Stage, write: Any) -> None:
    stage_app.write(write("31", 20, 60))
    home = stage_app.app.home
    stage_app.app.screens.show_settings()
    screen = stage_app.top()

    def words() -> tuple[str, str, str]:
        hint, caption = home.toolbar.ids.undo.hint, home.reading_bar.caption
        return screen.children[-1].title, hint, caption

    assert words()[:2] == ("Settings", "Undo (Ctrl+Z)")
    screen.ids.language_de.dispatch("on_release")
    stage_app.settle()
    assert screen.ids.language_de.chosen
    title, hint, caption = words()
    assert (title, hint) == ("Einstellungen", "Rückgängig machen (Strg+Z)")
    assert caption.endswith("sicher")
    assert home.reading_bar.text == "31"
    assert "Nichts verlässt dieses Gerät." in screen.about
    screen.ids.language_system.dispatch("on_release")
    stage_app.settle()
    assert words()[0] == "Settings"


def test_no_text_of_the_app_is_written_beside_the_table(stage_app: Stage) -> None:
    """Notices, which the walk above sees few of, get their texts through `tr`, too."""
    import ast

    from inkdigit_app.core.words.language import LOCALES

    def literal(node: ast.AST) -> Callable[..., Any] | bool:
        return isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""
        )

    found = []
    for path in sorted(LOCALES.parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                shown = name in ("notify", "Notice", "_report", "_on_trouble", "on_trouble")
                if shown and node.args and literal(node.args[0]):
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
