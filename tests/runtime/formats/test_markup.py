"""XML: the tree that is built, and what is refused before it can do harm."""

from __future__ import annotations

import pytest

from inkdigit._formats.markup import MAX_DEPTH, MAX_ELEMENTS, parse_markup
from inkdigit.errors import InkError

LAUGHS = [f"<!ENTITY l{k} '{f'&l{k - 1};' * 10}'>" for k in range(1, 10)]
BOMB = f"<!DOCTYPE ink [<!ENTITY l0 'ha'>{''.join(LAUGHS)}]><ink>&l9;</ink>"


def parse(content: bytes | str):
    return parse_markup(content.encode() if isinstance(content, str) else content, "x.xml", "ink")


def test_tree_has_tags_without_prefixes_attributes_and_text():
    root = parse('<a:ink xmlns:a="urn:a"><a:t xml:id="1">4 <!-- no -->2</a:t><g><t/></g></a:ink>')
    assert [element.tag for element in root.walk()] == ["ink", "t", "g", "t"]
    assert root.children[0].attributes == {"xml:id": "1"}
    assert "".join(root.children[0].texts) == "4 2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_are_read(encoding):
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    root = parse(f"{declared}<ink>é</ink>".encode(encoding))
    assert root.texts == ["é"]


def test_line_that_only_names_a_document_type_is_ignored():
    assert (
        parse('<!DOCTYPE ink PUBLIC "-//W3C//DTD" "http://example.org/a.dtd"><ink/>').tag == "ink"
    )


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        "<!DOCTYPE ink [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><ink>&a;</ink>",
        "<!DOCTYPE ink [<!ENTITY % a SYSTEM 'http://example.org/'> %a;]><ink/>",
        "<!DOCTYPE ink SYSTEM 'a.dtd' []><ink/>",
    ],
)
def test_definitions_of_entities_are_refused(content):
    with pytest.raises(InkError, match="defines a document type"):
        parse(content)


@pytest.mark.parametrize(
    "content",
    ["", " ", "3", "<ink>", "<ink></x>", "<ink>&a;</ink>", "<ink/><ink/>", b"<ink>\xff</ink>"],
)
def test_what_is_not_well_formed_is_refused(content):
    with pytest.raises(InkError, match="not well-formed"):
        parse(content)


@pytest.mark.parametrize("encoding", ["none", "utf-16", "gb18030"])
def test_encodings_that_the_file_is_not_in_are_refused(encoding):
    with pytest.raises(InkError, match="not well-formed"):
        parse(f'<?xml version="1.0" encoding="{encoding}"?><ink/>')


def test_other_kinds_of_xml_are_refused_by_name():
    with pytest.raises(InkError, match="<html>; expected <ink>"):
        parse("<html/>")


@pytest.mark.parametrize(
    "content",
    ["<ink>" * (MAX_DEPTH + 1), "<ink>" + "<t/>" * MAX_ELEMENTS + "</ink>"],
    ids=["deep", "many"],
)
def test_more_elements_than_ink_has_are_refused(content):
    with pytest.raises(InkError, match="elements"):
        parse(content)
