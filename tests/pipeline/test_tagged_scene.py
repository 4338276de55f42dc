"""The scene that a probability raster names is looked at again, if it is there."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.reuse.tagged_scene import (
    TAG,
    colours_of_tagged_scene,
    scene_tags,
)
from rrsis_geo.scene.scene import Scene

SHAPES = np.array([shapely.box(500_010, 999_960, 500_030, 999_980)])


def write(path, *, left=500_000.0, crs="EPSG:32631"):
    pixels = np.random.default_rng(0).integers(1, 256, (3, 90, 120), np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", count=3, dtype="uint8", width=120, height=90,
        crs=crs, transform=Affine(1, 0, left, 0, -1, 1_000_000),
    ) as dataset:  # fmt: skip
        dataset.write(pixels)
    return pixels


@pytest.fixture
def job(tmp_path):
    write(tmp_path / "scene.tif")
    return SegmentJob(scene=str(tmp_path / "scene.tif"), expressions=("the tank",))


def grid_of(job):
    options = job.options
    with Scene.open(
        job.scene, crs=options.crs, pixel_coordinates=options.pixel_coordinates
    ) as scene:
        return scene.grid()


def colours(tags, grid, raster="nowhere/p.tif"):
    """What is measured, and what is said."""
    notes = []
    with colours_of_tagged_scene(tags, grid, notes.append, raster=raster) as measure:
        found = None if measure is None else measure(SHAPES)
    return found, notes


def test_colours_are_those_of_the_scene(job):
    found, notes = colours(scene_tags(job), grid_of(job))
    pixels = np.random.default_rng(0).integers(1, 256, (3, 90, 120), np.uint8)
    inside = pixels[:, 20:40, 10:30]
    np.testing.assert_allclose(found, [inside.mean(axis=(1, 2)) / 255])
    assert not notes


def test_a_scene_is_opened_as_the_run_did(tmp_path):
    """Its bands in their order, and its coordinates."""
    pixels = write(tmp_path / "plain.tif", crs=None)
    job = SegmentJob(
        scene=str(tmp_path / "plain.tif"),
        expressions=("the tank",),
        options=SegmentOptions(bands=(3, 2, 1), crs="EPSG:32632"),
    )
    found, notes = colours(scene_tags(job), grid_of(job))
    inside = pixels[::-1, 20:40, 10:30]
    np.testing.assert_allclose(found, [inside.mean(axis=(1, 2)) / 255])
    assert not notes


def test_without_the_scene_it_is_said_that_there_are_no_colours(job, tmp_path):
    tags, grid = scene_tags(job), grid_of(job)
    (tmp_path / "scene.tif").unlink()
    found, (note,) = colours(tags, grid)
    assert found is None
    assert note.startswith(f"{job.scene}: cannot be opened")
    assert "colours" in note


def test_another_scene_of_the_same_name_is_not_looked_at(job):
    tags, grid = scene_tags(job), grid_of(job)
    write(job.scene, left=500_500.0)
    found, (note,) = colours(tags, grid)
    assert found is None
    assert "lies elsewhere" in note


def test_an_overwritten_scene_is_not_looked_at(job):
    """Found read in silence: another picture of the same ground."""
    tags, grid = scene_tags(job), grid_of(job)
    with rasterio.open(job.scene) as source:
        pixels, profile = source.read(), source.profile
    with rasterio.open(job.scene, "w", **profile | {"compress": "deflate"}) as target:
        target.write(pixels)
    found, (note,) = colours(tags, grid)
    assert found is None
    assert "is another file" in note


def test_a_scene_is_found_from_any_working_folder(job, tmp_path, monkeypatch):
    """Found missing: a path as typed, after a change of folder."""
    monkeypatch.chdir(tmp_path)
    job = replace(job, scene="scene.tif", probability="p.tif")
    tags, grid = scene_tags(job), grid_of(job)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    found, notes = colours(tags, grid, raster="../p.tif")
    assert np.isfinite(found).all()
    assert not notes


def test_a_scene_may_be_moved_with_its_raster(job, tmp_path):
    job = replace(job, probability=str(tmp_path / "p.tif"))
    tags, grid = scene_tags(job), grid_of(job)
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / "scene.tif").rename(moved / "scene.tif")
    found, notes = colours(tags, grid, raster=str(moved / "p.tif"))
    assert np.isfinite(found).all()
    assert not notes


@pytest.mark.parametrize("value", ["", "[]", "{}", '{"path": "a.tif"}'])
def test_a_damaged_tag_is_no_scene(job, value):
    found, notes = colours({TAG: value}, grid_of(job))
    assert found is None
    assert len(notes) == 1


def test_a_raster_of_before_names_no_scene(job):
    assert colours({}, grid_of(job)) == (None, [])


def test_an_error_while_answering_is_no_missing_scene(job):
    tags, grid = scene_tags(job), grid_of(job)
    notes = []
    with (
        pytest.raises(ValueError, match="of the caller"),
        colours_of_tagged_scene(tags, grid, notes.append, raster="p.tif"),
    ):
        raise ValueError("of the caller")
    assert not notes


def test_a_gsd_of_its_own_is_no_other_scene(job):
    with Scene.open(job.scene) as scene:
        grid = scene.grid(2.0)
    job = replace(job, options=replace(job.options, gsd=2.0))
    found, notes = colours(scene_tags(job), grid)
    assert np.isfinite(found).all()
    assert not notes
