"""SVG: every command of a path, shapes, transforms, what is left out, and what is refused."""

from __future__ import annotations

import contextlib
import io
import itertools

import numpy as np
import pytest

from inkdigit import Ink
from inkdigit.errors import InkError, InputTypeError


def read(inside: str) -> list[list[list[float]]]:
    content = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'
    return [stroke.points.tolist() for stroke in Ink.from_svg(content.encode())]


def path(data: str) -> list[list[list[float]]]:
    return read(f'<path d="{data}"/>')


@pytest.mark.parametrize(
    ("data", "strokes"),
    [
        ("M1 2L3 4", [[[1, 2], [3, 4]]]),
        ("M1,2 3,4 5,6", [[[1, 2], [3, 4], [5, 6]]]),
        ("m1 2 3 4l1 1", [[[1, 2], [4, 6], [5, 7]]]),
        ("M1 2h3v4H0V0", [[[1, 2], [4, 2], [4, 6], [0, 6], [0, 0]]]),
        ("M0 0L1 1M2 2L3 3", [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]),
        ("M1 1h1v1z", [[[1, 1], [2, 1], [2, 2], [1, 1]]]),
        ("M1 1h1v1zm5 5h1", [[[1, 1], [2, 1], [2, 2], [1, 1]], [[6, 6], [7, 6]]]),
        ("M1 1h1z l0 3", [[[1, 1], [2, 1], [1, 1], [1, 4]]]),
        ("M.5.5-1-1e1", [[[0.5, 0.5], [-1, -10]]]),
        ("  M 1 , 2\n L\t3 4 ", [[[1, 2], [3, 4]]]),
        ("M1 1z", [[[1, 1], [1, 1]]]),
        ("M1 1M2 2", []),
        ("", []),
        ("M0 0C0 0 0 0 0 0", [[[0, 0], [0, 0]]]),
        ("M0 0A0 5 0 0 1 3 4", [[[0, 0], [3, 4]]]),
        ("M3 4A5 5 0 0 1 3 4", [[[3, 4], [3, 4]]]),
    ],
)
def test_lines_of_a_path_are_strokes(data, strokes):
    assert path(data) == [pytest.approx(np.array(stroke)) for stroke in strokes]


def bezier(*controls: complex, count: int = 2001) -> np.ndarray:
    """Points of the curve, by de Casteljau's construction."""
    t = np.linspace(0, 1, count)
    layers = [np.full(count, control) for control in controls]
    while len(layers) > 1:
        layers = [a + (b - a) * t for a, b in itertools.pairwise(layers)]
    return layers[0]


def distance(points: np.ndarray, polyline: list[list[float]]) -> float:
    """How far the furthest of the points is from the polyline."""
    corners = np.array(polyline) @ [1, 1j]
    start, along = corners[:-1, None], np.diff(corners)[:, None]
    long = np.abs(along) > 0
    start, along = start[long[:, 0]], along[long[:, 0]]
    position = ((points - start) / along).real.clip(0, 1)
    return float(np.abs(points - start - position * along).min(axis=0).max())


CURVES = {
    "M0 0C0 100 100 100 100 0": [0, 100j, 100 + 100j, 100],
    "M0 0c0 100 100 100 100 0": [0, 100j, 100 + 100j, 100],
    "M0 0C100 100 0 100 100 0": [0, 100 + 100j, 100j, 100],
    "M0 0Q50 100 100 0": [0, 50 + 100j, 100],
    "M5 5q50 100 100 0": [5 + 5j, 55 + 105j, 105 + 5j],
    "M0 0S100 100 100 0": [0, 0, 100 + 100j, 100],
    "M0 0T100 0": [0, 0, 100],
}


