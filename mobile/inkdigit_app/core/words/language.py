"""The app's texts: English in, the user's language out.

All texts are in one table, `locales/`: English is the key, and each language is a .po file that
`python mobile/make_locales.py` brings up to date and compiles.
"""

from __future__ import annotations

import gettext
from pathlib import Path

__all__ = ["LANGUAGES", "LOCALES", "ntr", "tr", "translation", "use"]

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}  # each in its own words
LOCALES = Path(__file__).parents[2] / "locales"
DOMAIN = "inkdigit"

_table = gettext.NullTranslations()


def tr(text: str) -> str:
    """A text in the user's language; placeholders such as `{count}` are filled in afterwards."""
    return _table.gettext(text) if text else ""  # the table's header is under ""


def ntr(one: str, many: str, count: int) -> str:
    """As `tr`, for a text that depends on a number."""
    return _table.ngettext(one, many, count)


def translation(language: str) -> gettext.NullTranslations:
    """The table of a language, a key of `LANGUAGES`; English stands in for any other."""
    if language == "en" or language not in LANGUAGES:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language])


def use(table: gettext.NullTranslations) -> None:
    """Speak the language of this table from now on."""
    global _table  # noqa: PLW0603  # one user, one language; passed around it would be everywhere
    _table = table
