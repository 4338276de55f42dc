"""What was outlined by eye in images with labels of their own."""

import bz2
import json
from dataclasses import replace
from pathlib import Path

import measure_classes
import numpy as np
import pytest
import shapely
from PIL import Image
from recipe.added import further_outlines as module
from recipe.added.files import kept_images, read_json
from recipe.added.further_outlines import (
    AIRCRAFT,
    AIRPORTS,
    NEW_YORK,
    NWPU,
    RARE,
    SHIPS,
    FurtherOutlines,
)
from recipe.added.outline_shapes import shape_of

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError
from rrsis_geo.language.object_classes import CLASSES

SHIPPED = (NEW_YORK, NWPU, SHIPS, AIRCRAFT, AIRPORTS, RARE)


def outlines(tmp_path, monkeypatch, drawn, **fields):
    monkeypatch.setattr(module, "__file__", str(tmp_path / "further_outlines.py"))
    (tmp_path / "some.json").write_text(json.dumps(drawn))
    return FurtherOutlines(
        file="some.json",
        categories={"trees": ("tree", "vegetation"), "road": ("road",)},
        **fields,
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


def test_what_is_outside_the_image_is_no_object(tmp_path, monkeypatch):
    outside = ROAD | {"line": [[-30, 30], [0, 30]]}
    drawn = {"a.jpg": {"objects": [outside, TREES]}}
    further = outlines(tmp_path, monkeypatch, drawn)
    found = further.add_to(image("a.jpg")).layout.objects
    assert [one.category for one in found] == ["ship", "tree", "vegetation"]


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


def test_dropped_labels_take_their_sentences_along(tmp_path, monkeypatch):
    further = outlines(
        tmp_path, monkeypatch, {"a.jpg": {"objects": [ROAD], "drop": [0]}}
    )
    ship, boat = (
        LabelledObject(category="ship", polygon=shapely.box(x, 0, x + 9, 9))
        for x in (0, 20)
    )
    both = image("a.jpg")
    sentences = {"the ship": (0,), "the boat": (1,), "a submarine": ()}
    both = replace(
        both,
        layout=replace(both.layout, objects=(ship, boat)),
        written=tuple(
            WrittenExpression(text=text, targets=targets, type="category")
            for text, targets in sentences.items()
        ),
    )
    found = further.add_to(both)
    assert [one.category for one in found.layout.objects] == ["ship", "road"]
    assert found.layout.objects[0] is boat
    assert {one.text: one.targets for one in found.written} == {
        "the boat": (0,),
        "a submarine": (),
    }


def test_unsure_pixels_are_black_where_that_is_asked_for(tmp_path, monkeypatch):
    drawn = {"a.png": {"objects": [ROAD, TREES | {"unsure": True}]}}
    further = outlines(tmp_path, monkeypatch, drawn, blackens=True)
    path = tmp_path / "a.png"
    Image.fromarray(np.full((60, 90, 3), 200, np.uint8)).save(path)
    found = further.add_to(replace(image("a.png"), path=path))
    black = (found.pixels == 0).all(axis=0)
    assert black[6:14, 31:49].all()
    assert black.sum() == 20 * 10
    assert found.layout.complete == {"ship", "road", "tree", "vegetation"}


def test_aircraft_of_four_points_reach_them_and_no_farther():
    nose, tail, left, right = (50, 10), (50, 90), (15, 60), (85, 60)
    drawn = {"nose": nose, "tail": tail, "tips": [left, right]}
    shape = shape_of(drawn, (100, 100))
    assert shape.is_valid
    assert shape.geom_type == "Polygon"
    for point in (nose, tail, left, right):
        assert shape.distance(shapely.Point(point)) < 1
    assert shapely.box(14, 9.5, 86, 90.5).covers(shape)
    mirrored = shapely.affinity.scale(shape, -1, 1, origin=(50, 0))
    assert shape.symmetric_difference(mirrored).area < 1e-6
    # between the wings and the tailplane there is ground
    assert not shape.contains(shapely.Point(30, 80))
    assert 0.2 < shape.area / shape.envelope.area < 0.5


def test_only_complete_surroundings_are_measured(tmp_path, monkeypatch):
    drawn = {"a.jpg": {"objects": [ROAD, TREES], "incomplete": ["trees"]}}
    further = outlines(tmp_path, monkeypatch, drawn)
    rare = replace(further, categories={"road": ("roundabout",)})
    monkeypatch.setattr(measure_classes, "NWPU", further)
    monkeypatch.setattr(measure_classes, "RARE", rare)
    around = measure_classes.surroundings_of(image("a.jpg"))
    found = [one.category for one in around.layout.objects]
    assert found == ["road", "roundabout"]


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


def test_broken_compressed_files_are_named(tmp_path):
    whole = bz2.compress(b'{"a": 1}')
    path = tmp_path / "some.json.bz2"
    path.write_bytes(whole)
    assert read_json(path) == {"a": 1}
    for broken in (whole[:-9], b"no bz2", whole[:12] + b"zzzz" + whole[16:]):
        path.write_bytes(broken)
        with pytest.raises(DataError, match=r"some\.json\.bz2: cannot be read"):
            read_json(path)


def test_some_outlined_pictures_of_new_york_are_kept():
    kept = kept_images()["maps-newyork"]
    share = np.mean([name in kept for name in NEW_YORK.drawn])
    assert 0.1 < share < 0.2
