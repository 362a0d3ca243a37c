from __future__ import annotations

import gettext
import string
import sys
from collections.abc import Iterator

import pytest
from paths import ROOT

from inkdigit_app.core.glyphs import percentage
from inkdigit_app.core.words.language import LANGUAGES, ntr, tr, translation, use

sys.path.append(str(ROOT / "mobile"))
import make_locales

Texts = dict[tuple[str, str], make_locales.Message]
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(gettext.NullTranslations())


@pytest.fixture(scope="module")
def collected() -> Texts:
    """All texts of the code: every source is parsed once for all tests."""
    return make_locales.collect(make_locales.APP)


def messages(language: str) -> list[make_locales.Message]:
    path = make_locales.LOCALES / language / "LC_MESSAGES" / "inkdigit.po"
    return list(make_locales.parse(path.read_text(encoding="utf-8")).values())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_a_text_is_english_until_a_language_is_chosen() -> None:
    assert tr("Undo") == "Undo"
    use(translation("de"))
    assert tr("Settings") == "Einstellungen"
    use(translation("es"))
    assert tr("Settings") == "Ajustes"
    use(translation("tlh"))  # a language that the app does not know
    assert tr("Settings") == "Settings"


def test_splitting_a_digit_is_not_called_as_sharing_is() -> None:
    for language in LANGUAGES:
        use(translation(language))
        assert tr("Split") not in tr("Share or save (Ctrl+S)")


def test_joining_says_with_what() -> None:
    said = []
    for language in TRANSLATED:
        use(translation(language))
        said.append(tr("Join next"))
    assert said == ["Nächste dazu", "Unir sig."]


def test_a_text_without_a_translation_stays_english() -> None:
    use(translation("de"))
    assert tr("Not in the table") == "Not in the table"
    assert tr("") == ""  # where gettext keeps the table's header


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "{count} digit a line", "{count} digits a line"),
        ("de", "{count} Ziffer je Zeile", "{count} Ziffern je Zeile"),
        ("es", "{count} cifra por línea", "{count} cifras por línea"),
    ],
)
def test_a_number_has_its_plural(language: str, one: str, many: str) -> None:
    use(translation(language))
    assert ntr("{count} digit a line", "{count} digits a line", 1) == one
    assert ntr("{count} digit a line", "{count} digits a line", 4) == many


def test_per_cent_is_written_as_the_language_writes_it() -> None:
    assert percentage(0.97) == "97%"
    use(translation("de"))
    assert percentage(0.97) == "97\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str, collected: Texts) -> None:
    known = {(m.text, m.plural): m for m in messages(language)}
    assert len(collected) > 100
    assert collected.keys() == known.keys()
    assert [m.text for m in known.values() if not make_locales.is_complete(m)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_agree(language: str) -> None:
    wrong = [
        m.text
        for m in messages(language)
        for form in m.forms
        if fields(form) != fields(m.text) or m.text.count("%") != form.count("%")
    ]
    assert wrong == []


def test_the_table_is_up_to_date(
    collected: Texts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_locales, "collect", lambda _: collected)
    assert make_locales.main(["--check"]) == 0, capsys.readouterr().out


def test_a_check_finds_a_missing_translation(
    collected: Texts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = collected | {("A new text", ""): make_locales.Message("A new text")}
    monkeypatch.setattr(make_locales, "collect", lambda _: new)
    assert make_locales.main(["--check"]) == 1
    assert "not translated, de: A new text" in capsys.readouterr().out
