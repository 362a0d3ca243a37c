"""Sections of the model card."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkdigit_train.errors import DataError
from inkdigit_train.publish.card import replace_section

CARD = "# A model\n\nIt reads.\n\n## Moved\n\nold\n\n### Under it\n\nold\n\n## Limits\n\nMany.\n"


def test_a_section_takes_the_place_of_the_one_with_its_heading(tmp_path: Path) -> None:
    card = tmp_path / "MODEL_CARD.md"
    card.write_text(CARD)

    replace_section(card, "## Moved\n\nnew\n")
    replace_section(card, "## More\n\nat the end\n")

    expected = CARD.replace("old\n\n### Under it\n\nold", "new") + "\n## More\n\nat the end\n"
    assert card.read_text() == expected


def test_a_missing_card_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="MODEL_CARD"):
        replace_section(tmp_path / "MODEL_CARD.md", "## Moved\n")
