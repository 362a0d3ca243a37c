from __future__ import annotations

import pytest

from inkdigit_app.platforms import system_language as module
from inkdigit_app.platforms.system_language import system_language

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "ANDROID_ARGUMENT")


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "es_MX"}, "es"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "es:de:en"}, "es"),
    ],
)
def test_linux_names_it_in_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], code: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_language() == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [('(\n    "de-DE",\n    "en-US"\n)', "de"), ("(\n    es,\n    de\n)", "es"), ("", "en")],
)
def test_macos_lists_it_first(monkeypatch: pytest.MonkeyPatch, answer: str, code: str) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(module, "output", lambda *_: answer)
    assert system_language() == code
