"""The split into training and validation keeps places apart."""

import pytest
from recipe.public_datasets import split

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage


def image(name, *, place):
    layout = Layout(width=8, height=8, objects=(), complete=frozenset())
    return LabelledImage(name=name, path=name, layout=layout, place=place)


@pytest.mark.parametrize("every", [2, 3, 7])
def test_a_place_is_never_on_both_sides(every):
    images = [image(str(n), place=f"p{n // 3}") for n in range(40)]
    training, held_out = split(images, every=every)
    assert len(training) + len(held_out) == 40
    assert held_out
    assert not {item.place for item in training} & {item.place for item in held_out}


def test_leaving_out_images_does_not_change_the_split_of_others():
    names = [f"{number:02d}" for number in range(20)]
    every = [image(name, place=name) for name in names]
    _, held_out = split(every, every=4)
    some = [one for one in every if one.name not in ("01", "02", "07")]
    training, remaining = split(some, every=4, among=names)
    assert [one.name for one in remaining] == [
        one.name for one in held_out if one.name in {other.name for other in some}
    ]
    assert not {one.name for one in training} & {one.name for one in held_out}
