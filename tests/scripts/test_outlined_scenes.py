"""Scenes that were outlined by eye: shapes, what is complete, and unsure pixels."""

import io
import json
import math
import zipfile

import numpy as np
import pytest
import shapely
import show_outlines
from PIL import Image
from recipe.added import outlined_scenes as module
from recipe.added.files import KEPT, read_json
from recipe.added.outline_shapes import shape_of as shape_inside
from recipe.added.outlined_scenes import (
    ANYWHERE,
    KINDS,
    OUTLINES,
    SIDE,
    kind_of,
    outlined_scenes,
)

from rrsis_geo.errors import DataError
from rrsis_geo.language.object_classes import CLASSES


def shape_of(drawn):
    return shape_inside(drawn, (SIDE, SIDE))


def archive(folder, names):
    (folder / "aid-captions").mkdir()
    with zipfile.ZipFile(folder / "aid-captions" / "images.zip", "w") as written:
        for number, name in enumerate(names):
            stream = io.BytesIO()
            pixels = np.full((SIDE, SIDE, 3), 100 + number, np.uint8)
            Image.fromarray(pixels).save(stream, "WEBP", lossless=True)
            written.writestr(name, stream.getvalue())


@pytest.fixture
def scenes(tmp_path, monkeypatch):
    """Reads scenes with these outlines."""

    def read(outlines, *, others=(), wanted=lambda name: True):
        names = {name for drawn in outlines.values() for name in drawn}
        archive(tmp_path, sorted({*names, *others}))
        path = tmp_path / "outlines.json"
        path.write_text(json.dumps(outlines))
        monkeypatch.setattr(module, "OUTLINES", path)
        return outlined_scenes(tmp_path, wanted)

    return read


def test_shapes_have_the_area_that_was_drawn():
    ellipse = shape_of({"ellipse": [60, 60, 20, 10, 30]})
    assert ellipse.area == pytest.approx(math.pi * 200, rel=0.01)
    assert ellipse.centroid.coords[0] == pytest.approx((60, 60))
    ring = shape_of({"ellipse": [60, 60, 20, 20, 0], "hole": [60, 60, 10, 10, 0]})
    assert ring.area == pytest.approx(math.pi * 300, rel=0.01)
    assert shape_of({"box": [50, 50, 20, 10, 45]}).area == pytest.approx(200)
    strip = shape_of({"line": [[10, 10], [50, 10]], "width": 6})
    assert strip.area == pytest.approx(240)
    square = [[10, 10], [50, 10], [50, 50], [10, 50]]
    inner = [[20, 20], [30, 20], [30, 30], [20, 30]]
    assert shape_of({"outline": square, "holes": [inner]}).area == pytest.approx(1500)


def test_degrees_turn_clockwise_as_seen():
    # y is down: a quarter of a right angle clockwise lowers the right end
    strip = shape_of({"box": [64, 64, 60, 2, 45]})
    assert strip.contains(shapely.Point(64 + 20, 64 + 20))
    assert not strip.contains(shapely.Point(64 + 20, 64 - 20))


def test_shapes_end_at_the_border():
    assert shape_of({"ellipse": [0, 0, 20, 20, 0]}).bounds == pytest.approx(
        (0, 0, 20, 20)
    )


def test_a_scene_is_complete_in_what_was_looked_for(scenes):
    (image,) = scenes(
        {
            "bridge": {
                "bridge_1.webp": [
                    {"class": "bridge", "line": [[10, 20], [110, 20]], "width": 8},
                    {"class": "water", "box": [64, 60, 100, 60, 0]},
                ]
            }
        }
    )
    assert [one.category for one in image.layout.objects] == ["bridge", "water"]
    assert {"bridge", "water", "stadium"} <= image.layout.complete
    assert "overpass" not in image.layout.complete  # may be there, was not looked for
    assert image.layout.uncounted == {"water"}
    assert image.pixels.shape == (3, SIDE, SIDE)


def test_unsure_pixels_are_black_and_no_object(scenes):
    (image,) = scenes(
        {
            "stadium": {
                "stadium_1.webp": [
                    {"class": "stadium", "box": [30, 30, 20, 20, 0]},
                    {"class": "stadium", "box": [90, 90, 20, 20, 0], "unsure": True},
                ]
            }
        }
    )
    assert len(image.layout.objects) == 1
    black = (image.pixels == 0).all(axis=0)
    assert black.sum() == 400
    assert black[80:100, 80:100].all()


