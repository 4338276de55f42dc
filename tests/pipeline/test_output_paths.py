"""Outputs of several files: checked together before the work, replaced together."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
from affine import Affine
from brightness import Bright, make_job, write_scene
from rasterio.crs import CRS

from rrsis_geo.errors import OptionError, OutputError, SceneError
from rrsis_geo.job import SegmentJob, VectorizeJob
from rrsis_geo.pipeline.output_paths import check_outputs, layer_target, manifest_path
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import SIDE_FILES, write_probability
from rrsis_geo.types import Strip
from rrsis_geo.vector.layer_names import layer_name


class Never(Bright):
    """A network that must not run: what is wrong is known before."""

    def __call__(self, pixels):
        raise AssertionError("the network ran")


@pytest.fixture
def small(tmp_path):
    """A scene that one window covers."""
    return write_scene(tmp_path / "scene.tif", width=60, height=50)


def job_for(scene, folder, **values):
    probability = values.pop("probability", None)
    layer, append = values.pop("layer", None), values.pop("append", False)
    job = make_job(scene, folder, probability=probability, **values)
    return replace(job, layer=layer, append=append)


def refuses(job, match, error=OutputError):
    before = {
        path: path.read_bytes()
        for path in Path(job.output).parent.glob("*.*")
        if path.is_file()
    }
    for start in (lambda: run(job, predictor=Never()), lambda: plan(job)):
        with pytest.raises(error, match=match):
            start()
    after = {
        path: path.read_bytes()
        for path in Path(job.output).parent.glob("*.*")
        if path.is_file()
    }
    assert after == before


# manifests


def test_the_manifest_of_another_output_is_not_replaced(small, tmp_path):
    first = job_for(small, tmp_path, name="roofs")
    run(first, predictor=Bright())
    second = replace(first, output=str(tmp_path / "roofs.geojson"))
    refuses(second, r"roofs\.run\.json: is of roofs\.gpkg")
    raster = replace(first, output=None, probability=str(tmp_path / "roofs.tif"))
    with pytest.raises(OutputError, match=r"is of roofs\.gpkg"):
        check_outputs(raster)
    check_outputs(replace(second, overwrite=True))
    os.remove(first.output)
    run(first, predictor=Bright())  # its own manifest, of a file that is gone


@pytest.mark.parametrize("content", ["{}", "[]", "years of work", '{"job": 3}'])
def test_a_file_that_is_no_manifest_is_not_replaced(small, tmp_path, content):
    (tmp_path / "found.run.json").write_text(content)
    refuses(job_for(small, tmp_path), "is no run manifest")
    check_outputs(job_for(small, tmp_path, overwrite=True))


def test_the_manifest_is_no_other_output_or_input(small, tmp_path):
    job = job_for(small, tmp_path, name="a.run")
    scene = tmp_path / "b.run.json"
    Path(small).rename(scene)
    job = replace(job, scene=str(scene), output=str(tmp_path / "b.gpkg"))
    with pytest.raises(OutputError, match="manifest has this name"):
        check_outputs(replace(job, overwrite=True))


def test_each_layer_has_its_manifest_and_added_runs_are_kept(small, tmp_path):
    for layer in ("tanks", "roofs"):
        run(job_for(small, tmp_path, layer=layer), predictor=Bright())
    for layer in ("tanks", "roofs"):
        manifest = json.loads((tmp_path / f"found.{layer}.run.json").read_text())
        assert manifest["job"]["layer"] == layer
        assert "earlier" not in manifest
    for threshold in (0.6, 0.7):
        job = job_for(small, tmp_path, layer="tanks", append=True, threshold=threshold)
        run(job, predictor=Bright())
    manifest = json.loads(Path(manifest_path(job)).read_text())
    used = [m["job"]["options"]["threshold"] for m in (*manifest["earlier"], manifest)]
    assert used == [0.5, 0.6, 0.7]
    frame = pyogrio.read_dataframe(job.output, layer="tanks")
    assert frame["id"].tolist() == [*range(1, len(frame) + 1)]


def test_a_result_that_vectorize_replaces_has_its_manifest_revised(small, tmp_path):
    job = job_for(small, tmp_path, probability=str(tmp_path / "p.tif"))
    run(job, predictor=Bright())
    path = Path(manifest_path(job))
    before = json.loads(path.read_text())
    task = VectorizeJob(
        probability=job.probability,
        output=job.output,
        threshold=0.8,
        min_score=0.0,
        overwrite=True,
    )
    found = revectorize(task)
    after = json.loads(path.read_text())
    assert after["job"] == before["job"]
    assert after["vectorized"]["threshold"] == 0.8
    assert sum(after["polygons"].values()) == len(found.polygons)
    assert after["polygons"] != before["polygons"]
    other = replace(task, output=str(tmp_path / "found.geojson"))
    revectorize(other)
    assert json.loads(path.read_text()) == after
    elsewhere = without_crs(tmp_path / "q.tif", Affine(2, 0, 5e5, 0, -2, 5e6))
    revectorize(replace(task, probability=elsewhere))
    assert not path.exists()


# side files


def stale(path, content=b"of a former file"):
    sides = [Path(f"{path}{end}") for end in SIDE_FILES]
    for side in sides:
        side.write_bytes(content)
    return sides


def test_side_files_of_an_old_raster_go_with_it(small, tmp_path):
    job = job_for(small, tmp_path, probability=str(tmp_path / "p.tif"))
    run(job, predictor=Bright())
    with rasterio.open(job.probability) as dataset:
        levels = dataset.read()
    mask = np.zeros((1, 50, 60), np.uint8)
    with rasterio.open(
        tmp_path / "mask.tif", "w", driver="GTiff", width=60, height=50, count=1,
        dtype="uint8", transform=Affine(2, 0, 5e5, 0, -2, 5e6),
    ) as dataset:  # fmt: skip
        dataset.write(mask)
    sides = stale(job.probability, (tmp_path / "mask.tif").read_bytes())
    run(replace(job, overwrite=True), predictor=Bright())
    assert not any(side.exists() for side in sides)
    with rasterio.open(job.probability) as dataset:
        assert (dataset.read() == levels).all()
        assert dataset.read_masks().any()


@pytest.mark.parametrize("end", [".tif.aux.xml", ".tif.ovr", ".tif.msk", ".gpkg-wal"])
def test_side_files_without_their_file_are_refused(small, tmp_path, end):
    (tmp_path / f"found{end}").write_bytes(b"of a former file")
    job = job_for(small, tmp_path, probability=str(tmp_path / "found.tif"))
    refuses(job, r"belongs to a former found\.")
    refuses(replace(job, layer="a"), r"belongs to a former found\.")
    run(replace(job, overwrite=True), predictor=Bright())
    assert not (tmp_path / f"found{end}").exists()
    assert len(pyogrio.read_dataframe(job.output)) > 0


def test_a_raster_that_another_program_changes_is_refused(small, tmp_path):
    job = job_for(small, tmp_path, probability=str(tmp_path / "p.tif"), overwrite=True)
    Path(job.probability).write_bytes(b"old")
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("only Linux tells who has a file open")
    with open(job.probability, "r+b"):
        refuses(job, "open in another program")
    with open(job.probability, "rb"):  # a GIS that shows it keeps what it has read
        check_outputs(job)


HEIGHTS = pyproj.CRS("EPSG:32632").to_3d()
COUNTY = pyproj.CRS("ESRI:103300")


@pytest.mark.parametrize("crs", [HEIGHTS, COUNTY], ids=["heights", "county"])
def test_a_raster_keeps_a_crs_that_a_geotiff_cannot_hold(tmp_path, crs):
    path = tmp_path / "p.tif"
    grid = Grid(
        Affine(0.6, 0, 691_716, 0, -0.6, 5_334_600), CRS.from_wkt(crs.to_wkt()), 40, 30
    )
    levels = np.zeros((1, 30, 40), np.uint8)
    levels[0, 5:15, 5:15] = 240
    for _ in range(2):
        strips = [Strip(top=0, levels=levels)]
        write_probability(strips, path, grid=grid, expressions=["roof"], tags={})
    with rasterio.open(path) as dataset:
        kept = pyproj.CRS.from_wkt(dataset.crs.to_wkt(version="WKT2_2019"))
    assert kept.equals(crs, ignore_axis_order=True)
    out = tmp_path / "v.gpkg"
    revectorize(VectorizeJob(probability=str(path), output=str(out)))
    assert pyogrio.read_dataframe(out).crs.equals(crs, ignore_axis_order=True)
    # over it a raster that needs no side file: the old CRS must not come back
    plain = Grid(grid.transform, CRS.from_epsg(32633), 40, 30)
    strips = [Strip(top=0, levels=levels)]
    write_probability(strips, path, grid=plain, expressions=["roof"], tags={})
    with rasterio.open(path) as dataset:
        assert dataset.crs.to_epsg() == 32633
    assert not Path(f"{path}.aux.xml").exists()


# a raster without a CRS


def without_crs(path, transform):
    write_probability(
        [Strip(top=0, levels=np.full((1, 8, 8), 240, np.uint8))],
        path,
        grid=Grid(transform, None, 8, 8),
        expressions=["roof"],
        tags={},
    )
    return str(path)


def test_coordinates_without_a_crs_do_not_become_degrees(tmp_path):
    metres = without_crs(tmp_path / "p.tif", Affine(2, 0, 5e5, 0, -2, 5e6))
    job = VectorizeJob(probability=metres, output=str(tmp_path / "v.geojson"))
    with pytest.raises(SceneError, match="has no CRS"):
        revectorize(job)
    assert not Path(job.output).exists()
    notes = []
    for end in (".gpkg", ".fgb", ".parquet"):
        output = str(tmp_path / f"v{end}")
        revectorize(replace(job, output=output), report=notes.append)
    assert sum("has no CRS" in getattr(note, "message", "") for note in notes) == 3
    pixels = without_crs(tmp_path / "pixels.tif", Affine.identity())
    notes.clear()
    revectorize(replace(job, probability=pixels), report=notes.append)
    assert "in its pixels" in notes[0].message


# names


NAMES = [
    "roofs!v2", "a;b", "a|b", "(1) roofs", "#12", "[x]", "@home", ".hidden", "-x",
    "gpkg_roofs", "sqlite_x", "%41", "a?b=c", "a&b", "ü", "日本", "x" * 150,
]  # fmt: skip


@pytest.mark.parametrize("where", ["file", "folder"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_literally(tmp_path, name, where, monkeypatch):
    folder = tmp_path / name if where == "folder" else tmp_path
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for other in ("v2.gpkg", "v2.tif", "b.gpkg", "b.tif"):
        Path(other).write_bytes(b"years of work")
    raster = without_crs(folder / f"{name}.tif", Affine(2, 0, 5e5, 0, -2, 5e6))
    for end in (".gpkg", ".fgb", ".parquet"):
        output = os.path.relpath(folder / f"{name}{end}")
        task = VectorizeJob(probability=raster, output=output)
        if name != "-x" or where == "folder":
            revectorize(task)
            assert (folder / f"{name}{end}").stat().st_size > 500
    for other in ("v2.gpkg", "v2.tif", "b.gpkg", "b.tif"):
        assert Path(other).read_bytes() == b"years of work"


@pytest.mark.parametrize("name", [" ", "a  b", "ünïcode"])
def test_folders_with_odd_characters_are_written_into(small, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    job = job_for(small, folder, probability=str(folder / "p.tif"))
    for end in (".gpkg", ".fgb", ".geojson"):
        values = replace(job, output=str(folder / f"found{end}"), overwrite=True)
        run(values, predictor=Bright())
    written = sorted(path.name for path in folder.iterdir())
    ends = ("fgb", "geojson", "gpkg", "run.json")
    assert written == [*(f"found.{end}" for end in ends), "p.tif"]
    manifest = json.loads((folder / "found.run.json").read_text())
    assert manifest["job"]["output"] == values.output


def test_a_path_with_two_slashes_in_front_is_the_same_path(small, tmp_path):
    job = job_for(small, tmp_path)
    run(replace(job, output=f"/{job.output}"), predictor=Bright())
    assert Path(job.output).exists()


def test_names_that_are_too_long_are_refused_before_the_work(small, tmp_path):
    refuses(job_for(small, tmp_path, name="x" * 246), "bytes are possible|bytes long")
    refuses(job_for(small, tmp_path, name="é" * 125), "bytes long")
    with pytest.raises(OutputError, match=r"no folder|no path"):
        check_outputs(job_for(small, tmp_path, name="/".join(["y" * 200] * 25)))
    deep = tmp_path / ("y" * 200) / ("y" * 200) / ("y" * 60)
    deep.mkdir(parents=True)
    refuses(job_for(small, deep), "bytes are|are possible")
    run(job_for(small, tmp_path, name="x" * 235), predictor=Bright())


def test_special_files_are_refused(small, tmp_path):
    os.mkfifo(tmp_path / "found.gpkg")
    with pytest.raises(OutputError, match="is no file"):
        check_outputs(job_for(small, tmp_path, overwrite=True))
    (tmp_path / "loop.gpkg").symlink_to(tmp_path / "loop.gpkg")
    with pytest.raises(OutputError):
        check_outputs(job_for(small, tmp_path, name="loop", overwrite=True))
    for name in ("nul\0l", "tab\there", "line\nbreak", "bytes \udcff"):
        with pytest.raises(OptionError, match="holds"):
            job_for(small, tmp_path, name=name)


# layers of a job


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["the red roof"], "the_red_roof"),
        (["Storage Tanks!", "b"], "storage_tanks_and_1_more"),
        (["größer als 3 m"], "größer_als_3_m"),
        (["gpkg"], "layer_gpkg"),
        (["!?"], "found"),
        (["a " * 90], "_".join("a" * 30)),
    ],
)
def test_a_layer_is_named_after_the_expressions(texts, name):
    assert layer_name(texts) == name


def test_jobs_know_their_layers(small, tmp_path):
    job = job_for(small, tmp_path, layer="tanks", append=True)
    assert SegmentJob.from_json(job.to_json()) == job
    target = layer_target(job, job.expressions, ours=[job.output])
    assert (target.name, target.append, target.overwrite) == ("tanks", True, False)
    assert target.resumed
    for wrong in ({"layer": ""}, {"layer": 3}, {"append": "yes"}, {"overwrite": True}):
        with pytest.raises(OptionError):
            replace(job, **wrong)
    with pytest.raises(OptionError, match="need an output"):
        replace(job, output=None)


def test_errors_that_can_be_known_come_before_the_network(small, tmp_path):
    (tmp_path / "found.gpkg").write_bytes(b"SQLite format 3\0 and nothing more")
    refuses(job_for(small, tmp_path, layer="a"), "no GeoPackage that can be written")
    other = job_for(small, tmp_path, name="other", layer="a b")
    refuses(other, "named with letters", OptionError)
    run(job_for(small, tmp_path, name="shared", layer="tanks"), predictor=Bright())
    elsewhere = write_scene(
        tmp_path / "b.tif", width=60, height=50, crs="EPSG:32632", left=500_000.0
    )
    wrong = job_for(elsewhere, tmp_path, name="shared", layer="tanks", append=True)
    refuses(wrong, "UTM zone 31N")
