"""PDF files written by hand: what is wrong with them no program would write."""

from __future__ import annotations

import zlib

__all__ = ["document", "one_page", "stream"]


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object, packed."""
    packed = zlib.compress(content, 9)
    head = b"<< %s /Filter /FlateDecode /Length %d >>" % (entries, len(packed))
    return head + b"\nstream\n" + packed + b"\nendstream"


def document(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    content = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return content + table + head + b"startxref\n%d\n%%%%EOF\n" % len(content)


def one_page(
    drawing: bytes = b"",
    *,
    box: bytes = b"0 0 300 200",
    resources: bytes = b"",
    more: tuple[bytes, ...] = (),
    trailer: bytes = b"",
) -> bytes:
    """A page; `more` are objects from number 5 on, for the resources."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << %s >> >>"
    return document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page % (box, resources),
            stream(drawing),
            *more,
        ],
        trailer,
    )