def test_a_river_is_water_too(scenes):
    images = scenes(
        {"river": {"river_1.webp": [{"class": "water", "box": [64, 64, 90, 30, 0]}]}}
    )
    named = {one.category for image in images for one in image.layout.objects}
    assert named == {"water", "river"}
    assert len({image.name for image in images}) == 2
    assert {image.place for image in images} == {"river_1"}


def test_unwanted_scenes_are_not_read(scenes):
    shape = [{"class": "stadium", "box": [30, 30, 20, 20, 0]}]
    images = scenes(
        {"stadium": {"stadium_1.webp": shape, "stadium_2.webp": shape}},
        others=["forest_1.webp", "forest_2.webp"],
        wanted=lambda name: name.endswith("_1.webp"),
    )
    assert [image.place for image in images] == ["stadium_1", "forest_1"]
    assert not images[1].layout.objects
    assert "stadium" in images[1].layout.complete


def test_a_missing_scene_is_named(scenes, tmp_path):
    scenes({"stadium": {"stadium_1.webp": []}})
    module.OUTLINES.write_text('{"stadium": {"stadium_7.webp": []}}')
    with pytest.raises(DataError, match=r"stadium_7\.webp"):
        outlined_scenes(tmp_path, lambda name: True)
    with pytest.raises(DataError, match="cannot be read"):
        outlined_scenes(tmp_path / "nowhere", lambda name: True)


def test_outlines_are_drawn_over_their_picture(scenes):
    images = scenes(
        {
            "stadium": {
                "stadium_1.webp": [{"class": "stadium", "box": [64, 64, 64, 64, 0]}]
            }
        }
    )
    sheet, colours = show_outlines.draw(images)
    assert colours == {"stadium": "red"}
    pixels = np.asarray(sheet)
    red = (pixels == (255, 0, 0)).all(axis=2)
    rows, columns = np.nonzero(red)
    scale = show_outlines.SIDE / SIDE
    assert abs(rows.min() - 32 * scale) <= 2
    assert abs(columns.max() - 96 * scale) <= 2
    assert not red[300:450, 300:450].any()  # a line, not an area


def test_all_outlines_can_be_drawn():
    listed = read_json(OUTLINES)
    assert listed.keys() <= KINDS.keys()
    for what, drawn in listed.items():
        names = {name for kind in KINDS[what] for name in kind.classes}
        for kind in KINDS[what]:
            assert {*kind.classes.values()} <= CLASSES.keys()
        for name, objects in drawn.items():
            anywhere = what.replace(" ", "_") in ANYWHERE
            assert anywhere or what.startswith(kind_of(name))
            for one in objects:
                shape = shape_of(one)
                assert shape.is_valid
                assert shape.area > 0, (name, one)
                if one["class"] not in names:
                    assert what in {"playground", "park"}, (name, one)


def test_some_outlined_scenes_of_each_kind_are_kept():
    listed, kept = read_json(OUTLINES), {*read_json(KEPT)["aid-captions"]}
    for what, drawn in listed.items():
        assert 0.08 < len(kept & drawn.keys()) / len(drawn) <= 0.5, what


def test_a_scene_looked_at_twice_has_two_names(scenes):
    ring = [{"class": "roundabout", "ellipse": [60, 60, 12, 12, 0]}]
    pond = [{"class": "water", "box": [20, 20, 20, 20, 0]}]
    images = scenes(
        {
            "pond": {"pond_1.webp": pond},
            "roundabout": {"pond_1.webp": ring, "school_4.webp": ring},
        }
    )
    names = [image.name for image in images]
    assert len(set(names)) == len(names)
    # a kept scene is listed by its file's name, which one of its looks has
    assert {"pond_1.webp", "school_4.webp"} <= set(names)


def test_a_meadow_that_is_a_golf_course_does_not_lack_one(scenes):
    course = [{"class": "golf_course", "box": [64, 64, 128, 128, 0]}]
    images = scenes(
        {"golf course": {"meadow_1.webp": course}}, others=["meadow_2.webp"]
    )
    without = {
        image.place
        for image in images
        if "golf_course" in image.layout.complete and not image.layout.objects
    }
    assert without == {"meadow_2"}
