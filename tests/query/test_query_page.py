"""The page that says what can be asked shows the plans that are made."""

from pathlib import Path

import pytest

from rrsis_geo.query import make_plan

PAGE = Path(__file__).parents[2] / "docs" / "query.md"


def rows():
    """(expression, words) of every row of its tables."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) >= 2 and cells[0] not in HEADS:
            yield cells[0], cells[1]


HEADS = ("expression", "---")
ROWS = list(rows())


def test_there_are_enough_examples():
    assert len(ROWS) >= 60


@pytest.mark.parametrize(("expression", "words"), ROWS)
def test_the_page_tells_the_truth(expression, words):
    assert make_plan(expression).describe() == words
