"""A run over many scenes: like a run over each, with one network."""

import json
import os
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from bright_tiles import GSD, OPTIONS, Bright, hidden, write_tile

from rrsis_geo.errors import OptionError, OutputError
from rrsis_geo.job import OwnLayer, SegmentJob
from rrsis_geo.pipeline import run
from rrsis_geo.protocol import Advice, Finished, NextScene, Progress
from rrsis_geo.types import SCHEMA


def alone(path, **values):
    """What one run over one scene finds, read by geopandas."""
    job = SegmentJob(
        scene=str(path),
        expressions=("ship",),
        output="alone.gpkg",
        overwrite=True,
        options=OPTIONS,
        **values,
    )
    network = Bright()
    run(job, network=network.bind, report=lambda message: None)
    frame = gpd.read_file("alone.gpkg")
    os.remove("alone.gpkg")
    os.remove("alone.run.json")
    return frame


def scenes_of(tiles):
    """The scene of each polygon: a.tif shows three boxes, b.tif two."""
    return [str(tiles / "a.tif")] * 3 + [str(tiles / "b.tif")] * 2


def test_one_layer_is_what_runs_over_each_scene_find(find, tiles):
    result = find(tiles, output="all.gpkg")

    frame = gpd.read_file("all.gpkg")
    each = [alone(tiles / name) for name in ("a.tif", "b.tif")]
    expected = pd.concat(each, ignore_index=True)
    expected["id"] = range(1, len(expected) + 1)
    assert len(expected) == 5
    assert [*frame.columns] == [*SCHEMA, "scene", "scene_crs", "geometry"]
    assert frame["scene"].tolist() == scenes_of(tiles)
    assert set(frame["scene_crs"]) == {"EPSG:32631"}
    assert frame[[*SCHEMA]].equals(expected[[*SCHEMA]])
    assert (frame.geometry.to_numpy() == expected.geometry.to_numpy()).all()
    assert result.to_geodataframe().geometry.geom_equals(frame.geometry).all()
    assert hidden(".") == []


def test_a_scene_in_another_crs_is_moved_to_that_of_the_first(find, ground, tmp_path):
    write_tile(tmp_path / "a.tif", ground, left=0, top=0, width=110, height=120)
    write_tile(
        *(tmp_path / "b.tif", ground),
        left=90,
        top=0,
        width=110,
        height=120,
        crs="EPSG:32632",
    )
    notes = []
    find("a.tif", "b.tif", output="all.gpkg", report=notes.append)

    frame = gpd.read_file("all.gpkg")
    other = alone("b.tif")
    mine = frame[frame["scene"] == "b.tif"]
    assert frame.crs.to_epsg() == 32631
    assert other.crs.to_epsg() == 32632
    assert set(mine["scene_crs"]) == {"EPSG:32632"}
    # GDAL's own path between the CRSs, through geopandas
    distance = shapely.hausdorff_distance(
        mine.geometry.to_numpy(), other.to_crs(32631).geometry.to_numpy()
    )
    assert distance.max() < 0.01
    assert mine["area_m2"].tolist() == other["area_m2"].tolist()
    assert any("2 CRSs" in n.message for n in notes if isinstance(n, Advice))


def test_the_layer_may_be_in_any_crs(find, tiles):
    find(tiles, output="all.gpkg", dst_crs="EPSG:3035")
    find(tiles, output="own.gpkg")

    frame, own = gpd.read_file("all.gpkg"), gpd.read_file("own.gpkg")
    assert frame.crs.to_epsg() == 3035
    moved = own.to_crs(3035).geometry.to_numpy()
    assert shapely.hausdorff_distance(frame.geometry.to_numpy(), moved).max() < 0.01
    assert frame["area_m2"].equals(own["area_m2"])


@pytest.mark.parametrize("end", [".geojson", ".json", ".fgb", ".parquet"])
def test_every_format_holds_the_scene(find, tiles, end):
    if end == ".parquet":
        pytest.importorskip("pyarrow", reason="GeoParquet needs pyarrow")
    find(tiles, output=f"all{end}")
    read = gpd.read_parquet if end == ".parquet" else gpd.read_file
    frame = read(f"all{end}").sort_values("id")
    assert frame["scene"].tolist() == scenes_of(tiles)


