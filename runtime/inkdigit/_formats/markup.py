"""The bytes of an XML file in, a tree of its elements out; nothing in it is fetched or expanded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from inkdigit.errors import InkError

__all__ = ["Element", "parse_markup"]

MAX_DEPTH = 100  # drawing programs nest groups ten deep; recursion stays far from Python's limit
MAX_ELEMENTS = 200_000  # 200 times the strokes that are read of one input


@dataclass(slots=True)
class Element:
    """An XML element.

    Attributes:
        tag: Its name without the prefix of a namespace.
        attributes: By their names as written, with a prefix.
        children: The elements directly in it.
        texts: Its own text, in pieces.
    """

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all in it, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


def parse_markup(content: bytes, name: str, root: str) -> Element:
    """Parse an XML file.

    A line that only names a DTD is ignored, as the DTD is never fetched. One that defines anything
    is refused: entities may expand without end.

    Args:
        content: The whole file.
        name: What to call it in messages.
        root: The tag that its root element must have.

    Raises:
        InkError: If it is not well-formed XML, has another root, defines entities, or is nested
            too deep or has too many elements to be ink.
    """
    builder = _Builder(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as exc:  # the latter two: its encoding
        if isinstance(exc, InkError):
            raise
        raise InkError(f"{name} is not well-formed XML ({exc}); expected a whole file") from exc
    found = builder.document.children[0]
    if found.tag != root:
        raise InkError(f"{name} has the root element <{found.tag[:80]}>; expected <{root}>")
    return found


class _Builder:
    """Builds the tree from what the parser reports."""

    def __init__(self, name: str) -> None:
        self.document = Element("", {})
        self._open = [self.document]
        self._name = name
        self._count = 0

    def doctype(self, root: str, system: str | None, public: str | None, inside: bool) -> None:
        if inside:
            raise InkError(
                f"{self._name} defines a document type of its own (DTD, entities), which is unsafe"
                " to expand; expected none: save it as plain SVG or InkML"
            )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise InkError(
                f"{self._name} has over {MAX_ELEMENTS:,} elements, or some nested over {MAX_DEPTH}"
                " deep; expected ink: split the file"
            )
        element = Element(tag.rpartition(":")[2], attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].texts.append(text)
