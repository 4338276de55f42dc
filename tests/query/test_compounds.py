"""Nouns of two words typed as one, and the other way round."""

import pytest

from rrsis_geo.query import make_plan
from rrsis_geo.query.tokenizer.compounds import join_compounds
from rrsis_geo.query.tokenizer.normalization import correct_text

TYPED = [
    ("basket ball court", "basketball court"),
    ("base ball diamonds", "baseball diamonds"),
    ("storagetanks", "storage tanks"),
    ("parkinglot", "parking lot"),
    ("ware houses", "warehouses"),
]


@pytest.mark.parametrize(("typed", "usual"), TYPED)
def test_nouns_are_spelled_as_usual_and_it_is_told(typed, usual):
    words, changes = join_compounds(typed.split())
    assert " ".join(words) == usual
    assert len(changes) == 1
    plan = make_plan(typed)
    assert plan.notation() == make_plan(usual).notation()
    assert plan.notes


@pytest.mark.parametrize(
    "text",
    ["tanks in field", "the long boat", "pick up the cars", "car park", "carpark"],
)
def test_other_words_stay_as_they_are(text):
    assert join_compounds(text.split()) == (text.split(), [])


def test_words_of_a_user_stay_as_they_are():
    assert join_compounds(["storagetank"], known={"storagetank"})[1] == []


def test_the_network_reads_the_usual_spelling_too():
    text = correct_text("Basket  ball court near the parkinglot")
    assert text == "Basketball court near the parking lot"
