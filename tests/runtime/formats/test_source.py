"""Paths, bytes and file objects: what is read, and which error says what is wrong with one."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
from pathlib import Path

import pytest

from inkdigit._formats.source import START_BYTES, read_source
from inkdigit.errors import InputNotFoundError, InputReadError, InputTypeError

CONTENT = b"3141"


def read(source: object, limit: int = 100) -> tuple[bytes, str]:
    return read_source(source, limit, "a picture", ", or Ink")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_and_file_objects_are_read_whole(kind):
    assert read(kind(CONTENT))[0] == CONTENT


def test_messages_name_the_path_or_the_file(tmp_path):
    path = tmp_path / "ink.svg"
    path.write_bytes(CONTENT)
    assert read(path) == read(str(path)) == (CONTENT, str(path))
    with path.open("rb") as stream:
        assert read(stream) == (CONTENT, str(path))
    assert read(io.BytesIO(CONTENT)) == (CONTENT, "the file object")
    assert read(CONTENT) == (CONTENT, "the input")


def test_file_object_is_read_from_its_start_as_often_as_asked():
    stream = io.BytesIO()
    stream.write(CONTENT)
    assert [read(stream)[0] for _ in range(2)] == [CONTENT] * 2


def test_pipe_that_gives_a_byte_at_a_time_is_read_whole():
    class Pipe:
        def __init__(self):
            self.left = list(CONTENT)

        def read(self, size):
            return bytes([self.left.pop(0)]) if self.left else b""

    assert read(Pipe())[0] == CONTENT


def test_unpacking_file_objects_are_read():
    assert read(gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(CONTENT))))[0] == CONTENT


def test_no_more_than_one_byte_over_the_limit_is_read(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(CONTENT)
    assert read(path, 2)[0] == read(io.BytesIO(CONTENT), 2)[0] == CONTENT[:3]


def text_file(kind: str) -> object:
    if kind == "string":
        return io.StringIO("3141")
    wrapped = tempfile.NamedTemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
    wrapped.file.buffer.write(CONTENT if kind == "text" else b"\xff\xd8\xff")
    wrapped.file.buffer.flush()
    return wrapped


@pytest.mark.parametrize("kind", ["string", "text", "no text"])
def test_file_object_in_text_mode_is_refused_with_what_to_do(kind):
    source = text_file(kind)
    with pytest.raises(InputTypeError, match=r"text mode.*'rb'"):
        read(source)
    source.close()


@pytest.mark.parametrize("source", [None, 3, [[0, 1]], object()])
def test_other_types_are_refused(source):
    with pytest.raises(InputTypeError, match=r"expected the path of a picture, its bytes.*or Ink"):
        read(source)


def test_file_object_that_cannot_be_read_is_a_read_error(tmp_path):
    closed = io.BytesIO(CONTENT)
    closed.close()
    broken = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(CONTENT)[:-4]))
    with (tmp_path / "written").open("wb") as write_only:
        for source in (closed, broken, write_only, io.BytesIO):
            with pytest.raises(InputReadError, match="cannot be read"):
                read(source)


def test_markup_handed_in_as_a_path_is_told_from_its_bytes():
    for text in ("<svg/>", "<svg>" + " " * 5000 + "</svg>"):
        with pytest.raises((InputNotFoundError, InputReadError), match=r"text\.encode\(\)"):
            read(text)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_at_a_path_is_refused_and_not_waited_for(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(InputReadError, match="is a pipe"):
        read(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_device_at_a_path_is_refused():
    with pytest.raises(InputReadError, match="is a device"):
        read("/dev/zero")


class Endless:
    """A stream without an end."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int) -> bytes:
        self.given += size
        return bytes(size)


def test_an_endless_stream_is_read_no_further_than_its_start_if_that_is_wrong():
    def look(start: bytes, name: str) -> None:
        raise InputReadError(f"{name}: {len(start)} bytes")

    stream = Endless()
    with pytest.raises(InputReadError, match=f"{START_BYTES} bytes"):
        read_source(stream, 10**9, "a picture", look=look)
    assert stream.given == START_BYTES


def test_an_endless_stream_is_read_no_further_than_the_limit():
    stream = Endless()
    assert len(read_source(stream, 1000, "a picture")[0]) == stream.given == 1001
