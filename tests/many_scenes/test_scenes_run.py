"""A run over many scenes: like a run over each, with one network."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from bright_tiles import GSD, OPTIONS, Bright, hidden, write_tile

from rrsis_geo.errors import Cancelled, OptionError, OutputError, ScenesError
from rrsis_geo.job import OwnLayer, SegmentJob
from rrsis_geo.pipeline import run
from rrsis_geo.protocol import Advice, Failed, Finished, NextScene, Progress
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


# failures


@pytest.mark.parametrize("output", ["all.gpkg", "{scene}.gpkg"])
def test_a_failing_scene_is_told_and_the_others_go_on(find, tiles, output):
    (tiles / "aa.tif").write_bytes(b"no raster")
    messages = []
    result = find(tiles, output=output, report=messages.append)

    (failed,) = [m for m in messages if isinstance(m, Failed)]
    assert (failed.job, failed.code) == (2, "scene")
    assert "aa.tif" in failed.message
    assert not any(isinstance(m, Finished) and m.job == 0 for m in messages)
    assert [one.error is None for one in result.outcomes] == [True, False, True]
    with pytest.raises(ScenesError, match=r"1 of 3 scenes failed.*aa\.tif"):
        result.raise_failures()
    assert len(hidden(".")) == 1


@pytest.mark.parametrize("output", ["all.gpkg", "{scene}.gpkg"])
def test_the_same_command_tries_only_what_failed(find, tiles, ground, output):
    whole = find(tiles, output=output.replace("all", "whole")) if "all" in output else 0
    bad = tiles / "b.tif"
    good = bad.read_bytes()
    kept = bad.stat()
    bad.write_bytes(b"no raster")
    find(tiles, output=output)
    bad.write_bytes(good)
    os.utime(bad, ns=(kept.st_atime_ns, kept.st_mtime_ns))

    network, messages = Bright(), []
    result = find(tiles, output=output, network=network, report=messages.append)

    only = Bright()
    find(bad, output="only.gpkg", network=only)
    assert network.windows == only.windows
    assert [one.before for one in result.outcomes] == [True, False]
    assert any(
        "is done already" in m.message for m in messages if hasattr(m, "message")
    )
    assert hidden(".") == []
    if whole:
        assert Path("all.gpkg").read_bytes() == Path("whole.gpkg").read_bytes()


def test_a_bug_in_one_scene_does_not_end_the_others(find, tiles):
    class Breaks(Bright):
        def __call__(self, pixels):
            if not self.windows:
                self.windows = 1
                raise RuntimeError("broken")
            return super().__call__(pixels)

    messages = []
    result = find(tiles, output="all.gpkg", network=Breaks(), report=messages.append)
    assert [one.error is None for one in result.outcomes] == [False, True]
    (failed,) = [m for m in messages if isinstance(m, Failed)]
    assert failed.code == "bug"
    assert len(gpd.read_file("all.gpkg")) == 2


def test_where_all_fail_nothing_is_written(find, tmp_path):
    result = find("x.tif", "y.tif", output="all.gpkg")
    with pytest.raises(ScenesError, match="2 of 2 scenes failed"):
        result.raise_failures()
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_run_goes_on_with_the_same_result(find, tiles):
    find(tiles, output="whole.gpkg")
    network = Bright()
    with pytest.raises(Cancelled, match="same command continues"):
        find(
            tiles,
            output="all.gpkg",
            network=network,
            cancelled=lambda: network.windows >= 8,
        )
    assert not Path("all.gpkg").exists()
    before = network.windows

    again = Bright()
    result = find(tiles, output="all.gpkg", network=again)

    assert [one.before for one in result.outcomes] == [True, False]
    assert 0 < again.windows < before
    assert Path("all.gpkg").read_bytes() == Path("whole.gpkg").read_bytes()
    assert hidden(".") == []


def test_another_question_does_not_take_what_is_kept(find, tiles):
    (tiles / "c.tif").write_bytes(b"no raster")
    find(tiles, output="all.gpkg")
    with pytest.raises(OutputError, match="exists"):
        find(tiles, output="all.gpkg", expressions=("tank",))
    network = Bright()
    find(
        tiles,
        output="all.gpkg",
        network=network,
        options=replace(OPTIONS, threshold=0.6),
        overwrite=True,
    )
    assert network.windows > 6


def test_a_scene_that_changed_is_looked_at_again(find, tiles, ground):
    (tiles / "c.tif").write_bytes(b"no raster")
    find(tiles, output="all.gpkg")
    write_tile(tiles / "a.tif", ground * 0, left=0, top=0, width=110, height=120)
    os.remove(tiles / "c.tif")
    find(tiles, output="all.gpkg", overwrite=True)
    assert set(gpd.read_file("all.gpkg")["scene"]) == {str(tiles / "b.tif")}


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


def test_after_a_failure_only_the_missing_scene_is_added(find, tiles):
    find(tiles / "a.tif", output="city.gpkg", layer="ships")
    good = (tiles / "b.tif").read_bytes()
    shutil.copy(tiles / "a.tif", tiles / "c.tif")
    (tiles / "b.tif").write_bytes(b"no raster")
    find(tiles, output="city.gpkg", layer="ships", append=True)
    assert len(gpd.read_file("city.gpkg")) == 9  # a.tif once before, and again
    (tiles / "b.tif").write_bytes(good)
    find(tiles, output="city.gpkg", layer="ships", append=True)
    frame = gpd.read_file("city.gpkg")
    assert len(frame) == 11
    assert frame["id"].is_unique


# what is refused before any work


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"output": "all.gpkg", "probability": "p.tif"}, "put {scene} into the name"),
        ({"output": "{scene}/all.gpkg"}, "not in that of its folder"),
        ({"output": "{scene}.gpkg", "merge": True}, "--merge joins polygons of one"),
        (
            {"output": "all.gpkg", "merge": True, "append": True},
            "--merge and --append exclude each other",
        ),
        ({"output": "all.gpkg", "dst_crs": "EPSG:0"}, "'EPSG:0' is not known"),
        ({"output": "all.geojson", "dst_crs": "EPSG:3035"}, "longitude and latitude"),
        ({"output": "absent/all.gpkg"}, "there is no folder"),
        ({"output": "all.xyz"}, "not known"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_any_work(find, tiles, values, says):
    network = Bright()
    with pytest.raises((OptionError, OutputError)) as caught:
        find(tiles, network=network, **values)
    assert says in str(caught.value)
    assert network.windows == 0
    assert hidden(".") == []


def test_two_scenes_of_one_name_are_refused_before_any_work(find, tiles):
    other = tiles.with_name("other")
    other.mkdir()
    shutil.copy(tiles / "a.tif", other / "A.tif")
    network = Bright()
    with pytest.raises(OptionError, match="both would write the file of"):
        find(tiles, other, output="{scene}.gpkg", network=network)
    assert network.windows == 0
    assert find(tiles, other, output="all.gpkg").failed == ()


def test_an_existing_file_of_any_scene_is_refused_before_any_work(find, tiles):
    Path("b.gpkg").write_bytes(b"mine")
    network = Bright()
    with pytest.raises(OutputError, match=r"b\.gpkg: exists"):
        find(tiles, output="{scene}.gpkg", network=network)
    assert network.windows == 0
    assert Path("b.gpkg").read_bytes() == b"mine"


def test_an_output_that_is_one_of_the_scenes_is_refused(find, tiles):
    with pytest.raises(OutputError, match="is an input"):
        find(tiles, output=str(tiles / "b.tif"), overwrite=True)


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
