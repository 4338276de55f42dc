"""What the weights do not know costs no search."""

from dataclasses import replace

import geopandas
import numpy as np
import pytest
import rasterio
from brightness import Bright, make_job
from text_network import Network

from rrsis_geo.job import SegmentOptions, VectorizeJob
from rrsis_geo.pipeline.explain import explain
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.protocol import Advice
from rrsis_geo.types import NODATA


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "parquet"])
def test_an_unknown_thing_alone_is_answered_at_once(scene, tmp_path, kind):
    output = str(tmp_path / f"found.{kind}")
    job = make_job(
        scene,
        tmp_path,
        expressions=("the helicopter near the road",),
        output=output,
        probability=None,
        min_score=None,
    )
    network, said = Network(), []
    found = run(job, network=network, report=said.append)
    assert network.bound == []
    assert len(found.polygons) == 0
    notes = [one.message for one in said if isinstance(one, Advice)]
    assert any('do not know "helicopter"' in note for note in notes)
    read = geopandas.read_parquet if kind == "parquet" else geopandas.read_file
    written = read(output)
    assert len(written) == 0
    assert written.crs == ("EPSG:4326" if kind == "geojson" else "EPSG:32631")
    assert plan(replace(job, overwrite=True)).windows == 0


def test_with_known_things_only_these_are_looked_for(scene, tmp_path):
    job = make_job(
        scene,
        tmp_path,
        expressions=("helicopters", "storage tanks"),
        probability=None,
    )
    network = Network()
    run(job, network=network)
    assert network.bound == [("storage tank",)]


def test_what_is_explained_is_what_is_asked(scene):
    for place in (None, scene):
        said = str(explain(("helicopters",), place))
        assert said.endswith("no network is asked")
        said = str(explain(("helicopter", "ship"), place))
        assert said.endswith('the network is asked: "ship"')
        guessed = explain(("helicopter",), place, options=SegmentOptions(guess=True))
        assert guessed.batch.texts == ("helicopter",)


def levels_of(path):
    """Description -> levels of a probability raster."""
    with rasterio.open(path) as raster:
        return dict(zip(raster.descriptions, raster.read(), strict=True))


def notes_of(said):
    return [one.message for one in said if isinstance(one, Advice)]


@pytest.mark.parametrize("resolve", ["auto", "scene", "network"])
def test_a_raster_of_unknown_things_alone_is_empty(scene, tmp_path, resolve):
    job = make_job(
        scene, tmp_path, expressions=("helicopters",), resolve=resolve, min_score=None
    )
    network = Network()
    run(job, network=network)
    assert network.bound == []
    ((text, levels),) = levels_of(job.probability).items()
    assert "helicopter" in text
    assert (levels == NODATA).all()
    with rasterio.open(scene) as read, rasterio.open(job.probability) as raster:
        assert (raster.transform, raster.crs) == (read.transform, read.crs)
        assert raster.shape == read.shape

    said = []
    again = VectorizeJob(
        probability=job.probability, output=str(tmp_path / "again.gpkg"), threshold=0.01
    )
    assert len(revectorize(again, report=said.append).polygons) == 0
    assert any('do not know "helicopter"' in note for note in notes_of(said))
    guessed = replace(job, options=replace(job.options, guess=True), overwrite=True)
    run(guessed, network=network)
    assert network.bound == [(text,)]
    assert (levels_of(job.probability)[text] != NODATA).any()


def test_unknown_things_beside_known_ones_have_an_empty_band(scene, tmp_path):
    both, one = tmp_path / "both", tmp_path / "one"
    for folder in (both, one):
        folder.mkdir()
    tanks = "the storage tanks at the top"

    def bright(job, texts):
        assert texts == ("storage tank",)
        return Bright()

    area = (500_010.0, 5_000_000 - 125.0, 500_140.0, 5_000_000 - 60.0)  # the lower half
    options = {"caution": 0.0, "bbox": area}
    job = make_job(scene, both, expressions=("helicopters", tanks), **options)
    alone = make_job(scene, one, expressions=(tanks,), **options)
    found = run(job, network=bright)
    without = run(alone, network=bright)
    assert len(without.polygons) > 0
    assert found.polygons.geometry.tolist() == without.polygons.geometry.tolist()
    bands = levels_of(job.probability)
    assert list(bands) == ["storage tank", "helicopter"]
    assert (bands["helicopter"] == NODATA).all()
    expected = levels_of(alone.probability)["storage tank"]
    assert np.array_equal(bands["storage tank"], expected)

    said = []
    again = revectorize(
        VectorizeJob(
            probability=job.probability,
            output=str(tmp_path / "again.gpkg"),
            threshold=job.options.threshold,
            min_area=job.options.min_area,
            min_score=job.options.min_score,
        ),
        report=said.append,
    )
    assert again.polygons.geometry.tolist() == found.polygons.geometry.tolist()
    assert any('do not know "helicopter"' in note for note in notes_of(said))
    dry = plan(replace(job, overwrite=True), measure=False)
    assert dry.batch.texts == ("storage tank",)


def test_a_raster_does_not_change_what_is_kept_or_resumed(scene, tmp_path):
    job = make_job(
        scene,
        tmp_path,
        expressions=("helicopters", "storage tanks"),
        probability=None,
        cache=True,
    )
    network = Network()
    run(job, network=network)
    with_raster = replace(job, probability=str(tmp_path / "p.tif"), overwrite=True)
    again = run(with_raster, network=network)
    assert network.bound == [("storage tank",)]
    assert again.counts.kept == again.counts.windows > 0
    assert plan(with_raster, measure=False).known > 0
