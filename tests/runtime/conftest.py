"""A tiny model of the real one's contract; digits drawn by rule; a session that knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_onnx import PIXELS, write_linear_model

from inkdigit import Ink, Recognizer, rasterize

Points = NDArray[np.float64]


def curve(*corners: tuple[float, float], count: int = 30) -> Points:
    """Evenly spaced points along straight lines."""
    xy = np.array(corners, float)
    travelled = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    places = np.linspace(0, travelled[-1], count)
    return np.stack([np.interp(places, travelled, axis) for axis in xy.T], 1)


def ring(x: float, y: float, rx: float, ry: float) -> Points:
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, 40)
    return np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], 1)


# One unit high, y down; the strokes in the order most people draw them.
SHAPES: Mapping[str, Sequence[Points]] = {
    "0": [ring(0.3, 0.5, 0.3, 0.5)],
    "1": [curve((0.1, 0.0), (0.08, 1.0))],
    "2": [curve((0, 0.2), (0.15, 0), (0.45, 0), (0.6, 0.25), (0, 1), (0.65, 1))],
    "3": [curve((0, 0), (0.55, 0), (0.2, 0.42), (0.55, 0.6), (0.5, 0.9), (0.2, 1), (0, 0.9))],
    "4": [curve((0.3, 0), (0, 0.6), (0.65, 0.6)), curve((0.45, 0.3), (0.45, 1))],
    "5": [
        curve((0.05, 0), (0.05, 0.42), (0.4, 0.4), (0.58, 0.7), (0.4, 1), (0, 0.95)),
        curve((0.05, 0), (0.55, 0)),
    ],
    "6": [
        curve((0.4, 0), (0.05, 0.5), (0.05, 0.9), (0.3, 1), (0.5, 0.8), (0.3, 0.55), (0.05, 0.7))
    ],
    "7": [curve((0, 0), (0.6, 0), (0.2, 1)), curve((0.15, 0.5), (0.55, 0.5))],
    "8": [ring(0.3, 0.25, 0.22, 0.25), ring(0.3, 0.75, 0.3, 0.25)],
    "9": [np.concatenate([ring(0.3, 0.27, 0.25, 0.27), curve((0.55, 0.27), (0.5, 1))])],
    "?": [curve((0, 0), (0.6, 1)), curve((0.6, 0), (0, 1)), curve((0, 0.5), (0.6, 0.5))],
}


def write(
    text: str, height: float = 100.0, gap: float = 0.35, x: float = 0.0, y: float = 0.0
) -> Ink:
    """A line of text as ink; "?" is a star, which is no digit."""
    return Ink([stroke for glyph in glyphs(text, height, gap, x, y) for stroke in glyph])


def glyphs(
    text: str, height: float = 100.0, gap: float = 0.35, x: float = 0.0, y: float = 0.0
) -> list[list[Points]]:
    """The strokes of each character of a text."""
    drawn = []
    for character in text:
        shape = SHAPES[character]
        points = np.concatenate(shape)
        drawn.append([(stroke - [points[:, 0].min(), 0]) * height + [x, y] for stroke in shape])
        x += (np.ptp(points[:, 0]) + gap) * height
    return drawn


class ByHeart:
    """A session that measures how far each raster is from ten digits it has seen."""

    def __init__(self) -> None:
        self.known = np.stack([rasterize(Ink(SHAPES[str(d)])) for d in range(10)]).reshape(10, -1)
        self.calls = 0
        self.rasters = 0

    @property
    def metadata(self) -> Mapping[str, str]:
        return MappingProxyType({"rejection_threshold": "0.5"})

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self.calls += 1
        self.rasters += len(batch)
        flat = batch.reshape(len(batch), 1, -1)
        away = np.square(flat - self.known[None]).mean(axis=2)
        logits = np.concatenate([-400 * away, np.full((len(batch), 1), -8.0)], axis=1)
        return logits.astype(np.float32), np.zeros((len(batch), 64), np.float32)


@pytest.fixture
def session() -> ByHeart:
    return ByHeart()


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    return Recognizer(session=ByHeart())


@pytest.fixture(scope="session")
def write_text() -> Callable[..., Ink]:
    return write


@pytest.fixture(scope="session")
def write_glyphs() -> Callable[..., list[list[Points]]]:
    return glyphs


def make_model(
    path: Path,
    metadata: dict[str, str] | None = None,
    classes: int = 11,
    input_name: str = "image",
    bias: list[float] | None = None,
) -> Path:
    """Write a linear model: logits and embedding are fixed random projections of the raster."""
    rng = np.random.default_rng(0)
    to_logits, to_embedding = (rng.normal(0, 0.1, (PIXELS, size)) for size in (classes, 64))
    shift = np.zeros(classes) if bias is None else np.array(bias)
    return write_linear_model(
        path, to_logits, shift, to_embedding, input_name=input_name, metadata=metadata
    )


@pytest.fixture(scope="session")
def model_maker() -> Callable[..., Path]:
    return make_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    return make_model(folder / "tiny.onnx", {"rejection_threshold": "0.9"})
