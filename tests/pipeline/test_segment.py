"""The Python function `segment`, with a small untrained network."""

from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
from affine import Affine
from brightness import make_job, write_scene

import rrsis_geo
from rrsis_geo import SegmentJob, SegmentOptions, segment
from rrsis_geo.errors import OptionError, OutputError, SceneError, WeightsError
from rrsis_geo.job import SCORE_MARGIN, VectorizeJob
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.protocol import Finished, Started
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.types import SCHEMA


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Path of untrained weights of the smallest network, for 0.4 to 1 m."""
    import torch

    from rrsis_geo.model.btdnet import BTDNet
    from rrsis_geo.model.config import preset
    from rrsis_geo.model.encoders.wordpiece import (
        CHARACTERS,
        CONTINUES,
        LETTERS,
        SPECIAL,
    )
    from rrsis_geo.model.serialization.header import Card
    from rrsis_geo.model.serialization.weights import save_weights

    pieces = [CONTINUES + letter for letter in sorted(LETTERS)]
    tokens = (*SPECIAL, *sorted(CHARACTERS), *pieces, "storage", "tank")
    torch.manual_seed(0)
    net = BTDNet(replace(preset("btd-tiny"), text_vocabulary=len(tokens)))
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    card = Card(name="tiny", vocabulary=tokens, gsd_range=(0.4, 1.0))
    save_weights(net, path, card=card)
    return str(path)


SMALL = {"window_size": 64, "overlap": 16}


def test_segment_returns_a_geodataframe(scene, tmp_path, weights):
    messages = []
    found = segment(
        Path(scene),
        "storage tank",
        tmp_path / "found.gpkg",
        weights=Path(weights),
        probability=tmp_path / "found.tif",
        preview=tmp_path / "found.png",
        report=messages.append,
        threshold=0.01,
        resolve="network",
        **SMALL,
    )
    table = found.to_geodataframe()
    assert isinstance(table, geopandas.GeoDataFrame)
    assert list(table.columns) == [*SCHEMA, "geometry"]
    assert table.crs.to_epsg() == 32631
    assert len(table) > 0
    assert [Path(path).name for path in found.files] == [
        "found.gpkg",
        "found.tif",
        "found.png",
        "found.run.json",
    ]
    assert found.manifest["weights"]["name"] == "tiny"
    assert len(found.manifest["weights"]["sha256"]) == 64
    assert found.manifest["versions"]["rrsis-geo"] == rrsis_geo.__version__
    assert isinstance(messages[0], Started)
    assert isinstance(messages[-1], Finished)
    with rasterio.open(tmp_path / "found.tif") as dataset:
        assert dataset.descriptions == ("storage tank",)
        tags = dataset.tags()
    assert tags["WEIGHTS_SHA256"] == found.manifest["weights"]["sha256"]


def test_weights_define_the_score_margin(scene, tmp_path, weights):
    from rrsis_geo.model.serialization.probability_calibration import Calibration
    from rrsis_geo.model.serialization.weights import recalibrate

    every = segment(
        scene,
        "storage tank",
        weights=weights,
        threshold=0.5,
        min_score=0,
        resolve="network",
        **SMALL,
    ).polygons
    low, high = np.sort(every.columns["score"])[:2]
    least = float(low + high) / 2  # between two scores
    assert low < least < high
    stricter = tmp_path / "stricter.safetensors"
    recalibrate(
        weights,
        stricter,
        calibration=Calibration(score_margin=(least - 0.5) / (1 - 0.5)),
    )

    found = segment(
        scene,
        "storage tank",
        tmp_path / "found.gpkg",
        weights=stricter,
        probability=tmp_path / "found.tif",
        threshold=0.5,
        resolve="network",
        **SMALL,
    )
    kept = every.columns["score"] >= np.float32(least)
    assert 0 < kept.sum() < len(every)
    assert list(found.polygons.geometry) == list(every.geometry[kept])
    assert found.manifest["least_score"] == pytest.approx(least)
    again = revectorize(
        VectorizeJob(
            probability=str(tmp_path / "found.tif"), output=str(tmp_path / "again.gpkg")
        )
    )
    assert list(again.polygons.geometry) == list(found.polygons.geometry)

    with rasterio.open(tmp_path / "found.tif") as dataset:
        kind, levels = dataset.profile | {"driver": "GTiff"}, dataset.read()
    with rasterio.open(tmp_path / "other.tif", "w", **kind) as dataset:
        dataset.write(levels)
        dataset.update_tags(RRSIS_SURE="very")  # written by another program
    with ProbabilityRaster.open(tmp_path / "other.tif") as raster:
        assert raster.score_margin == SCORE_MARGIN


def test_processes_and_batches_give_the_same_bytes(scene, tmp_path, weights):
    jobs = []
    for name, values in [
        ("plain", {}),
        ("batched", {"batch_size": 3}),
        ("processes", {"engine": "processes", "workers": 2}),
    ]:
        folder = tmp_path / name
        folder.mkdir()
        job = make_job(scene, folder, expressions=("storage tank", "road"), **values)
        jobs.append(replace(job, weights=weights))
        run(jobs[-1])
    plain, *others = [
        [Path(path).read_bytes() for path in (job.output, job.probability)]
        for job in jobs
    ]
    assert all(other == plain for other in others)


@pytest.mark.parametrize(
    ("gsd", "read_at", "message"),
    [
        (0.1, 0.4, "read at"),
        (0.5, 0.5, ""),
        (1.5, 1.0, "read at"),
        (3.9, 1.0, "read at"),
    ],
)
def test_a_scene_is_read_at_the_nearest_resolution_of_the_weights(
    tmp_path, weights, gsd, read_at, message
):
    pixels = np.full((3, 40, 50), 100, np.uint8)
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels, gsd=gsd)
    job = SegmentJob(
        scene=scene,
        expressions=("storage tank",),
        weights=weights,
        options=SegmentOptions(**SMALL),
    )
    estimate = plan(job, measure=False)
    assert estimate.gsd == pytest.approx(read_at, rel=0.02)
    assert estimate.native_gsd == pytest.approx(gsd, rel=0.01)
    assert message in " ".join(estimate.advice)
    assert (message == "") == (estimate.advice == ())


@pytest.mark.parametrize(
    ("latitude", "size", "note"), [(0, (50, 40), ""), (60, (35, 57), "square")]
)
def test_oblong_pixels_are_read_square(tmp_path, weights, latitude, size, note):
    """Found squeezed to half their width: scenes in degrees at 60 degrees north."""
    pixels = np.full((3, 40, 50), 100, np.uint8)
    step = 0.8 / 111_320
    place = Affine(step, 0, 10, 0, -step, latitude)
    scene = str(tmp_path / "scene.tif")
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(
        scene, "w", width=50, height=40, transform=place, **profile
    ) as dataset:
        dataset.write(pixels)
    job = SegmentJob(
        scene=scene,
        expressions=("storage tank",),
        weights=weights,
        output=str(tmp_path / "found.gpkg"),
        options=SegmentOptions(**SMALL, threshold=0.01, resolve="network"),
    )
    found = run(job)
    grid = found.manifest["grid"]
    assert (grid["width"], grid["height"]) == size
    assert note in " ".join(found.manifest["advice"])
    west, south, east, north = found.polygons.geometry[0].bounds
    assert west >= 10
    assert east <= 10 + 50 * step + 1e-12
    assert south >= latitude - 40 * step - 1e-12
    assert north <= latitude + 1e-12


@pytest.mark.parametrize("gsd", [4.2, 10, 300])
def test_a_scene_far_too_coarse_is_refused_unless_gsd_is_given(tmp_path, weights, gsd):
    pixels = np.full((3, 40, 50), 100, np.uint8)
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels, gsd=gsd)
    job = SegmentJob(
        scene=scene,
        expressions=("storage tank",),
        weights=weights,
        options=SegmentOptions(**SMALL),
    )
    with pytest.raises(SceneError, match=rf"has {gsd:.3g} m .*too small.*--gsd"):
        plan(job, measure=False)
    given = replace(job, options=SegmentOptions(**SMALL, gsd=gsd / 4))
    assert plan(given, measure=False).gsd == pytest.approx(gsd / 4, rel=0.02)


def test_polygons_stay_on_their_planet(scene, tmp_path, weights):
    target = tmp_path / "found.gpkg"
    with pytest.raises(OptionError, match=r"--dst-crs .*Mars.*same planet"):
        segment(
            scene,
            "storage tank",
            target,
            weights=weights,
            dst_crs="IAU_2015:49900",
            **SMALL,
        )
    assert not target.exists()


def test_pixel_coordinates_are_read_as_they_are(tmp_path, weights):
    pixels = np.full((3, 40, 50), 100, np.uint8)
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels, crs=None, gsd=20)
    with pytest.raises(SceneError, match="--pixel-coordinates"):
        segment(scene, "storage tank", weights=weights, **SMALL)
    found = segment(
        scene, "storage tank", weights=weights, pixel_coordinates=True, **SMALL
    )
    assert found.manifest["grid"]["width"] == 50
    assert found.to_geodataframe().crs is None


def test_a_dry_run_measures_a_window_of_the_network(scene, weights):
    job = SegmentJob(
        scene=scene,
        expressions=("storage tank",),
        weights=weights,
        options=SegmentOptions(**SMALL),
    )
    estimate = plan(job)
    assert estimate.seconds is not None
    assert estimate.seconds > 0
    assert plan(job, measure=False).seconds is None
    assert "unknown" in str(plan(job, measure=False))


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"treshold": 0.4}, OptionError, "threshold"),
        ({"threshold": 2}, OptionError, "threshold"),
        ({"weights": "unheard-of"}, WeightsError, "unheard-of"),
        ({"output": "found.xyz"}, OutputError, "gpkg"),
    ],
)
def test_invalid_arguments_are_refused_by_name(scene, values, kind, message):
    with pytest.raises(kind, match=message):
        segment(scene, "storage tank", **{**SMALL, **values})


def test_several_expressions_may_be_given(scene, weights):
    found = segment(scene, ["storage tank", "road"], weights=weights, **SMALL)
    assert found.manifest["job"]["expressions"] == ("storage tank", "road")
    assert list(found.manifest["polygons"]) == ["storage tank", "road"]