@pytest.mark.parametrize("scale", [1e-4, 1, 1e4])
@pytest.mark.parametrize("data", CURVES)
def test_curves_are_flattened_to_a_200th_of_their_size(data, scale):
    [stroke] = read(f'<path transform="scale({scale})" d="{data}"/>')
    wanted = bezier(*CURVES[data]) * scale
    assert distance(wanted, stroke) <= 100 * scale / 200 * 2**0.5
    assert stroke[-1] == pytest.approx([wanted[-1].real, wanted[-1].imag])
    assert len(stroke) < 30


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("M0 0C0 1 2 1 2 0S4-1 4 0", "M0 0C0 1 2 1 2 0C2-1 4-1 4 0"),
        ("M0 0C0 1 2 1 2 0s2-1 2 0", "M0 0C0 1 2 1 2 0C2-1 4-1 4 0"),
        ("M0 0Q1 1 2 0T4 0", "M0 0Q1 1 2 0Q3-1 4 0"),
        ("M0 0Q1 1 2 0t2 0t2 0", "M0 0Q1 1 2 0Q3-1 4 0Q5 1 6 0"),
        ("M0 0Q1 1 2 0S3 1 4 0", "M0 0Q1 1 2 0C2 0 3 1 4 0"),
        ("M0 0C0 1 2 1 2 0T4 0", "M0 0C0 1 2 1 2 0Q2 0 4 0"),
        ("M0 0C0 1 2 1 2 0L3 0S4 1 5 0", "M0 0C0 1 2 1 2 0L3 0C3 0 4 1 5 0"),
        ("M0 0C0 1 2 1 2 0 2-1 4-1 4 0", "M0 0C0 1 2 1 2 0C2-1 4-1 4 0"),
    ],
)
def test_smooth_curves_go_on_from_a_curve_of_their_degree_only(short, long):
    assert path(short) == [pytest.approx(np.array(stroke)) for stroke in path(long)]


@pytest.mark.parametrize(
    ("flags", "centre", "turn"),
    # Of the two circles of radius 5 through (0, 0) and (6, 0), and the two ways around each.
    [("0 1", 3 + 4j, 1), ("1 0", 3 + 4j, -1), ("0 0", 3 - 4j, -1), ("1 1", 3 - 4j, 1)],
)
def test_arc_takes_the_way_that_its_flags_say(flags, centre, turn):
    [stroke] = path(f"M0 0A5 5 0 {flags} 6 0")
    points = np.array(stroke) @ [1, 1j] - centre
    assert np.abs(points) == pytest.approx(5, rel=1e-5)
    turns = np.angle(points[1:] / points[:-1])
    assert (np.sign(turns) == turn).all()
    assert abs(turns.sum()) > np.pi if flags[0] == "1" else abs(turns.sum()) < np.pi
    assert distance(centre + points, stroke) < 1e-6


def test_arc_of_a_turned_ellipse():
    [stroke] = path("M-2 0a2 1 0 1 0 4 0a2 1 0 1 0-4 0")
    [turned] = path("M0-2a2 1 90 1 0 0 4a2 1 90 1 0 0-4")
    assert np.array(turned) == pytest.approx(np.array(stroke) @ [[0, 1], [-1, 0]], abs=1e-6)
    assert np.hypot(*(np.array(stroke) / [2, 1]).T) == pytest.approx(1, abs=1e-6)


def test_radii_that_do_not_reach_are_enlarged():
    [stroke] = path("M0 0A1 1 0 0 1 10 0")
    assert np.hypot(*(np.array(stroke) - [5, 0]).T) == pytest.approx(5, abs=1e-5)
    assert min(y for _, y in stroke) == pytest.approx(-5, abs=0.03)


def test_flags_of_an_arc_need_no_separators():
    assert path("M0 0a5 5 0 016 0") == path("M0 0 a 5,5 0 0,1 6,0")


