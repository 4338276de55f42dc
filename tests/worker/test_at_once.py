"""Simultaneous requests to a worker that has imported nothing yet."""

import pytest

from rrsis_geo.job import VectorizeJob
from rrsis_geo.protocol import Explain, Failed, Finished, Report, Vectorize, Weights
from rrsis_geo.tiling.probability_raster import write_probability


@pytest.fixture
def probability(scene, tmp_path):
    """An empty raster of probabilities over the scene."""
    import numpy as np
    import rasterio

    from rrsis_geo.scene.grid import Grid
    from rrsis_geo.types import Strip

    with rasterio.open(scene) as data:
        grid = Grid(data.transform, data.crs, data.width, data.height)
    strip = Strip(top=0, levels=np.zeros((1, grid.height, grid.width), np.uint8))
    path = tmp_path / "probability.tif"
    write_probability([strip], path, grid=grid, expressions=["bright"], tags={})
    return str(path)


@pytest.mark.parametrize("turn", range(3))
def test_first_jobs_load_the_same_libraries_side_by_side(
    start, probability, tmp_path, turn
):
    task = VectorizeJob(
        probability=probability, output=str(tmp_path / "again.gpkg"), overwrite=True
    )
    worker = start()
    worker.send(
        Weights(job=1),
        Explain(job=2, expressions=("the largest tank",)),
        Vectorize(job=3, task=task.to_mapping()),
    )

    ends = {}
    while len(ends) < 3:
        message = worker.next()
        if isinstance(message, Finished | Failed | Report):
            ends[message.job] = type(message)

    assert ends == {1: Report, 2: Report, 3: Finished}, worker.log()
    assert worker.end() == 0
