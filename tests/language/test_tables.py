"""The shared tables of classes and region shares are consistent."""

import pytest

from rrsis_geo.language.object_classes import CLASSES
from rrsis_geo.language.region_shares import MIDDLE, SHARES


@pytest.mark.parametrize("key", CLASSES)
def test_each_noun_of_a_class_is_listed_once(key):
    known = CLASSES[key]
    nouns = [noun.singular for noun in known.nouns]
    nouns += [*known.synonyms, *known.hyponyms]
    assert len(nouns) == len(set(nouns))


@pytest.mark.parametrize("key", CLASSES)
def test_nouns_are_shared_with_known_classes_only(key):
    others = {other for noun in CLASSES[key].nouns for other in noun.unless}
    assert others <= CLASSES.keys() - {key}


@pytest.mark.parametrize("share", [*SHARES.values(), MIDDLE])
def test_the_builder_is_sure_only_where_the_planner_agrees(share):
    if share.core is not None:
        assert share.core < share.limit < share.zone
