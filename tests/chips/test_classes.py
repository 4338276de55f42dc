"""Names of classes as people write them."""

import pytest

from rrsis_geo.chips.classes import choose_classes, class_key
from rrsis_geo.errors import DataError
from rrsis_geo.expressions.wording.noun_choice import LEXICON, nouns_of


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("building", "building"),
        ("Buildings", "building"),
        (" Storage Tanks ", "storage_tank"),
        ("storage-tank", "storage_tank"),
        ("Baseball Field", "baseball_field"),
        ("Solar Panels", "solar_panel"),
        ("solar_panel", "solar_panel"),
        ("Grass", "grass"),
        ("BUS", "bus"),
        ("bushes", "bush"),
        ("Berries", "berry"),
        ("greenhouse (glass)", "greenhouse_glass"),
        ("Gewächshaus", "gewächshaus"),
        ("class 3", "class_3"),
    ],
)
def test_categories_of_names(name, key):
    assert class_key(name) == key


@pytest.mark.parametrize("key", LEXICON)
def test_every_class_of_the_lexicon_is_known_in_singular_and_plural(key):
    plain = nouns_of(key)[0]
    assert class_key(key) == key
    assert class_key(plain.singular) == key
    assert class_key(plain.plural.title()) == key


@pytest.mark.parametrize("name", ["3", " 12 ", "", "_", "?!"])
def test_a_code_without_letters_is_refused(name):
    with pytest.raises(DataError, match=r"has no letters.* --class \S+=building$"):
        class_key(name)


def test_all_classes_unless_some_are_chosen():
    values = ["Tank", "roof", "Tank", None]
    assert choose_classes(["Tank", "roof"], {}, "a.gpkg") == ["tank", "roof"]
    assert choose_classes(values, {"TANK": None}, "a.gpkg") == [
        "tank",
        None,
        "tank",
        None,
    ]
    assert choose_classes(["1", "2"], {"1": "storage tank"}, "a") == [
        "storage_tank",
        None,
    ]


def test_a_class_that_never_occurs_is_named_with_those_that_do():
    with pytest.raises(
        DataError, match=r"a\.gpkg: the class 'ship' never occurs.*roof"
    ):
        choose_classes(["roof", "roof", None], {"ship": None}, "a.gpkg")


def test_objects_without_a_class_are_counted():
    with pytest.raises(DataError, match=r"a\.gpkg: 2 of 3 objects have no class"):
        choose_classes(["roof", None, " "], {}, "a.gpkg")
