"""InkML: trace formats, differences, groups, contexts, and what is refused."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from inkdigit import Ink
from inkdigit.errors import InkError, InputTypeError

# The example of section 3.2.1 of the Recommendation, with the points that it is decoded to there.
EXAMPLE = """1125 18432,'23'43,"7"-8,3-5,7 -3,6 2,6 8,3 6 T,2 4*T,3 6,3-6 F F"""
DECODED = [
    *([1125, 18432], [1148, 18475], [1178, 18510], [1211, 18540], [1251, 18567], [1297, 18596]),
    *([1349, 18633], [1404, 18676], [1461, 18723], [1521, 18776], [1584, 18823]),
]
TWO_BUTTONS = """<intermittentChannels>
<channel name="S1" type="boolean"/><channel name="S2" type="boolean"/></intermittentChannels>"""


def trace_format(*channels: str, more: str = "", attributes: str = "") -> str:
    inside = "".join(f'<channel name="{name}" type="decimal"/>' for name in channels)
    return f"<traceFormat {attributes}>{inside}{more}</traceFormat>"


def read(inside: str) -> list[list[list[float]]]:
    content = f'<ink xmlns="http://www.w3.org/2003/InkML">{inside}</ink>'
    return [stroke.points.tolist() for stroke in Ink.from_inkml(content.encode())]


def test_traces_are_strokes():
    assert read("<trace>1 2, 3.5 -4</trace><trace>5 6</trace>") == [[[1, 2], [3.5, -4]], [[5, 6]]]


def test_the_standards_example_is_decoded_as_the_standard_says():
    assert read(trace_format("X", "Y", more=TWO_BUTTONS) + f"<trace>{EXAMPLE}</trace>") == [DECODED]


@pytest.mark.parametrize(
    ("trace", "points"),
    [
        ("1 2,3 4,", [[1, 2], [3, 4]]),
        ("\n 1\t2 ,\n3   4\n", [[1, 2], [3, 4]]),
        ("1-2,.5 3.", [[1, -2], [0.5, 3]]),
        ("1e2 -2E-1,+3 4", [[100, -0.2], [3, 4]]),
        ("#1F -#a,#10#0", [[31, -10], [16, 0]]),
        ("1 2,* 5,4 *", [[1, 2], [1, 5], [4, 5]]),
        ("1 2,'3'1,2 1,* *", [[1, 2], [4, 3], [6, 4], [8, 5]]),
        ("1 2,'3'0,!9'0,9 1", [[1, 2], [4, 2], [9, 2], [9, 3]]),
        ("0 0,'1'0,\"1\"0,* *", [[0, 0], [1, 0], [3, 0], [6, 0]]),
        ("0 0,' 1 ' - 2", [[0, 0], [1, -2]]),
    ],
)
def test_values_are_decoded(trace, points):
    assert read(f"<trace>{trace}</trace>") == [pytest.approx(np.array(points))]


def test_x_and_y_may_be_anywhere_among_the_channels():
    channels = trace_format("T", "Y", "F", "X")
    assert read(channels + "<trace>900 2 0.5 1, 910 4 0.5 3</trace>") == [[[1, 2], [3, 4]]]


def test_intermittent_channels_may_be_left_out():
    channels = trace_format("X", "Y", more=TWO_BUTTONS)
    assert read(channels + "<trace>1 2, 3 4 T, 5 6 ? F</trace>") == [[[1, 2], [3, 4], [5, 6]]]


def test_channel_that_grows_upwards_is_turned_over():
    channels = '<traceFormat><channel name="X"/><channel name="Y" orientation="-ve"/></traceFormat>'
    assert read(channels + "<trace>1 2, 3 4</trace>") == [[[1, -2], [3, -4]]]


def test_nested_groups_are_read_in_order():
    groups = (
        "<traceGroup><trace>1 1</trace><traceGroup><trace>2 2</trace></traceGroup></traceGroup>"
    )
    assert read(groups + "<trace>3 3</trace>") == [[[1, 1]], [[2, 2]], [[3, 3]]]


@pytest.mark.parametrize(
    "definition",
    [
        f'<context xml:id="c">{trace_format("Y", "X")}</context>',
        f'<context xml:id="c"><inkSource>{trace_format("Y", "X")}</inkSource></context>',
        trace_format("Y", "X", attributes='xml:id="f"')
        + '<context xml:id="c" traceFormatRef="#f"/>',
        f'<inkSource xml:id="s">{trace_format("Y", "X")}</inkSource>'
        '<context xml:id="b" inkSourceRef="#s"/><context xml:id="c" contextRef="#b"/>',
    ],
)
def test_contexts_name_the_trace_format(definition):
    definitions = f"<definitions>{definition}</definitions>"
    yx, xy = '<trace contextRef="#c">1 2</trace>', "<trace>1 2</trace>"
    assert read(definitions + yx + xy) == [[[2, 1]], [[1, 2]]]
    assert read(definitions + f'<traceGroup contextRef="#c">{xy}</traceGroup>') == [[[2, 1]]]


def test_context_between_traces_holds_from_there_on():
    context = f"<context>{trace_format('Y', 'X')}</context>"
    assert read(f"<trace>1 2</trace>{context}<trace>1 2</trace>") == [[[1, 2]], [[2, 1]]]


def test_contexts_that_refer_to_each_other_or_to_nothing_leave_x_and_y():
    definitions = '<context xml:id="a" contextRef="#b"/><context xml:id="b" contextRef="#a"/>'
    traces = "".join(f'<trace contextRef="{ref}">1 2</trace>' for ref in ("#a", "#gone", "#", ""))
    assert read(f"<definitions>{definitions}</definitions>{traces}") == [[[1, 2]]] * 4


def test_trace_of_a_lifted_pen_is_left_out():
    assert read('<trace type="penUp">1 2</trace><trace type="penDown">3 4</trace>') == [[[3, 4]]]


def test_continued_trace_is_one_stroke():
    pieces = (
        '<trace xml:id="a" continuation="begin">1 1</trace><trace>9 9</trace>'
        '<trace xml:id="b" continuation="middle" priorRef="#a">2 2</trace>'
        '<trace continuation="end" priorRef="#b">3 3</trace>'
        '<trace continuation="end" priorRef="#gone">4 4</trace>'
    )
    assert read(pieces) == [[[1, 1], [2, 2], [3, 3]], [[9, 9]], [[4, 4]]]


def test_file_without_points_is_a_blank_canvas():
    assert read("<annotation>blank</annotation><trace/><trace> </trace>") == []


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ("1", "1 values; expected 2 to 2"),
        ("1 2 3", "over 2 values"),
        ("1 2,,3 4", "0 values"),
        ("1 2, x 4", "point 1: got ' x 4'"),
        ("1 2, ٣ 4", "expected numbers"),
        ("1 2, T 4", "'T'; expected a number"),
        ("? 2", "expected a number"),
        ("* 2", "expected a number"),
        ("'1 2", "starts with a difference"),
        ("1e999 2", "finite"),
        ("#" + "F" * 300 + " 2", "finite"),
        ("1e9 2", "within"),
    ],
)
def test_damaged_traces_are_refused_with_what_was_expected(trace, said):
    with pytest.raises(InkError, match=said):
        read(f"<trace>{trace}</trace>")


def test_format_without_x_is_refused():
    with pytest.raises(InkError, match="expected X and Y"):
        read(trace_format("Y", "T") + "<trace>1 2</trace>")


def test_more_points_than_anybody_draws_are_refused(monkeypatch):
    monkeypatch.setattr("inkdigit.ink.MAX_POINTS", 3)
    assert len(read("<trace>1 1,2 2</trace><trace>3 3</trace>")) == 2
    with pytest.raises(InkError, match="too many points"):
        read("<trace>1 1,2 2</trace><trace>3 3,4 4</trace>")


def test_paths_bytes_and_file_objects_are_read(tmp_path):
    content = b"<ink><trace>1 2</trace></ink>"
    path = tmp_path / "four.inkml"
    path.write_bytes(content)
    inks = [Ink.from_inkml(s) for s in (path, str(path), content, io.BytesIO(content))]
    assert inks == [Ink([[[1, 2]]])] * 4
    with pytest.raises(InputTypeError, match="InkML"):
        Ink.from_inkml(5)


def test_file_larger_than_any_ink_is_refused(monkeypatch):
    monkeypatch.setattr("inkdigit.ink.MAX_FILE_BYTES", 20)
    with pytest.raises(InkError, match="over 20 bytes"):
        Ink.from_inkml(b"<ink>" + b" " * 20 + b"</ink>")


@pytest.mark.parametrize("start", ["", "1 2,", "1 '", "1 -", "1 #", "'", "1 2 3"])
@pytest.mark.parametrize("piece", [" ", "9", "-", "'", "#", "*", ",", " ,", "- ", "' "])
def test_long_runs_of_one_thing_take_no_quadratic_time(start, piece):
    with contextlib.suppress(InkError):  # quadratic time would be minutes
        read(f"<trace>{start}{piece * 200_000}x</trace>")


@pytest.mark.parametrize("trace", ["1 2,3 -4, .5 6.", "1-2,3-4", "1 2,3 - 4,", "10 20 , 30\n40"])
def test_a_trace_of_plain_numbers_reads_as_one_with_marks(trace):
    plain, marked = (
        Ink.from_inkml(f"<ink><trace>{mark}{trace}</trace></ink>".encode()) for mark in ("", "!")
    )
    assert [s.points.tolist() for s in plain] == [s.points.tolist() for s in marked]
    assert len(next(iter(plain)).points) == len(trace.strip(" ,").split(","))