def test_a_layer_of_nothing_has_all_columns(find, tiles):
    find(tiles, output="all.gpkg", options=replace(OPTIONS, threshold=0.99))
    frame = gpd.read_file("all.gpkg")
    assert len(frame) == 0
    assert {"scene", "scene_crs"} <= set(frame.columns)


def test_a_file_a_scene_has_the_bytes_of_a_run_over_it(find, tiles):
    result = find(tiles, output="{scene}.gpkg", probability="{scene}.p.tif")

    for name in ("a", "b"):
        wanted = f"{name}.alone.gpkg"
        job = SegmentJob(
            scene=str(tiles / f"{name}.tif"),
            expressions=("ship",),
            output=wanted,
            probability=f"{name}.alone.tif",
            options=OPTIONS,
        )
        run(job, network=Bright().bind)
        assert Path(f"{name}.gpkg").read_bytes() == Path(wanted).read_bytes()
        assert (
            Path(f"{name}.p.tif").read_bytes() == Path(f"{name}.alone.tif").read_bytes()
        )
    assert result.files == (
        *("a.gpkg", "a.p.tif", "a.run.json"),
        *("b.gpkg", "b.p.tif", "b.run.json"),
    )
    assert result.polygons is None
    with pytest.raises(OptionError, match="a file of its own"):
        result.to_geodataframe()
    assert hidden(".") == []


def test_messages_carry_the_number_of_the_scene(find, tiles):
    messages = []
    find(tiles, output="all.gpkg", report=messages.append)

    begun = [m for m in messages if isinstance(m, NextScene)]
    assert [(m.number, m.total, m.job) for m in begun] == [(1, 2, 1), (2, 2, 2)]
    assert {m.job for m in messages if isinstance(m, Progress)} == {1, 2}
    *_, last = messages
    assert isinstance(last, Finished)
    assert (last.job, last.polygons) == (0, 5)
    assert last.files == ("all.gpkg", "all.run.json")
    inner = [m.files for m in messages if isinstance(m, Finished) and m.job]
    assert inner == [(), ()]


# one layer among others


def test_the_layer_is_added_to_and_replaced_like_any(find, tiles, ground):
    find(tiles, output="city.gpkg", layer="ships")
    more = tiles.with_name("more")
    more.mkdir()
    write_tile(more / "d.tif", ground, left=60, top=0, width=140, height=120)

    find(more, output="city.gpkg", layer="ships", append=True)
    frame = gpd.read_file("city.gpkg", layer="ships")
    assert len(frame) == 5 + len(alone(more / "d.tif"))
    assert frame["id"].tolist() == list(range(1, len(frame) + 1))
    assert frame["scene"].nunique() == 3

    with pytest.raises(OutputError, match="holds the layer 'ships' already"):
        find(more, output="city.gpkg", layer="ships")
    find(more, output="city.gpkg", layer="ships", overwrite=True)
    assert set(gpd.read_file("city.gpkg")["scene"]) == {str(more / "d.tif")}


def test_a_layer_of_one_scene_is_not_added_to(find, tiles):
    job = SegmentJob(
        scene=str(tiles / "a.tif"),
        expressions=("ship",),
        output="city.gpkg",
        layer="ships",
        options=OPTIONS,
    )
    run(job, network=Bright().bind)
    with pytest.raises(OutputError, match="scene, scene_crs differ"):
        find(tiles, output="city.gpkg", layer="ships", append=True)


# area of interest


def write_area(box):
    gpd.GeoDataFrame(geometry=[shapely.box(*box)], crs=32631).to_file("area.gpkg")


def test_scenes_outside_the_area_are_left_out_and_no_failure(find, tiles):
    left, top = 5e5, 5e6
    write_area((left, top - 30, left + 20, top))
    messages = []
    options = replace(OPTIONS, aoi="area.gpkg")
    result = find(tiles, output="all.gpkg", options=options, report=messages.append)

    assert result.failed == ()
    assert set(gpd.read_file("all.gpkg")["scene"]) == {str(tiles / "a.tif")}
    assert any("left out" in m.message for m in messages if isinstance(m, Advice))
    manifest = json.loads(Path("all.run.json").read_text())
    assert [one.get("outside", False) for one in manifest["scenes"]] == [False, True]


