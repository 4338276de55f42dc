"""What the weights do not know costs no search."""

from dataclasses import replace

import geopandas
import pytest
from brightness import make_job
from text_network import Network

from rrsis_geo.pipeline.runner import plan, run
from rrsis_geo.protocol import Advice


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


def test_a_raster_has_a_band_for_every_text(scene, tmp_path):
    job = make_job(scene, tmp_path, expressions=("helicopters",))
    network = Network()
    run(job, network=network)
    assert network.bound == [("helicopter",)]
