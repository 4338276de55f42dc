"""Layers of the user answer words: against geopandas and shapely by hand."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from layer_ground import (
    CRS,
    HEIGHT,
    LEFT,
    PIXEL,
    TANKS,
    TOP,
    WIDTH,
    at,
    square,
    table,
    vertical_road,
    write_picture,
)
from layer_runs import ask, network
from shapely.geometry import (
    LineString,
    MultiPoint,
    Point,
    box,
)

from rrsis_geo.colour.colour_terms import colour_term
from rrsis_geo.query.own_layers.layer_nouns import LayerNouns
from rrsis_geo.types import SCHEMA


@pytest.fixture
def scene(tmp_path):
    return write_picture(tmp_path / "scene.tif")


@pytest.mark.parametrize("crs", [CRS, "EPSG:4326", "EPSG:3857", "EPSG:2154"])
@pytest.mark.parametrize("resolve", ["auto", "scene"])
def test_tanks_within_metres_of_a_line(scene, tmp_path, crs, resolve):
    road = table([vertical_road()], kind=["street"]).to_crs(crs)
    path = tmp_path / "roads.gpkg"
    road.to_file(path, layer="streets")
    tanks = table([square(*one) for one in TANKS.values()], name=list(TANKS))
    away = tanks.distance(vertical_road())
    for limit in (15, 22, 40):
        expected = sorted(away[away <= limit])
        found, _, result = ask(
            scene,
            f"tanks within {limit} m of the roads",
            {"road": path},
            network=network,
            resolve=resolve,
        )
        assert len(found) == len(expected)
        assert sorted(found["distance_m"]) == pytest.approx(expected, abs=0.05)
        assert set(found["why"].str.contains(r"\(layer road\)")) <= {True}
        if len(found):
            (kept,) = result.anchors.geometry
            assert kept.geom_type == "LineString"
            clip = vertical_road().intersection(box(*at(0, HEIGHT), *at(WIDTH, 0)))
            assert kept.hausdorff_distance(clip) < 0.05


def test_points_are_measured_to(scene):
    wells = table([Point(at(65, 50)), Point(at(390, 10))])
    found, _, _ = ask(
        scene, "the tank closest to the well", {"well": wells}, network=network
    )
    (shape,) = found.geometry
    assert shape.centroid.distance(square(*TANKS["a"]).centroid) < 0.01
    assert found["distance_m"].item() == pytest.approx(2.5, abs=0.01)


def test_where_none_is_near_nothing_is_meant(scene):
    far = table([LineString([at(390, 0), at(390, 20)])])
    texts = "tanks within 10 m of the road", "tanks near the road"
    found, _, _ = ask(scene, texts, {"road": far}, network=network)
    assert len(found) == 0


def test_without_features_in_the_area_nothing_is_near_one(scene):
    elsewhere = table([Point(at(5000, 5000))])
    found, said, _ = ask(
        scene, "tanks near the well", {"well": elsewhere}, network=network
    )
    assert len(found) == 0
    assert any("no feature lies in the area" in line for line in said)


# --- features that are asked for


def parcels():
    return table(
        [square(0, 0, 90), square(100, 30, 110), square(250, 150, 120),
         square(40, 200, 60)],
        id=[7, 8, 9, 10], owner=["Ann", None, "Bo", "Cy"], rank=[1.5, 2.5, np.nan, 4],
    )  # fmt: skip


def test_the_largest_feature_and_its_attributes_without_a_network(scene, tmp_path):
    found, _, result = ask(
        scene,
        "the second largest parcel",
        {"parcel": parcels()},
        output=str(tmp_path / "found.gpkg"),
    )
    row = found.iloc[0]
    assert len(found) == 1
    assert row["parcel_id"] == 8
    assert row["owner"] is None or row["owner"] != row["owner"]
    assert row["score"] == 1
    assert row["rank"] == 2  # of the question
    assert row["parcel_rank"] == 2.5
    assert "layer parcel" in row["why"]
    assert row.geometry.equals(parcels().geometry[1])
    assert row["area_m2"] == pytest.approx(55.0**2, rel=2e-3)
    assert result.counts.windows == 0
    written = gpd.read_file(tmp_path / "found.gpkg")
    assert written["parcel_id"].item() == 8
    manifest = json.loads((tmp_path / "found.run.json").read_text())
    (layer,) = manifest["own_layers"]
    assert layer["word"] == "parcel"
    assert layer["features"] == 4
    assert len(layer["sha256"]) == 64


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb", "parquet"])
def test_every_format_keeps_geometry_and_attributes(scene, tmp_path, ending):
    made = gpd.GeoDataFrame(
        {
            "id": [1, 2, 3],
            "when": gpd.pd.to_datetime(["2024-01-05", None, "2025-06-01"]),
            "open": [True, False, True],
            "height": [2.5, np.nan, 1.0],
        },
        geometry=[
            Point(at(10, 10)),
            LineString([at(20, 20), at(60, 20)]),
            square(100, 100, 20).union(square(200, 200, 20)),
        ],
        crs=CRS,
    )
    path = tmp_path / f"found.{ending}"
    ask(scene, "all sites", {"site": made}, output=str(path))
    read = gpd.read_parquet(path) if ending == "parquet" else gpd.read_file(path)
    read = read.to_crs(CRS).sort_values("site_id").reset_index(drop=True)
    assert list(read["site_id"]) == [1, 2, 3]
    kinds = [kind.removeprefix("Multi") for kind in read.geometry.geom_type]
    assert kinds == ["Point", "LineString", "Polygon"]
    assert read.geometry.distance(made.geometry).max() < 0.02
    assert read["height"].tolist() == pytest.approx([2.5, np.nan, 1.0], nan_ok=True)
    assert list(read["open"]) == [True, False, True]
    assert str(read["when"][0]).startswith("2024-01-05")
    assert set(SCHEMA) <= set(read.columns)


def test_features_that_hold_what_the_network_finds(scene):
    found, _, _ = ask(
        scene,
        [
            "parcels with a pool",
            "the largest parcel with a tank",
            "parcels with no pool",
        ],
        {"parcel": parcels()},
        network=network,
    )
    by_text = found.groupby("expression")["parcel_id"].agg(sorted).to_dict()
    # by hand: the pool lies in the square at (40, 200), tanks in the other three
    assert by_text == {
        "parcels with a pool": [10],
        "the largest parcel with a tank": [9],
        "parcels with no pool": [7, 8, 9],
    }


def test_two_layers_and_shapely_agree(scene):
    rng = np.random.default_rng(5)
    corners = rng.uniform((10, 10), (WIDTH - 40, HEIGHT - 40), (60, 2))
    sheds = table([square(*corner, 12) for corner in corners], number=range(60))
    paths = table([LineString([at(*a), at(*b)]) for a, b in
                   rng.uniform((0, 0), (WIDTH, HEIGHT), (4, 2, 2))])  # fmt: skip
    away = sheds.distance(paths.union_all())
    found, _, _ = ask(
        scene,
        [
            "sheds within 10 m of a footway",
            "the three sheds farthest from the footways",
        ],
        {"shed": sheds, "footway": paths.to_crs(4326)},
    )
    by_text = found.groupby("expression")["number"].agg(sorted)
    assert list(by_text.iloc[0]) == sorted(np.flatnonzero(away <= 10))
    assert list(by_text.iloc[1]) == sorted(np.argsort(away)[-3:])


def test_lines_and_points_are_sorted_by_what_they_are(scene):
    bent = LineString([at(50, 50), at(60, 250), at(70, 50)])
    straight = LineString([at(150, 50), at(150, 250)])
    trails = table([straight, bent], name=["straight", "bent"])
    wells = table(
        [Point(at(10, 10)), Point(at(355, 190)), MultiPoint([at(200, 90)])],
        name=["w1", "w2", "w3"],
    )
    zones = table([square(340, 180, 40)])
    texts = [
        "the longest trail",
        "wells in the zone",
        "the westernmost well",
        "zones that contain a well",
        "wells within 30 m of the longest trail",
        "trails over 150 m long",
    ]
    found, _, _ = ask(scene, texts, {"trail": trails, "well": wells, "zone": zones})
    names = found.groupby("expression")["name"].agg(list).to_dict()
    assert names[texts[0]] == ["bent"]
    assert names[texts[1]] == ["w2"]
    assert names[texts[2]] == ["w1"]
    assert texts[3] in names
    assert texts[4] not in names or names[texts[4]] == ["w1"]
    assert names[texts[5]] == ["bent"]
    by_hand = trails.length
    assert found.loc[found["name"] == "bent", "perimeter_m"].iloc[0] == pytest.approx(
        by_hand[1], rel=1e-3
    )


def test_colours_are_measured_inside_footprints(tmp_path):
    pixels = np.full((3, 200, 200), 90, np.uint8)
    paint = {"red": (180, 60, 50), "white": (230, 230, 232), "green": (90, 150, 90)}
    places = [(20, 20), (20, 120), (120, 20), (120, 120)]
    colours = ("red", "white", "green", "red")
    for (column, row), colour in zip(places, colours, strict=True):
        part = pixels[:, row : row + 40, column : column + 40]
        part[...] = np.array(paint[colour])[:, None, None]
    path = tmp_path / "houses.tif"
    transform = Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=3,
        dtype="uint8",
        crs=CRS,
        width=200,
        height=200,
        transform=transform,
    ) as dataset:
        dataset.write(pixels)  # fmt: skip
    houses = table([square(*place, 40) for place in places], number=range(4))
    texts = [
        "buildings with a red roof",
        "white houses",
        "the southernmost red building",
        "greenish buildings",
        "blue buildings",
    ]
    found, _, _ = ask(path, texts, {"building": houses})
    numbers = found.groupby("expression")["number"].agg(sorted).to_dict()
    assert numbers == {
        texts[0]: [0, 3],
        texts[1]: [1],
        texts[2]: [3],
        texts[3]: [2],
    }
    assert set(found["why"].str.contains("pixels: its colour")) == {True}


def test_one_is_meant_by_a_singular_and_all_of_those_that_fit_equally(scene):
    wells = table(
        [Point(at(380, 15)), Point(at(300, 60)), Point(at(20, 280))], number=range(3)
    )
    zones = table([square(250, 0, 150)])
    texts = ["well in the top right corner", "wells in the top right corner",
             "well in the zone"]  # fmt: skip
    found, _, _ = ask(scene, texts, {"well": wells, "zone": zones})
    numbers = found.groupby("expression")["number"].agg(sorted).to_dict()
    assert numbers == {texts[0]: [0], texts[1]: [0, 1], texts[2]: [0, 1]}


def test_a_kind_of_a_layer_is_all_of_it_with_a_note(scene):
    houses = table([square(10, 10, 20), square(60, 60, 20)], number=range(2))
    found, said, _ = ask(scene, "all warehouses", {"building": houses})
    assert sorted(found["number"]) == [0, 1]
    assert any("may be of other kinds" in line for line in said)


def test_yellow_features_are_not_green():
    finds = {
        text: LayerNouns(("building",)).plan(text).finds[0]
        for text in ("yellow buildings", "yellow and green buildings")
    }
    colours = [colour_term(find).colours for find in finds.values()]
    assert colours == [("yellow",), ("yellow", "green")]


def test_together_with_what_the_network_finds(scene):
    found, _, _ = ask(
        scene, "tanks and wells", {"well": table([Point(at(5, 5))], depth=[3])},
        network=network,
    )  # fmt: skip
    assert len(found) == len(TANKS) + 1
    assert found["depth"].notna().sum() == 1
