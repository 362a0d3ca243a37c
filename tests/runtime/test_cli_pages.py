"""Documents on the command line: pages by their number, chosen, in tables and in processes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tabled import table

from inkdigit import rasterize
from inkdigit.cli import main, parse_args

TEXTS = ("20", "46", "31")


@pytest.fixture(scope="module", autouse=True)
def _pypdfium2():
    pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")


@pytest.fixture(scope="module")
def pages(write_text):
    drawn = [255 - 255 * rasterize(write_text(text), 200) for text in TEXTS]
    return [Image.fromarray(np.rint(page).astype(np.uint8)) for page in drawn]


@pytest.fixture(scope="module")
def document(pages, tmp_path_factory):
    path = tmp_path_factory.mktemp("documents") / "scan.pdf"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


def rows(out: str) -> list[list[str]]:
    return [line.split("\t")[:2] for line in out.splitlines()]


def test_every_page_is_a_row_with_its_number(document, capsys):
    assert main([str(document)]) == 0
    expected = [[f"{document} page {k}", text] for k, text in enumerate(TEXTS, 1)]
    assert rows(capsys.readouterr().out) == expected


@pytest.mark.parametrize("suffix", ["pdf", "tiff"])
def test_chosen_pages_keep_their_numbers(pages, tmp_path, capsys, suffix):
    pages = [page.copy() for page in pages]  # Pillow's PDF writer leaves its settings on them
    path = tmp_path / f"scan.{suffix}"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    assert main([str(path), "--pages", "2-3"]) == 0
    assert rows(capsys.readouterr().out) == [[f"{path} page 2", "46"], [f"{path} page 3", "31"]]
    assert main([str(path), "--pages", "2", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["page"], record["text"]) == (2, "46")


def test_a_page_that_is_not_there_is_a_problem(document, capsys):
    assert main([str(document), "--pages", "7"]) == 1
    assert "has 3 pages; expected a page 7" in capsys.readouterr().err


def test_ink_has_one_page(tmp_path, capsys):
    path = tmp_path / "one.json"
    path.write_text('{"strokes": [[[0, 0], [0, 50]]]}')
    assert main([str(path), "--pages", "1"]) == 0
    assert main([str(path), "--pages", "2"]) == 1
    assert "leave out --pages" in capsys.readouterr().err


@pytest.mark.parametrize("pages", ["0", "3-2", "a", "1-2-3", "-1", ""])
def test_wrong_pages_are_wrong_usage(pages, capsys):
    with pytest.raises(SystemExit) as caught:
        parse_args(["scan.pdf", f"--pages={pages}"])
    assert caught.value.code == 2


def test_long_documents_are_shared_among_processes(document, capsys, monkeypatch):
    monkeypatch.setattr("inkdigit.documents.PART_PAGES", 1)
    assert main([str(document), "--jobs", "3", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(r["page"], r["text"]) for r in records] == list(enumerate(TEXTS, 1))


def test_a_document_on_standard_input_is_read(document):
    command = [sys.executable, "-m", "inkdigit", "-", "--pages", "3"]
    with document.open("rb") as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, check=True)
    assert rows(done.stdout) == [["- page 3", "31"]]


def test_a_table_on_each_page(tmp_path, capsys):
    sheets = [[["12", "7"], ["4", "8"]], [["8", "9"], ["3", "1"]]]
    first, second = (table(sheet).convert("L") for sheet in sheets)
    path = tmp_path / "sheets.pdf"
    first.save(path, save_all=True, append_images=[second], resolution=200)
    assert main([str(path), "--table"]) == 0
    assert list(csv.reader(capsys.readouterr().out.splitlines())) == [*sheets[0], *sheets[1]]
    assert main([str(path), "--table", "--json", "--pages", "2"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["page"] == 2
    assert [[cell["text"] for cell in row] for row in record["rows"]] == sheets[1]


def test_one_page_is_learnt_or_drawn(document, tmp_path, capsys):
    out, hand = tmp_path / "out.png", tmp_path / "me.json"
    assert main([str(document), "--annotate", str(out)]) == 1
    assert "choose it, as in --pages 2" in capsys.readouterr().err
    assert main([str(document), "--pages", "2", "--annotate", str(out)]) == 0
    assert out.exists()
    assert main([str(document), "--pages", "3", "--learn", "31", "--writer", str(hand)]) == 0
    assert "learnt 2 of 2" in capsys.readouterr().out
