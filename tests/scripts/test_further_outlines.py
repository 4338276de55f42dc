"""What was outlined by eye in images with labels of their own."""

import json
from pathlib import Path

import measure_classes
import numpy as np
import pytest
import shapely
from recipe.added import further_outlines as module
from recipe.added.files import kept_images
from recipe.added.further_outlines import NEW_YORK, NWPU, FurtherOutlines
from recipe.added.outline_shapes import shape_of

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.language.object_classes import CLASSES

SHIPPED = (NEW_YORK, NWPU)


def outlines(tmp_path, monkeypatch, drawn):
    monkeypatch.setattr(module, "__file__", str(tmp_path / "further_outlines.py"))
    (tmp_path / "some.json").write_text(json.dumps(drawn))
    return FurtherOutlines(
        file="some.json",
        categories={"trees": ("tree", "vegetation"), "road": ("road",)},
    )


def image(name):
    objects = (LabelledObject(category="ship", polygon=shapely.box(0, 0, 9, 9)),)
    return LabelledImage(
        name=name,
        path=Path(name),
        place=name,
        layout=Layout(
            width=90, height=60, objects=objects, complete=frozenset({"ship"})
        ),
        written=(WrittenExpression(text="the ship", targets=(0,), type="category"),),
    )


ROAD = {"class": "road", "line": [[0, 30], [200, 30]], "width": 6}
TREES = {"class": "trees", "box": [40, 10, 20, 10, 0]}


def test_objects_come_after_those_that_sentences_point_to(tmp_path, monkeypatch):
    further = outlines(tmp_path, monkeypatch, {"a.jpg": {"objects": [ROAD, TREES]}})
    found = further.add_to(image("a.jpg"))
    assert [one.category for one in found.layout.objects] == [
        "ship",
        "road",
        "tree",
        "vegetation",
    ]
    assert found.written[0].targets == (0,)
    assert found.layout.objects[1].polygon.bounds == pytest.approx((0, 27, 90, 33))
    assert found.layout.complete == {"ship", "road", "tree", "vegetation"}
    assert found.layout.uncounted == {"road", "tree", "vegetation"}


def test_classes_that_are_unsure_or_cut_short_are_not_complete(tmp_path, monkeypatch):
    drawn = {
        "a.jpg": {"objects": [ROAD, TREES | {"unsure": True}]},
        "b.jpg": {"objects": [ROAD], "incomplete": ["road", "grass"]},
    }
    further = outlines(tmp_path, monkeypatch, drawn)
    first, second = (further.add_to(image(name)).layout for name in drawn)
    assert [one.category for one in first.objects] == ["ship", "road"]
    assert first.complete == {"ship", "road"}
    assert second.complete == {"ship", "tree", "vegetation"}


def test_only_complete_surroundings_are_measured(tmp_path, monkeypatch):
    drawn = {"a.jpg": {"objects": [ROAD, TREES], "incomplete": ["trees"]}}
    further = outlines(tmp_path, monkeypatch, drawn)
    monkeypatch.setattr(measure_classes, "NWPU", further)
    around = measure_classes.surroundings_of(image("a.jpg"))
    assert [one.category for one in around.layout.objects] == ["road"]


def test_other_images_stay_as_they_are(tmp_path, monkeypatch):
    further = outlines(tmp_path, monkeypatch, {"a.jpg": {"objects": [ROAD]}})
    other = image("b.jpg")
    assert further.add_to(other) is other


@pytest.mark.parametrize("further", SHIPPED, ids=lambda one: one.file)
def test_all_outlines_can_be_drawn(further):
    for categories in further.categories.values():
        assert {*categories} <= CLASSES.keys()
    others = set()
    for name, drawn in further.drawn.items():
        for one in drawn["objects"]:
            shape = shape_of(one, (2000, 2000))
            assert shape.is_valid
            assert shape.area > 0, (name, one)
            if one["class"] not in further.categories:
                others.add(one["class"])
    assert others <= {"pier"}


def test_some_outlined_pictures_of_new_york_are_kept():
    kept = kept_images()["maps-newyork"]
    share = np.mean([name in kept for name in NEW_YORK.drawn])
    assert 0.1 < share < 0.2
