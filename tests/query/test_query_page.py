"""The tables of docs/query.md show the plans that are really made."""

from pathlib import Path

import pytest

from rrsis_geo.query import make_plan

PAGE = Path(__file__).parents[2] / "docs" / "query.md"


def rows():
    """(expression, description) of every row of the tables."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 2 and cells[0] not in HEADINGS:
            yield cells[0], cells[1]


HEADINGS = ("expression", "---")
ROWS = list(rows())


def test_there_are_enough_examples():
    assert len(ROWS) >= 60


@pytest.mark.parametrize(("expression", "description"), ROWS)
def test_the_page_is_right(expression, description):
    assert make_plan(expression).describe() == description


def test_the_page_says_how_many_plans_are_written_by_hand():
    lines = Path(__file__).with_name("plans.txt").read_text("utf-8").splitlines()
    count = sum(" => " in line and not line.startswith("#") for line in lines)
    assert f"of the {count:,} expressions in" in PAGE.read_text("utf-8")