def test_shapes_of_lines_are_strokes():
    assert read('<polyline points="0,0 1,2 3 4"/>') == [[[0, 0], [1, 2], [3, 4]]]
    assert read('<polygon points="0,0 1,0 1,1"/>') == [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    assert read('<line x1="1" y1="2px" x2="3"/>') == [[[1, 2], [3, 0]]]
    assert read('<polyline points="1 1"/><polyline/><polygon points=" "/>') == []


@pytest.mark.parametrize(
    ("transform", "end"),
    [
        ("", [3, 4]),
        ("none", [3, 4]),
        ("translate(10)", [13, 4]),
        ("translate(10, 20)", [13, 24]),
        ("scale(2)", [6, 8]),
        ("scale(2 -1)", [6, -4]),
        ("rotate(90)", [-4, 3]),
        ("rotate(90 1 1)", [-2, 3]),
        ("skewX(45)", [7, 4]),
        ("skewY(45)", [3, 7]),
        ("matrix(1 2 3 4 5 6)", [20, 28]),
        ("translate(10 0) scale(2)", [16, 8]),
        ("scale(2),translate(10,0)", [26, 8]),
    ],
)
def test_transforms_move_the_points(transform, end):
    [stroke] = read(f'<line transform="{transform}" x2="3" y2="4"/>')
    assert stroke[1] == pytest.approx(end, abs=1e-5)


def test_transforms_of_groups_add_up():
    line = '<line transform="scale(2)" x1="1" x2="3" y2="4"/>'
    groups = f'<g transform="translate(10 0)"><g transform="rotate(90)"><a>{line}</a></g></g>'
    assert read(groups + line) == [
        pytest.approx(np.array([[10, 2], [2, 6]]), abs=1e-5),
        pytest.approx(np.array([[2, 0], [6, 8]])),
    ]


def test_pieces_that_meet_are_one_stroke():
    # signature_pad writes a path for each curve, with a width of its own.
    pieces = "".join(f'<path d="M {k},0.5 C {k},1 {k},2 {k + 1},0.5"/>' for k in range(3))
    apart = '<path d="M 3,0.6 L 4,1"/>'
    strokes = read(pieces + apart)
    assert [stroke[0] for stroke in strokes] == [[0, 0.5], [3, pytest.approx(0.6)]]
    assert strokes[0][-1] == [3, 0.5]


def test_what_is_hidden_defined_or_no_line_is_left_out():
    line = '<line x2="5"/>'
    hidden = (
        f'<defs>{line}</defs><symbol id="s">{line}</symbol><clipPath>{line}</clipPath>'
        f'<g display="none">{line}</g><g style="fill:none; display: none">{line}</g>'
        '<rect width="5" height="5"/><circle r="3"/><use href="#s"/><text>7</text>'
    )
    assert read(hidden) == []


def test_prefix_and_document_type_of_drawing_programs_are_read():
    content = (
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"'
        b' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg:svg'
        b' xmlns:svg="http://www.w3.org/2000/svg"><svg:path d="M0 0h1"/></svg:svg>'
    )
    assert Ink.from_svg(content) == Ink([[[0, 0], [1, 0]]])


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<path d="L1 1"/>', "M first"),
        ('<path d="1 1"/>', "M first"),
        ('<path d="M1"/>', "'the end' at character 2; expected a number"),
        ('<path d="M1 1 X 3"/>', "'X 3' at character 5"),
        ('<path d="M1 1 L 2 ٣"/>', "expected a number"),
        ('<path d="M1 1z 3 3"/>', "one of the commands"),
        ('<path d="M1 1A5 5 0 2 0 3 3"/>', "0 or 1"),
        ('<path d="M1 1,,2 2"/>', "expected a number"),
        ('<path d="M1 1e13"/>', "within"),
        ('<path d="M1 1e999"/>', "within"),
        ('<path d="M0 0L1e8 0"/>', "within"),
        ('<polyline points="1 2 3"/>', "expected a number"),
        ('<line x2="50%"/>', "x2 of a line has '%'"),
        ('<line x2=""/>', "expected a number"),
        ('<g transform="turn(3)"/>', r"transform 'turn\(3'"),
        ('<g transform="rotate(1 2)"/>', "transform"),
        ('<g transform="rotate(1"/>', "transform"),
        ('<g transform="rotate(x)"/>', "expected a number"),
        ('<g transform="scale(1e12) scale(1e12)"><line x2="1e300"/></g>', "within"),
        ("<g transform='scale(1e12)'>" * 30 + "<line x2='1'/>" + "</g>" * 30, "finite"),
    ],
)
def test_damaged_files_are_refused_with_what_was_expected(inside, said):
    with pytest.raises(InkError, match=said):
        read(inside)


@pytest.mark.parametrize(
    "inside", ["<path d='M0 0L1 1C0 5 5 5 5 0'/>", "<polyline points='0 0 1 1 2 2 3 3'/>"]
)
def test_more_points_than_anybody_draws_are_refused(monkeypatch, inside):
    monkeypatch.setattr("inkdigit.ink.MAX_POINTS", 3)
    with pytest.raises(InkError, match="too many points"):
        read(inside)


def test_paths_bytes_and_file_objects_are_read(tmp_path):
    content = b"<svg><line x2='3'/></svg>"
    path = tmp_path / "four.svg"
    path.write_bytes(content)
    inks = [Ink.from_svg(s) for s in (path, str(path), content, io.BytesIO(content))]
    assert inks == [Ink([[[0, 0], [3, 0]]])] * 4
    with pytest.raises(InputTypeError, match="SVG"):
        Ink.from_svg(5)


@pytest.mark.parametrize("piece", [" ", "9", "-", ",", ".", "M", "z", "1 ", ")", "scale(1)", "("])
def test_long_runs_of_one_thing_take_no_quadratic_time(piece):
    text = piece * 100_000
    for inside in (f'<path d="M0 0{text}"/>', f'<g transform="{text}"/>', f'<line x2="{text}"/>'):
        with contextlib.suppress(InkError):  # quadratic time would be minutes
            read(inside)
