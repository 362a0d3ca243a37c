"""buildozer.spec, as buildozer and python-for-android themselves understand it."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from paths import ROOT

import stage as staging

SPEC = ROOT / "mobile" / "buildozer.spec"

# What pip brings onto the phone has to be Python alone: there is no compiler for the phone's
# processor. Everything else needs a recipe of python-for-android's.
PURE = {
    *("platformdirs", "six"),  # the app's, pyjnius's
    *(
        "certifi",
        "chardet",
        "charset-normalizer",
        "filetype",
        "idna",
        "requests",
        "urllib3",
    ),  # Kivy's
}


@pytest.fixture(scope="module")
def buildozer() -> Any:
    package = pytest.importorskip("buildozer", reason="buildozer is not installed: no Windows")
    return package.Buildozer(filename=str(SPEC), target="android")


@pytest.fixture(scope="module")
def requirements(buildozer: Any) -> dict[str, str]:
    listed = buildozer.config.getlist("app", "requirements", "")
    return {name: version for name, _, version in (item.partition("==") for item in listed)}


def test_buildozer_finds_no_error(buildozer: Any) -> None:
    buildozer.check_configuration_tokens()


def test_the_version_is_the_runtimes(buildozer: Any, tmp_path: Path, monkeypatch: Any) -> None:
    import inkdigit

    folder = tmp_path / "app"
    staging.stage(folder)
    buildozer.config.set("app", "version.filename", str(folder / "inkdigit" / "__init__.py"))
    assert buildozer.get_version() == inkdigit.__version__


def test_the_package_asks_for_no_permission(buildozer: Any) -> None:
    assert buildozer.config.getlist("app", "android.permissions", []) == []


def test_what_is_staged_is_what_is_packed(buildozer: Any) -> None:
    endings = {
        f".{ending}" for ending in buildozer.config.getlist("app", "source.include_exts", "")
    }
    assert endings == staging.SUFFIXES
    source = (SPEC.parent / buildozer.config.get("app", "source.dir")).resolve()
    assert source == ROOT / "build" / "android" / "app"
    for key in ("icon.filename", "presplash.filename"):
        assert Path(buildozer.config.get("app", key)).name in staging.PARTS


def test_onnxruntime_comes_from_gradle_alone(buildozer: Any, requirements: dict[str, str]) -> None:
    assert not any("onnx" in name for name in requirements)
    (package,) = buildozer.config.getlist("app", "android.gradle_dependencies", [])
    assert re.fullmatch(r"com\.microsoft\.onnxruntime:onnxruntime-android:\d+\.\d+\.\d+", package)


def test_pictures_can_be_shared_to_it(buildozer: Any) -> None:
    path = SPEC.parent / buildozer.config.get("app", "android.manifest.intent_filters")
    # As it stands in the manifest, whose head names the prefix.
    manifest = '<manifest xmlns:android="urn:android">{}</manifest>'
    (action,) = ElementTree.fromstring(manifest.format(path.read_text())).iter("action")
    assert action.get("{urn:android}name") == "android.intent.action.SEND"


def test_kivy_compiles_against_both_pythons(requirements: dict[str, str]) -> None:
    assert requirements["python3"] == requirements["hostpython3"]
    assert requirements["python3"].startswith("3.12.")


def test_every_dependency_of_the_runtime_but_the_engine_is_listed(
    requirements: dict[str, str],
) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.+)\]$", text, re.MULTILINE)
    assert listed is not None
    runtime = set(re.findall(r'"(\w+)>=', listed[1])) - {"onnxruntime"}
    assert runtime | {"kivy", "pyjnius", "platformdirs"} <= set(requirements)


def test_python_for_android_has_a_recipe_for_all_that_is_compiled(
    requirements: dict[str, str],
) -> None:
    graph = pytest.importorskip(
        "pythonforandroid.graph", reason="python-for-android is not installed: no Windows"
    )
    from pythonforandroid.bootstrap import Bootstrap
    from pythonforandroid.build import Context

    context = Context()
    bootstrap = Bootstrap.get_bootstrap("sdl2", context)
    recipes, pure, _ = graph.get_recipe_order_and_bootstrap(context, list(requirements), bootstrap)
    built = {name.lower() for name in recipes}
    assert {"python3", "kivy", "numpy", "pillow", "libwebp", "pyjnius", "sdl2"} <= built
    left = {name.lower() for name in pure}
    assert left <= PURE
    for name in left:
        try:
            wheel = importlib.metadata.distribution(name).read_text("WHEEL") or ""
        except importlib.metadata.PackageNotFoundError:
            continue
        if name != "charset-normalizer":  # it has a pure wheel beside its fast ones
            assert "Root-Is-Purelib: true" in wheel, name
