"""Boxes become outlines if the predicted shape fits them."""

import json

import numpy as np
import pytest
import shapely
from PIL import Image
from recipe import aircraft_scenes
from recipe.added import further_outlines
from recipe.added.further_outlines import FurtherOutlines
from recipe.aircraft_boxes import airbus_boxes, airport_boxes
from recipe.aircraft_scenes import (
    MAX_MISSING,
    SMALL_SIDE,
    airbus,
    airports,
    read_outlines,
)
from recipe.boxes_to_outlines import outline_boxes

from rrsis_geo.errors import DataError


def bright(pixels):
    """Predict by brightness, in place of a network."""
    return pixels[0].astype(np.float32) / 255


def cross(left, top, side):
    """Return a plus sign in a box, roughly shaped like an aircraft."""
    arm = side // 3
    return shapely.union(
        shapely.box(left, top + arm, left + side, top + side - arm),
        shapely.box(left + arm, top, left + side - arm, top + side),
    )


def painted(shape, side=600):
    pixels = np.zeros((3, side, side), np.uint8)
    rows, cols = np.mgrid[:side, :side] + 0.5
    pixels[:, shapely.contains_xy(shape, cols, rows)] = 250
    return pixels


def test_a_shape_that_fits_its_box_becomes_its_outline():
    truth = cross(100, 150, 90)
    found = outline_boxes(
        painted(truth), [(100, 150, 190, 240)], bright, scales=(0.8, 1.6)
    )
    (outline,) = found
    shared = shapely.intersection(outline, truth).area
    assert shared / shapely.union(outline, truth).area > 0.9


def test_a_shape_that_does_not_fit_its_box_is_rejected():
    truth = cross(100, 150, 90)
    boxes = [(80, 130, 260, 310), (400, 400, 480, 480), (120, 175, 160, 215)]
    found = outline_boxes(painted(truth), boxes, bright, scales=(1.0,))
    assert found == [None, None, None]  # too large, empty, completely filled


@pytest.fixture
def folder(tmp_path):
    """Both data sets as published: an Airbus scene and two images, one unlabelled."""
    scenes = tmp_path / "airbus-aircraft"
    (scenes / "images").mkdir(parents=True)
    Image.new("RGB", (64, 64)).save(scenes / "images" / "074737f4-a.jpg")
    lines = ["id,image_id,geometry,class"]
    for number, (left, top, side) in enumerate([(10, 10, 80), (200, 10, 20)]):
        ends = [
            (left, top),
            (left + side, top),
            (left + side, top + side),
            (left, top + side),
        ]
        lines.append(f'{number},074737f4-a.jpg,"{[*ends, ends[0]]}",Airplane')
    (scenes / "annotations.csv").write_text("\n".join(lines) + "\n")
    part = tmp_path / "aerial-airport" / "train"
    (part / "images").mkdir(parents=True)
    (part / "labelTxt").mkdir()
    for name in ("one", "two"):
        Image.new("RGB", (64, 64)).save(part / "images" / f"{name}.jpg")
    (part / "labelTxt" / "one.txt").write_text(
        "10 20 50 20 50 60 10 60 airplane 0\n5 5 7 5 7 7 5 7 airplane 0\n\n"
    )
    return tmp_path


def test_boxes_are_read_as_published(folder):
    (scene,) = airbus_boxes(folder).values()
    assert scene == [(10, 10, 90, 90), (200, 10, 220, 30)]
    pictures = {path.name: boxes for path, boxes in airport_boxes(folder).items()}
    assert pictures == {"one.jpg": [(10, 20, 50, 60)]}  # no tiny, no unlabelled


def test_outlines_are_used_and_small_boxes_get_an_ellipse(folder, tmp_path):
    path = tmp_path / "outlines.jsonl"
    corners = [[10, 10], [90, 10], [50, 90], [10, 10]]
    line = {"image": "074737f4-a.jpg", "box": 0, "outline": corners}
    path.write_text(json.dumps(line) + "\n")
    (image,) = airbus(folder, read_outlines(path))
    large, small = image.layout.objects
    assert large.polygon.equals(shapely.Polygon(corners))
    assert small.polygon.within(shapely.box(200, 10, 220, 30))
    assert small.polygon.area > 0.4 * 20 * 20
    assert image.place == "074737f4"


def test_images_with_too_many_boxes_without_outline_are_left_out(folder):
    assert SMALL_SIDE > 20
    assert MAX_MISSING < 0.5
    assert airbus(folder, {}) == []
    assert airports(folder, {}) == []


def test_aircraft_outlined_by_eye_make_an_image_usable(folder, tmp_path, monkeypatch):
    (tmp_path / "some.json").write_text(
        json.dumps(
            {
                "one.jpg": {
                    "objects": [
                        {
                            "class": "airplane",
                            "nose": [30, 20],
                            "tail": [30, 60],
                            "tips": [[10, 42], [50, 42]],
                        }
                    ],
                    "drop": [0],
                }
            }
        )
    )
    monkeypatch.setattr(further_outlines, "__file__", str(tmp_path / "module.py"))
    further = FurtherOutlines(file="some.json", categories={"airplane": ("airplane",)})
    monkeypatch.setattr(aircraft_scenes, "AIRCRAFT", further)
    (image,) = airports(folder, {})
    (plane,) = image.layout.objects
    assert plane.polygon.bounds == pytest.approx((10, 20, 50, 60), abs=1.5)
    assert "airplane" in image.layout.complete


def test_airports_outlined_without_their_aircraft_say_nothing_of_aircraft(
    folder, tmp_path, monkeypatch
):
    runway = {"class": "runway", "line": [[0, 30], [600, 30]], "width": 20}
    (tmp_path / "some.json").write_text(json.dumps({"one.jpg": {"objects": [runway]}}))
    monkeypatch.setattr(further_outlines, "__file__", str(tmp_path / "module.py"))
    further = FurtherOutlines(file="some.json", categories={"runway": ("runway",)})
    monkeypatch.setattr(aircraft_scenes, "AIRPORTS", further)
    (image,) = airports(folder, {})
    assert [one.category for one in image.layout.objects] == ["runway"]
    assert "airplane" not in image.layout.complete


def test_a_broken_file_of_outlines_is_named(tmp_path):
    path = tmp_path / "outlines.jsonl"
    path.write_text("{}\n")
    with pytest.raises(DataError, match=r"outlines\.jsonl: outlines cannot be read"):
        read_outlines(path)