def test_an_area_outside_all_scenes_is_refused(find, tiles):
    write_area((0, 0, 10, 10))
    with pytest.raises(OptionError, match="outside all scenes"):
        find(tiles, output="all.gpkg", options=replace(OPTIONS, aoi="area.gpkg"))
    assert hidden(".") == []


# pixel coordinates


def test_scenes_without_a_crs_share_a_layer_among_themselves(find, tmp_path, ground):
    for name, crs in (("a.tif", None), ("b.tif", None), ("c.tif", "EPSG:32631")):
        place = {"left": 0, "top": 0, "width": 110, "height": 120}
        write_tile(tmp_path / name, ground, **place, crs=crs)
    options = replace(OPTIONS, pixel_coordinates=True)
    find("a.tif", "b.tif", output="all.gpkg", options=options)
    frame = gpd.read_file("all.gpkg")
    assert len(frame) == 6
    assert set(frame["scene_crs"]) == {""}
    with pytest.raises(OptionError, match="share no layer"):
        find("a.tif", "c.tif", output="more.gpkg", options=options)


# the manifest


def test_the_manifest_names_every_scene_and_how_it_was_read(find, tiles):
    (tiles / "c.tif").write_bytes(b"no raster")
    find(tiles, output="all.gpkg")
    manifest = json.loads(Path("all.run.json").read_text())
    assert manifest["polygons"] == {"ship": 5}
    one, _, other = manifest["scenes"]
    assert one["scene"]["path"] == str(tiles / "a.tif")
    assert one["grid"]["gsd_m"] == pytest.approx(GSD, rel=1e-3)
    assert one["windows"]["done"] > 0
    assert (other["failed"], other["name"]) == ("scene", "c")
    assert manifest["job"]["output"] == "all.gpkg"


def test_polygons_of_many_scenes_are_scored_in_the_scene_that_is_named(find, tiles):
    from rrsis_geo.evaluation.scenes.run_record import read_run_record

    find(tiles, output="all.gpkg")
    record = read_run_record(Path("all.gpkg"), scene=tiles / "b.tif")
    assert record is not None
    assert record.scene == tiles / "b.tif"
    assert record.grid.transform.c == 5e5 + 90 * GSD
    with pytest.raises(OptionError, match="2 scenes; name the one to score"):
        read_run_record(Path("all.gpkg"))


def test_features_of_own_layers_keep_their_fields(find, tiles):
    left, top = 5e5, 5e6
    plots = [
        shapely.box(left + x, top - 40, left + x + 8, top - 32) for x in (2, 30, 70)
    ]
    frame = gpd.GeoDataFrame(
        {"owner": ["Ada", "Ben", "Cyd"], "number": [1, 2, 3]}, geometry=plots, crs=32631
    )
    frame.to_file("plots.gpkg")
    options = replace(OPTIONS, resolve="auto")
    layers = (OwnLayer("plot", "plots.gpkg"),)
    find(
        tiles,
        output="all.gpkg",
        expressions=("plots",),
        own_layers=layers,
        options=options,
        dst_crs="EPSG:3035",
    )
    found = gpd.read_file("all.gpkg")
    assert sorted(found["owner"]) in (
        ["Ada", "Ben", "Cyd"],
        ["Ada", "Ben", "Ben", "Cyd"],
    )
    assert set(found["number"]) == {1, 2, 3}
    for row in found.itertuples():
        (plot,) = frame[frame["owner"] == row.owner].to_crs(3035).geometry
        assert row.geometry.hausdorff_distance(plot) < 0.01


def test_windows_do_not_depend_on_the_other_scenes(find, tiles):
    both = Bright()
    find(tiles, output="all.gpkg", network=both)
    each = 0
    for name in ("a.tif", "b.tif"):
        one = Bright()
        find(tiles / name, output=f"{name}.gpkg", network=one)
        each += one.windows
    assert both.windows == each
    assert np.isfinite(both.windows)
