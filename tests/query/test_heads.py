"""Which texts the second head of a network finds."""

import pytest

from rrsis_geo.query.heads import rows_of_second

SURFACES = ("road", "water", "vegetation", "park", "swimming_pool")


@pytest.mark.parametrize(
    "text",
    [
        "road",
        "the wide roads",
        "road beside the storage tanks",
        "swimming pools",
        "near the tanks, the road",
        "the largest swimming pool on the left",
        "roads and pools",
        "water",
        "green area",
        "sea",
    ],
)
def test_a_text_about_its_classes_alone_is_found_by_the_second_head(text):
    assert rows_of_second([text], SURFACES) == [0]


@pytest.mark.parametrize(
    "text",
    [
        "storage tank",
        "the storage tank near the road",
        "road bridge",
        "roads and buildings",
        "greenhouse",
        "lake",
        "everything",
        "",
    ],
)
def test_any_other_text_is_found_by_the_first_head(text):
    assert rows_of_second([text], SURFACES) == []


def test_rows_are_numbers_of_texts():
    assert rows_of_second(["road", "ship", "water"], SURFACES) == [0, 2]


def test_without_a_second_head_nothing_is_found_by_it():
    assert rows_of_second(["road", "ship"], ()) == []
