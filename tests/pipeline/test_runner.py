"""A run equals a brute-force computation on the whole array."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import rasterio.features
import shapely
from brightness import (
    OVERLAP,
    SIZE,
    Bright,
    Context,
    Failing,
    Faulty,
    make_job,
    result_bytes,
    write_scene,
)

from rrsis_geo.errors import OptionError, OutputError, SceneError, WeightsError
from rrsis_geo.job import VectorizeJob
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.protocol import Advice, Finished, Progress, Started, decode, encode
from rrsis_geo.tiling.windows import plan_windows, taper
from rrsis_geo.types import SCHEMA

SHIFT = np.array([640.0, 0])


def brute_force(scene, predictor):
    """Compute the levels of the whole scene in memory, in double precision."""
    with rasterio.open(scene) as dataset:
        pixels, valid = dataset.read(), dataset.dataset_mask() > 0
    height, width = valid.shape
    pad = ((0, max(0, SIZE - height)), (0, max(0, SIZE - width)))
    pixels, seen = np.pad(pixels, ((0, 0), *pad)), np.pad(valid, pad)
    pixels = np.where(seen, pixels, 0)
    total = np.zeros((predictor.expressions, *seen.shape))
    mass = np.zeros(seen.shape)
    for window in plan_windows(width, height, size=SIZE, overlap=OVERLAP):
        part = window.toslices()
        answer = predictor(pixels[(slice(None), *part)][None])[0]
        weight = taper(SIZE, OVERLAP) * seen[part]
        total[(slice(None), *part)] += weight * answer
        mass[part] += weight
    mean = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
    levels = np.where(seen, np.rint(254 * mean), 255).astype(np.uint8)
    return levels[:, :height, :width]


def read_levels(path):
    with rasterio.open(path) as dataset:
        return dataset.read()


@pytest.mark.parametrize(
    ("width", "height"), [(300, 260), (64, 64), (40, 30), (65, 129), (1, 200)]
)
def test_a_run_equals_the_whole_array(tmp_path, width, height):
    scene = write_scene(tmp_path / "scene.tif", width=300, height=260)
    with rasterio.open(scene) as dataset:
        pixels = dataset.read()[:, 100 : 100 + height, :width]
    scene = write_scene(tmp_path / "cut.tif", pixels=pixels)
    job = make_job(scene, tmp_path, threshold=0.4)
    found = run(job, predictor=Context())

    levels = read_levels(job.probability)
    expected = brute_force(scene, Context())
    np.testing.assert_array_equal(levels == 255, expected == 255)
    assert np.abs(levels.astype(int) - expected).max() <= 1

    mask = (levels[0] != 255) & (levels[0] > 254 * 0.4)
    with rasterio.open(scene) as dataset:
        shapes = rasterio.features.shapes(
            mask.astype(np.uint8), mask=mask, transform=dataset.transform
        )
        whole = {shapely.geometry.shape(shape) for shape, _ in shapes}
    assert len(found.polygons) == len(whole)
    mine = {shape.normalize().wkb for shape in found.polygons.geometry}
    assert mine == {shape.normalize().wkb for shape in whole}


@pytest.mark.parametrize("threshold", [0.2, 0.3, 0.4])
def test_objects_below_the_least_score_are_dropped(scene, tmp_path, threshold):
    every = run(
        make_job(scene, tmp_path, name="every", threshold=threshold),
        predictor=Context(),
    ).polygons
    scores = np.unique(every.columns["score"])
    least = float(scores[len(scores) // 2 :][:2].mean())  # between two scores
    job = make_job(scene, tmp_path, threshold=threshold, min_score=least)
    found = run(job, predictor=Context()).polygons
    kept = every.columns["score"] >= np.float32(least)
    assert 0 < kept.sum() < len(every)
    assert list(found.geometry) == list(every.geometry[kept])

    again = str(tmp_path / "again.gpkg")
    task = VectorizeJob(
        probability=job.probability,
        output=again,
        threshold=threshold,
        min_score=least,
    )
    assert list(revectorize(task).polygons.geometry) == list(found.geometry)
    everything = revectorize(replace(task, overwrite=True, min_score=0.0)).polygons
    assert list(everything.geometry) == list(every.geometry)


def test_returned_and_written_polygons_are_equal(scene, tmp_path):
    job = make_job(scene, tmp_path, expressions=("bright", "dark"))
    found = run(job, predictor=Bright(2))

    written = geopandas.read_file(job.output)
    frame = found.to_geodataframe()
    assert list(written["id"]) == list(frame["id"])
    assert list(written["expression"]) == list(frame["expression"])
    assert set(frame["expression"]) == {"bright", "dark"}
    assert list(frame.columns[:-1]) == list(SCHEMA)
    assert written.geometry.geom_equals(frame.geometry).all()
    assert found.counts.polygons == len(frame) == len(found.polygons)

    manifest = json.loads(Path(tmp_path / "found.run.json").read_text())
    assert manifest == json.loads(json.dumps(found.manifest))
    assert sum(manifest["polygons"].values()) == len(frame)
    assert found.files == (
        job.output,
        job.probability,
        str(tmp_path / "found.run.json"),
    )
    assert all(Path(path).exists() for path in found.files)


def test_two_expressions_do_not_affect_each_other(scene, tmp_path):
    both = make_job(scene, tmp_path, name="both", expressions=("bright", "dark"))
    alone = make_job(scene, tmp_path, name="alone")
    run(both, predictor=Bright(2))
    run(alone, predictor=Bright(1))
    levels = read_levels(both.probability)
    np.testing.assert_array_equal(levels[:1], read_levels(alone.probability))
    valid = levels[0] != 255
    assert np.abs(levels[0].astype(int) + levels[1] - 254)[valid].max() <= 1


@pytest.mark.parametrize(
    "bbox",
    [
        (500_020, 4_999_900, 500_070, 4_999_960),
        (500_000.25, 4_999_950.25, 500_001.25, 4_999_951.25),
        (500_100, 4_999_800, 500_900, 5_000_900),
    ],
    ids=["middle", "two pixels", "over the edge"],
)
def test_an_area_is_the_crop_of_the_full_run(scene, tmp_path, bbox):
    full = make_job(scene, tmp_path, name="full")
    part = make_job(scene, tmp_path, name="part", bbox=bbox)
    run(full, predictor=Context())
    found = run(part, predictor=Context())

    whole, cut = read_levels(full.probability), read_levels(part.probability)
    rows, columns = np.mgrid[0 : whole.shape[1], 0 : whole.shape[2]]
    x, y = 500_000 + 0.5 * (columns + 0.5), 5_000_000 - 0.5 * (rows + 0.5)
    inside = (x >= bbox[0]) & (x <= bbox[2]) & (y >= bbox[1]) & (y <= bbox[3])
    assert inside.any()
    np.testing.assert_array_equal(cut[0][inside], whole[0][inside])
    assert (cut[0][~inside] == 255).all()
    windows = plan_windows(300, 260, size=SIZE, overlap=OVERLAP)
    assert found.counts.windows + found.counts.skipped == len(windows)
    assert found.counts.windows < len(windows)


def test_windows_outside_the_area_or_without_data_are_skipped(tmp_path):
    pixels = np.full((3, 260, 300), 100, np.uint8)
    pixels[:, :, 150:] = 0
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels)
    seen = []

    class Counting(Bright):
        def __call__(self, pixels):
            seen.append(len(pixels))
            return super().__call__(pixels)

    found = run(make_job(scene, tmp_path), predictor=Counting())
    windows = plan_windows(300, 260, size=SIZE, overlap=OVERLAP)
    with_data = [window for window in windows if window.col_off < 150]
    assert sum(seen) == len(with_data) == found.counts.windows
    assert found.counts.skipped == len(windows) - len(with_data)


def test_nodata_is_never_part_of_a_polygon(scene, tmp_path):
    class Everything(Bright):
        def __call__(self, pixels):
            return np.ones((len(pixels), 1, *pixels.shape[2:]), np.float32)

    job = make_job(scene, tmp_path)
    found = run(job, predictor=Everything())
    with rasterio.open(scene) as dataset:
        valid = dataset.dataset_mask() > 0
    area = sum(shape.area for shape in found.polygons.geometry)
    assert area == pytest.approx(0.25 * np.count_nonzero(valid), rel=1e-9)


def test_a_shifted_scene_gives_shifted_polygons(tmp_path):
    here = write_scene(tmp_path / "scene-here.tif")
    there = write_scene(tmp_path / "scene-there.tif", left=500_640.0)
    ours = run(make_job(here, tmp_path, name="here"), predictor=Context())
    theirs = run(make_job(there, tmp_path, name="there"), predictor=Context())
    assert len(ours.polygons) > 3
    moved = shapely.transform(ours.polygons.geometry, lambda xy: xy + SHIFT)
    assert shapely.equals_exact(moved, theirs.polygons.geometry).all()


def test_nothing_found_is_a_valid_empty_layer(scene, tmp_path):
    class Nothing(Bright):
        def __call__(self, pixels):
            return np.zeros((len(pixels), 1, *pixels.shape[2:]), np.float32)

    job = make_job(scene, tmp_path, preview=str(tmp_path / "found.png"))
    found = run(job, predictor=Nothing())
    written = geopandas.read_file(job.output)
    assert len(written) == len(found.polygons) == 0
    assert set(SCHEMA) <= set(written.columns)
    assert written.crs.to_epsg() == 32631
    assert found.manifest["polygons"] == {"bright": 0}
    assert Path(job.preview).stat().st_size > 0


def test_messages_report_a_run_from_start_to_end(scene, tmp_path):
    messages = []
    found = run(make_job(scene, tmp_path), predictor=Bright(), report=messages.append)
    assert [decode(encode(message)) for message in messages] == messages
    messages = [message for message in messages if not isinstance(message, Advice)]
    assert isinstance(messages[0], Started)
    assert isinstance(messages[-1], Finished)
    assert messages[0].windows == 36
    assert messages[0].gsd == pytest.approx(0.5, rel=0.01)
    steps = messages[1:-1]
    assert all(isinstance(step, Progress) for step in steps)
    assert [step.done for step in steps] == list(range(1, 37))
    assert steps[-1].done == steps[-1].total == 36
    assert messages[-1].polygons == len(found.polygons)
    assert messages[-1].files == found.files


def test_a_given_gsd_keeps_the_bounds_of_the_scene(scene, tmp_path):
    job = make_job(scene, tmp_path, gsd=1.0)
    found = run(job, predictor=Bright())
    with rasterio.open(job.probability) as coarse, rasterio.open(scene) as fine:
        assert coarse.shape == (130, 150)
        assert coarse.bounds == pytest.approx(fine.bounds)
    assert found.manifest["grid"]["gsd_m"] == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize("kind", [Faulty, Failing])
def test_a_window_that_fails_fails_the_run(tmp_path, kind):
    pixels = np.full((3, 260, 300), 100, np.uint8)
    pixels[:, 200, 200] = 13
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels)
    job = make_job(scene, tmp_path)
    error = WeightsError if kind is Faulty else RuntimeError
    with pytest.raises(error):
        run(job, predictor=kind())
    assert not Path(job.output).exists()
    assert not Path(job.probability).exists()


def test_an_output_of_the_wrong_shape_is_refused(scene, tmp_path):
    with pytest.raises(WeightsError, match=r"shape \(1, 2, 64, 64\)"):
        run(make_job(scene, tmp_path), predictor=Bright(2))


def test_existing_files_are_kept_without_overwrite(scene, tmp_path):
    job = make_job(scene, tmp_path)
    Path(job.output).write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists"):
        run(job, predictor=Bright())
    assert Path(job.output).read_bytes() == b"precious"
    run(replace(job, overwrite=True), predictor=Bright())
    assert len(geopandas.read_file(job.output)) > 0


def test_the_same_run_gives_the_same_bytes(scene, tmp_path):
    job = make_job(scene, tmp_path)
    run(job, predictor=Context())
    first = result_bytes(job)
    run(replace(job, overwrite=True), predictor=Context())
    assert result_bytes(job) == first


def test_without_an_output_nothing_is_written(scene, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    found = run(
        make_job(scene, tmp_path, output=None, probability=None), predictor=Bright()
    )
    assert found.files == ()
    assert len(found.to_geodataframe()) > 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_finished_run_leaves_no_working_folder(scene, tmp_path, leftovers):
    run(make_job(scene, tmp_path), predictor=Bright())
    assert leftovers() == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"output": "found.shp"}, "found.shp"),
        ({"probability": "found.png"}, "tif"),
        ({"preview": "found.jpg"}, "png"),
        ({"output": "missing/found.gpkg"}, "missing"),
        ({"probability": "scene.tif", "overwrite": True}, "input"),
        ({"output": "area.geojson", "overwrite": True}, "input"),
    ],
)
def test_outputs_are_refused_before_any_work(scene, tmp_path, values, message):
    values = {
        name: value if name == "overwrite" else str(tmp_path / value)
        for name, value in values.items()
    }
    original = Path(scene).read_bytes()
    job = make_job(scene, tmp_path, aoi=str(tmp_path / "area.geojson"), **values)
    with pytest.raises(OutputError, match=message):
        run(job, predictor=None)  # before weights are loaded
    assert Path(scene).read_bytes() == original


def test_an_area_outside_the_scene_is_refused(scene, tmp_path):
    with pytest.raises(OptionError, match="outside"):
        run(make_job(scene, tmp_path, bbox=(0, 0, 1, 1)), predictor=Bright())


def test_a_file_that_is_no_raster_is_refused(tmp_path):
    scene = tmp_path / "scene.tif"
    scene.write_text("not an image")
    with pytest.raises(SceneError, match=r"scene\.tif"):
        run(make_job(scene, tmp_path), predictor=Bright())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scene.tif"]


def test_a_dry_run_estimates_the_run_and_writes_nothing(tmp_path):
    pixels = np.full((3, 260, 300), 100, np.uint8)
    pixels[:, :, 150:] = 0
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels)
    before = sorted(tmp_path.rglob("*"))
    job = make_job(scene, tmp_path, bbox=(500_000, 4_999_900, 500_200, 5_000_000))
    estimate = plan(job, predictor=Bright())
    assert sorted(tmp_path.rglob("*")) == before
    found = run(job, predictor=Bright())
    assert (
        estimate.windows + estimate.outside
        == found.counts.windows + found.counts.skipped
    )
    assert estimate.empty == estimate.windows - found.counts.windows
    assert estimate.files == found.files
    for part in (f"{estimate.windows} to look", "0.5 m", "GiB", "bright", job.output):
        assert part in str(estimate)
