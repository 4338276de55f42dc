"""Scenes that fail or were interrupted: the others go on, and a next run adds them."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
from bright_tiles import OPTIONS, Bright, hidden, write_tile

from rrsis_geo.errors import Cancelled, OutputError, ScenesError
from rrsis_geo.protocol import Failed, Finished


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
