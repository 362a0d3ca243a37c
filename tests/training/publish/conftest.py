"""Ink that the fits of signs and of forms are tried on."""

from __future__ import annotations

import pytest

from inkdigit_train.data.records import InkRecord, write_records


@pytest.fixture
def files(tmp_path, hand, symbols):
    """Two writers of each, of whom one is held out for validation."""
    ink, others = tmp_path / "ink.jsonl", tmp_path / "signs.jsonl"
    for path, records in ((ink, hand), (others, symbols)):
        write_records(path, [InkRecord(r.label, r.ink, w) for w in "ab" for r in records])
    return ink, others
