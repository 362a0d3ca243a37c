"""Protocol Buffers: what the format says, and what breaks it."""

from __future__ import annotations

import struct

import pytest

from inkdigit._onnx.wire import WireError, floats, integers, read_fields, text


def test_fields_come_by_number_in_order():
    # From the format's guide: field 1 is the number 150, field 2 the text "testing".
    message = b"\x08\x96\x01" + b"\x12\x07testing" + b"\x08\x01"
    assert read_fields(message) == {1: [150, 1], 2: [b"testing"]}


def test_fixed_widths_are_bytes():
    message = b"\x0d" + struct.pack("<f", 1.5) + b"\x11" + struct.pack("<d", 2.5)
    assert read_fields(message) == {1: [struct.pack("<f", 1.5)], 2: [struct.pack("<d", 2.5)]}


def test_integers_are_signed_packed_or_not():
    minus_one = b"\xff" * 9 + b"\x01"
    assert integers(read_fields(b"\x08" + minus_one)[1]) == (-1,)
    assert integers([b"\x96\x01" + minus_one, 7]) == (150, -1, 7)


def test_floats_are_packed_or_not():
    packed = struct.pack("<2f", 0.5, -3.0)
    assert floats([packed, struct.pack("<f", 8.0)]) == (0.5, -3.0, 8.0)


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (b"\x12\x07test", "7 bytes long, 4 are left"),
        (b"\x08", "end within a number"),
        (b"\x08\x96", "end within a number"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "longer than 10 bytes"),
        (b"\x00\x01", "number 0"),
        (b"\x0b", "wire type 3"),
        (b"\x0d\x00\x00", "4 bytes long, 2 are left"),
    ],
)
def test_broken_message_is_refused_with_what_is_wrong(message, word):
    with pytest.raises(WireError, match=word):
        read_fields(message)


def test_field_of_another_kind_is_refused():
    with pytest.raises(WireError, match="number stands"):
        text(3)
    with pytest.raises(WireError, match="no text"):
        text(b"\xff")
    with pytest.raises(WireError, match="no floats"):
        floats([b"123"])
