"""Reading of the user's own layers: against geopandas and shapely by hand."""

import warnings

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from layer_ground import CRS, HEIGHT, LEFT, PIXEL, TOP, WIDTH, at, square, table
from shapely.geometry import (
    GeometryCollection,
    LineString,
    Point,
    Polygon,
    box,
)

from rrsis_geo.errors import OptionError
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.pipeline.own_layers.layer_reading import read_own_layers
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.grid import Grid


def grid():
    transform = Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)
    return Grid(transform, rasterio.crs.CRS.from_string(CRS), WIDTH, HEIGHT)


def read(frame_or_path, aoi=None, **more):
    if isinstance(frame_or_path, gpd.GeoDataFrame):
        layers, frames = [OwnLayer("thing", **more)], {"thing": frame_or_path}
    else:
        layers, frames = [OwnLayer("thing", str(frame_or_path), **more)], None
    features, notes = read_own_layers(layers, grid(), aoi, frames=frames)
    return features.layers[0], notes


@pytest.mark.parametrize("crs", [CRS, "EPSG:4326", "EPSG:3857", "EPSG:3035"])
def test_features_are_reprojected_and_clipped_as_by_geopandas(tmp_path, crs):
    rng = np.random.default_rng(3)
    centres = rng.uniform(-100, (WIDTH + 100, HEIGHT + 100), (80, 2))
    shapes = [
        square(*centre, 30) if index % 3 else LineString([at(*centre), at(10, 10)])
        for index, centre in enumerate(centres)
    ]
    frame = table(shapes, number=range(80)).to_crs(crs)
    path = tmp_path / "things.gpkg"
    frame.to_file(path)
    triangle = Polygon([(20, 20), (380, 40), (200, 290)])
    for aoi in (None, Aoi(triangle)):
        found, _ = read(path, aoi)
        area = box(*at(0, HEIGHT), *at(WIDTH, 0))
        if aoi is not None:
            area = Polygon([at(*corner) for corner in triangle.exterior.coords])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = frame.to_crs(CRS).clip(area).sort_values("number")
        assert found.attributes["number"].tolist() == wanted["number"].tolist()
        ours = gpd.GeoSeries(found.polygons.geometry, crs=CRS)
        gap = ours.reset_index(drop=True).hausdorff_distance(
            wanted.geometry.reset_index(drop=True)
        )
        assert gap.max() < 0.06
        assert ours.area.tolist() == pytest.approx(wanted.area.tolist(), abs=0.2)
        whole = frame.to_crs(CRS).geometry[found.attributes["number"]].within(area)
        assert (found.polygons.columns["touches_edge"] == ~whole).all()


def test_odd_geometries():
    bow = Polygon([at(0, 0), at(20, 20), at(20, 0), at(0, 20)])
    frame = table(
        [
            None,
            Point(),
            shapely.force_3d(square(30, 30, 10)),
            bow,
            GeometryCollection([square(60, 60, 10), Point(at(200, 200))]),
            shapely.LinearRing([at(100, 100), at(120, 100), at(120, 120)]),
        ],
        number=range(6),
    )
    found, notes = read(frame)
    shapes = found.polygons.geometry
    assert found.attributes["number"].tolist() == [2, 3, 4, 5]
    assert shapely.is_valid(shapes).all()
    assert not shapely.has_z(shapes).any()
    assert [shape.geom_type for shape in shapes] == [
        "Polygon", "MultiPolygon", "Polygon", "LineString",
    ]  # fmt: skip
    assert any("2 of its 6 features have no geometry" in note for note in notes)


def test_a_condition_chooses_features(tmp_path):
    path = tmp_path / "things.gpkg"
    table([Point(at(9, 9)), Point(at(8, 8))], use=["school", "shop"]).to_file(path)
    found, _ = read(path, where="use = 'school'")
    assert found.attributes["use"].tolist() == ["school"]
    with pytest.raises(OptionError, match=r"no condition on its fields \(use\)"):
        read(path, where="colour = 'red'")


def test_the_layer_is_the_one_of_the_word_or_is_asked_for(tmp_path):
    path = tmp_path / "city.gpkg"
    for name, place in (("Things", 9), ("others", 50)):
        pyogrio.write_dataframe(
            table([Point(at(place, 9))], name=[name]), path, layer=name
        )
    assert read(path)[0].attributes["name"].tolist() == ["Things"]
    found, _ = read(f"{path}|layername=others")
    assert found.attributes["name"].tolist() == ["others"]
    with pytest.raises(OptionError, match="2 of its layers hold features"):
        read_own_layers([OwnLayer("well", str(path))], grid(), None)


def test_a_layer_without_crs_is_refused_with_a_way_out(tmp_path):
    path = tmp_path / "things.geojson"
    with pytest.raises(OptionError, match=r"has no CRS.*set_crs"):
        read(table([Point(at(9, 9))], crs=None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table([Point(at(9, 9))], crs=None).to_file(path.with_suffix(".gpkg"))
    with pytest.raises(OptionError, match=r"ogr2ogr -a_srs"):
        read(path.with_suffix(".gpkg"))
    with pytest.raises(OptionError, match="there is no such file"):
        read(tmp_path / "none.gpkg")


def test_only_features_around_the_scene_are_read(tmp_path, monkeypatch):
    """What is left out by the box is what would be clipped away."""
    rng = np.random.default_rng(1)
    centres = rng.uniform(-20_000, 20_000, (3000, 2))
    path = tmp_path / "many.gpkg"
    table([square(*c, 300) for c in centres], number=range(3000)).to_crs(4326).to_file(
        path
    )
    asked = []
    real = pyogrio.read_dataframe

    def watched(*args, **named):
        asked.append(named.get("bbox"))
        return real(*args, **named)

    monkeypatch.setattr(pyogrio, "read_dataframe", watched)
    found, _ = read(path)
    assert asked[0] is not None
    near = gpd.read_file(path).to_crs(CRS).clip(box(*at(0, HEIGHT), *at(WIDTH, 0)))
    assert found.attributes["number"].tolist() == sorted(near["number"])


# --- the job
