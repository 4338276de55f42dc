"""Readers of the added data sets, on small data made here."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from choose_kept import chosen_images
from PIL import Image
from recipe.added import more_buildings, sources
from recipe.added.box_fitting import axis_rectangle, fit_rectangle, ship_outline
from recipe.added.files import kept_images, part_of, written_lines
from recipe.added.land_cover import LandClass, raster_objects, read_raster
from recipe.added.same_ground import group_places
from recipe.added.sources import SETS, added_sources, read_part
from recipe.added.vehicles_and_ships import boxed_object, estonia, ground_of, ships
from shapely.affinity import rotate

from rrsis_geo.errors import DataError


def everything(name):
    return True


def flood_parts(inside):
    """8-connected parts in the order of their first pixel, by brute force."""
    left = {(int(row), int(column)) for row, column in np.argwhere(inside)}
    parts = []
    for start in sorted(left):
        if start not in left:
            continue
        part, edge = set(), [start]
        while edge:
            row, column = edge.pop()
            if (row, column) in left:
                left.discard((row, column))
                part.add((row, column))
                edge += [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        parts.append(part)
    return parts


def covered(polygon, shape):
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    inside = shapely.contains_xy(polygon, columns.ravel(), rows.ravel())
    return inside.reshape(shape)


def test_parts_are_numbered_by_their_first_pixel():
    rng = np.random.default_rng(3)
    blocks = (rng.random((9, 9)) < 0.4).astype(np.uint8)
    labels = np.kron(blocks, np.ones((8, 8), np.uint8)) * 4
    objects, index = raster_objects(labels, {4: LandClass(category="building")})
    parts = flood_parts(labels == 4)
    assert len(objects) == len(parts) > 2
    for number, part in enumerate(parts):
        mask = np.zeros(labels.shape, bool)
        mask[tuple(np.array(sorted(part)).T)] = True
        found = covered(objects[index[4, number]].polygon, labels.shape)
        assert (found & mask).sum() / (found | mask).sum() > 0.95


def test_small_parts_and_other_values_are_dropped():
    labels = np.zeros((40, 40), np.uint8)
    labels[2:9, 2:10] = 1  # 56 pixels
    labels[20:30, 20:30] = 1
    labels[0:15, 20:40] = 2
    (only,), index = raster_objects(labels, {1: LandClass(category="water")})
    assert index == {(1, 0): 0}
    assert only.polygon.equals(shapely.box(20, 20, 30, 30))


def test_unlabelled_pixels_are_black_and_surfaces_not_counted(tmp_path):
    labels = np.ones((20, 20), np.uint8)
    labels[:, :7] = 0
    Image.fromarray(np.full((20, 20, 3), 200, np.uint8)).save(tmp_path / "a.png")
    Image.fromarray(labels).save(tmp_path / "l.png")
    image, _ = read_raster(
        tmp_path / "a.png",
        tmp_path / "l.png",
        {1: LandClass(category="road")},
        absent=("ship",),
        unlabelled=0,
    )
    assert (image.pixels[:, :, :7] == 0).all()
    assert (image.pixels[:, :, 7:] == 200).all()
    assert image.layout.complete == {"road", "ship"}
    assert image.layout.uncounted == {"road"}


@pytest.mark.parametrize("aspect", [2.3, 4.2])
@pytest.mark.parametrize("angle", [0, 12, 30, 45])
def test_a_rectangle_is_known_by_its_box_and_aspect(aspect, angle):
    turned = rotate(shapely.box(0, 0, 10 * aspect, 10), angle)
    left, top, right, bottom = turned.bounds
    length, width, found = axis_rectangle(right - left, bottom - top, aspect)
    assert (length, width) == pytest.approx((10 * aspect, 10))
    assert np.degrees(found) == pytest.approx(angle, abs=0.01)


@pytest.mark.parametrize("angle", [0, 20, -35, 60, 90, 135])
@pytest.mark.parametrize("loose", [False, True])
def test_a_vehicle_is_outlined_where_colours_change(angle, loose):
    car = rotate(shapely.box(38, 45, 61, 55), angle)
    rng = np.random.default_rng(5)
    pixels = rng.integers(90, 110, (3, 100, 100)).astype(np.uint8)
    pixels[:, covered(car, (100, 100))] = 210
    margin = 3 if loose else 0
    left, top, right, bottom = car.bounds
    box = left - margin, top - margin, right + margin, bottom + margin
    found = fit_rectangle(pixels, box, aspect=2.3, loose=loose)
    assert found.intersection(car).area / found.union(car).area > 0.75


def test_a_hull_is_pointed_and_lies_in_its_rectangle():
    corners = np.array([[0, 0], [40, 0], [40, 10], [0, 10]], float)
    for order in (corners, np.roll(corners, 1, axis=0), corners[::-1]):
        hull = ship_outline(order)
        assert shapely.box(0, 0, 40, 10).buffer(1e-9).contains(hull)
        assert hull.intersects(shapely.Point(0, 5))
        assert not hull.intersects(shapely.Point(0.5, 0.5))
        assert 0.6 < hull.area / 400 < 0.9


def test_kinds_of_boxes_without_outlines_are_left_out():
    pixels = np.zeros((3, 50, 50), np.uint8)
    assert boxed_object(pixels, "building", (5, 5, 20, 20), loose=True) is None
    bus = boxed_object(pixels, "bus", (5, 5, 40, 14), loose=False)
    assert (bus.category, bus.attributes["kind"]) == ("vehicle", "bus")


def test_overlapping_and_recoloured_images_are_one_place():
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (40, 60)).astype(np.uint8)
    ground = np.asarray(Image.fromarray(coarse).resize((360, 240)))
    other = np.asarray(Image.fromarray(coarse[::-1, ::-1].T).resize((240, 240)))
    place = group_places(
        {
            "a": np.stack([ground[:, :240]] * 3),
            "b": np.stack([ground[:, 100:340] // 2 + 40] * 3),
            "c": np.stack([255 - ground[:, :240]] * 3),
            "d": np.stack([other] * 3),
        }
    )
    assert place["a"] == place["b"] == place["c"] != place["d"]


def test_places_are_kept_as_a_whole():
    place = {f"{number:02d}": f"p{number // 2:02d}" for number in range(60)}
    kept = chosen_images(place)
    assert kept
    for where in set(place.values()):
        same = {name for name, other in place.items() if other == where}
        assert same <= set(kept) or not same & set(kept)


def test_variants_of_the_same_ground_share_its_name():
    names = ("image_0_02_05", "image_0_02_05_c", "train_image_0_02_05")
    assert {ground_of(name) for name in names} == {"0_02_05"}


def test_every_set_keeps_some_images_and_variants_stay_together():
    kept = kept_images()
    assert kept.keys() == {one.name for one in SETS}
    assert all(kept.values())
    places = {ground_of(Path(name).stem) for name in kept["estonia-20cm"]}
    assert {"0_03_05", "0_02_02"} <= places


@pytest.fixture
def harbours(tmp_path, monkeypatch):
    base = tmp_path / "ships-obb"
    (base / "images").mkdir(parents=True)
    ship = {"obb_estimated": [[5, 5], [25, 5], [25, 10], [5, 10]]}
    listed = {
        f"{name}.webp": {"width": 40, "height": 30, "ships": [ship]} for name in "abc"
    }
    (base / "annotations.json").write_text(json.dumps(listed))
    (tmp_path / "expressions").mkdir()
    line = {
        "image": "ships-obb/images/c.webp",
        "expression": "the grey ship",
        "type": "attribute",
        "targets": [0],
    }
    (tmp_path / "expressions" / "ships-cars.jsonl").write_text(json.dumps(line))
    return tmp_path


def test_kept_images_are_not_trained_on(harbours):
    (one,) = (part for part in SETS if part.name == "ships-obb")
    sides = [
        read_part(one, harbours, frozenset({"c.webp"}), kept=kept)
        for kept in (False, True)
    ]
    assert [[image.name for image in side] for side in sides] == [
        ["a.webp", "b.webp"],
        ["c.webp"],
    ]
    ((written,),) = (image.written for image in sides[1])
    assert (written.text, written.targets) == ("the grey ship", (0,))


def test_sentences_to_report_on_are_read_only_of_images_that_train_nothing(tmp_path):
    kept = sorted(kept_images()["ships-obb"])
    names = [f"{letter}.webp" for letter in "abcdefgh"] + kept
    (tmp_path / "expressions").mkdir()
    (tmp_path / "expressions" / "ships-cars.jsonl").write_text(
        "\n".join(json.dumps({"image": f"ships-obb/images/{name}"}) for name in names)
    )
    read = written_lines(tmp_path, "ships-cars.jsonl", "ships-obb")
    chosen = {name for name in names if part_of(f"ships-obb/images/{name}") == "choose"}
    assert set(read) == chosen | set(kept)
    assert not chosen >= set(names)
    assert not chosen >= set(kept)


def test_a_lost_kept_image_is_one_clear_line(harbours):
    (one,) = (part for part in SETS if part.name == "ships-obb")
    with pytest.raises(DataError, match=r"lacks \['z.webp'\]"):
        read_part(one, harbours, frozenset({"z.webp"}), kept=True)


def test_missing_data_sets_are_named(tmp_path):
    with pytest.raises(DataError, match=r"aerial-cars.*ships-obb"):
        added_sources(tmp_path)


def test_ships_have_outlines_of_their_labelled_length(harbours):
    (first, *_) = ships(harbours, everything)
    left, top, right, bottom = first.layout.objects[0].polygon.bounds
    assert (left, right) == pytest.approx((5, 25))
    assert bottom - top == pytest.approx(5 * 1.15)


def test_aircraft_are_absent_only_where_none_is_labelled(tmp_path):
    base = tmp_path / "estonia-20cm"
    (base / "images").mkdir(parents=True)
    (tmp_path / "expressions").mkdir()
    (tmp_path / "expressions" / "ships-cars.jsonl").write_text("")
    for name in ("a.webp", "b.webp"):
        Image.fromarray(np.zeros((60, 60, 3), np.uint8)).save(base / "images" / name)
    content = {
        "categories": [{"id": 1, "name": "Car"}, {"id": 2, "name": "Airplane"}],
        "images": [
            {"id": 1, "file_name": "a.webp", "width": 60, "height": 60},
            {"id": 2, "file_name": "b.webp", "width": 60, "height": 60},
        ],
        "annotations": [
            {"id": 7, "image_id": 1, "category_id": 2, "bbox": [5, 5, 20, 20]},
            {"id": 8, "image_id": 1, "category_id": 1, "bbox": [30, 30, 22, 10]},
        ],
    }
    (base / "annotations.json").write_text(json.dumps(content))
    first, second = estonia(tmp_path, everything)
    assert [one.category for one in first.layout.objects] == ["vehicle"]
    assert "airplane" not in first.layout.complete
    assert "airplane" in second.layout.complete


def test_described_crops_stay_on_the_side_of_their_scene(tmp_path, monkeypatch):
    base = tmp_path / "oam-more-buildings"
    base.mkdir()
    (tmp_path / "expressions").mkdir()
    ids = np.zeros((64, 64), np.uint16)
    ids[4:20, 4:20], ids[40:60, 40:60] = 7, 9
    with rasterio.open(
        base / "s.tif",
        "w",
        driver="GTiff",
        width=64,
        height=64,
        count=3,
        dtype="uint8",
        crs="EPSG:3857",
        transform=Affine(0.15, 0, 0, 0, -0.15, 0),
    ) as dataset:
        dataset.write(np.full((3, 64, 64), 90, np.uint8))
    Image.fromarray(ids).save(base / "s_instances.png")
    index = [{"name": "s", "width": 64, "height": 64}]
    (base / "index.json").write_text(json.dumps(index))
    lines = [
        {"crop": [0, 0, 32, 32], "expression": "the house", "targets": [7]},
        {"crop": [32, 32, 64, 64], "expression": "the barn", "targets": [9]},
        {"expression": "all buildings", "targets": [7, 9]},
    ]
    text = "\n".join(
        json.dumps({"image": "oam-more-buildings/s.tif", "type": "context", **line})
        for line in lines
    )
    (tmp_path / "expressions" / "oam.jsonl").write_text(text)
    monkeypatch.setattr(more_buildings, "OAM_SPLIT", {"s": 48})
    training = more_buildings.more_buildings(tmp_path, lambda name: name != "s-1")
    kept = more_buildings.more_buildings(tmp_path, lambda name: name == "s-1")
    assert [image.name for image in kept] == ["s-1"]
    assert [image.name for image in training] == ["s-0", "s-0-0"]
    ((described,),) = (image.written for image in training[1:])
    assert described.text == "the house"
    assert training[1].pixels.shape == (3, 32, 32)
    # The second building is cut by the border between the two parts.
    assert [one.polygon.area for one in training[0].layout.objects] == [256, 160]
    assert [one.polygon.area for one in kept[0].layout.objects] == [240]


def test_names_of_the_kept_list_are_file_names_only():
    for names in json.loads(sources.KEPT.read_text()).values():
        assert all(Path(name).name == name for name in names)
