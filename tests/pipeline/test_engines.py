"""Results do not depend on batches, shards or engines, byte for byte."""

import os
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from brightness import (
    OVERLAP,
    SIZE,
    Context,
    Failing,
    make_job,
    result_bytes,
    write_scene,
)
from hypothesis import given
from hypothesis import strategies as st

from rrsis_geo.errors import Cancelled, EngineError, OptionError
from rrsis_geo.pipeline import runner as pipeline
from rrsis_geo.pipeline import scheduling
from rrsis_geo.pipeline.engines import open_engine
from rrsis_geo.pipeline.engines.local import ProcessEngine, SerialEngine
from rrsis_geo.pipeline.runner import run
from rrsis_geo.pipeline.scheduling import balanced
from rrsis_geo.protocol import Progress
from rrsis_geo.tiling.windows import plan_windows, shard_rows


@pytest.fixture
def plain(scene, tmp_path):
    """Bytes and result of a run with one worker and batches of one."""
    job = make_job(scene, tmp_path, name="plain", expressions=("bright", "dark"))
    found = run(job, predictor=Context(2))
    return result_bytes(job), found


@pytest.mark.parametrize("batch_size", [2, 5, 100])
def test_the_batch_size_does_not_change_the_result(scene, tmp_path, plain, batch_size):
    folder = tmp_path / "again"
    folder.mkdir()
    job = make_job(
        scene,
        folder,
        name="plain",
        expressions=("bright", "dark"),
        batch_size=batch_size,
    )
    found = run(job, predictor=Context(2))
    assert result_bytes(job) == plain[0]
    assert found.counts == plain[1].counts


class ReversedEngine(SerialEngine):
    """Runs shards serially in reverse order, because any order is allowed."""

    def __init__(self, *, workers=1):
        super().__init__()

    def map(self, work, items):
        return super().map(work, list(items)[::-1])


@pytest.mark.parametrize("workers", [1, 2, 3, 6, 50])
def test_shards_do_not_change_the_result(scene, tmp_path, plain, workers, monkeypatch):
    monkeypatch.setattr(pipeline, "open_engine", lambda name, workers: ReversedEngine())
    monkeypatch.setattr(scheduling, "POLL", 0.01)
    folder = tmp_path / "again"
    folder.mkdir()
    messages = []
    job = make_job(
        scene,
        folder,
        name="plain",
        expressions=("bright", "dark"),
        engine="processes",
        workers=workers,
    )
    found = run(job, predictor=Context(2), report=messages.append)
    assert result_bytes(job) == plain[0]
    assert found.counts == plain[1].counts
    steps = [message for message in messages if isinstance(message, Progress)]
    assert steps[-1].done == steps[-1].total == 36


def test_processes_do_not_change_the_result(scene, tmp_path, plain, leftovers):
    folder = tmp_path / "again"
    folder.mkdir()
    job = make_job(
        scene,
        folder,
        name="plain",
        expressions=("bright", "dark"),
        engine="processes",
        workers=2,
    )
    found = run(job, predictor=Context(2))
    assert result_bytes(job) == plain[0]
    assert found.counts == plain[1].counts
    assert leftovers() == []


def test_a_failure_in_one_process_fails_the_run(tmp_path):
    pixels = np.full((3, 260, 300), 100, np.uint8)
    pixels[:, 250, 250] = 13
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels)
    job = make_job(scene, tmp_path, engine="processes", workers=2)
    with pytest.raises(RuntimeError, match="the network broke down"):
        run(job, predictor=Failing())
    assert not Path(job.output).exists()


def test_a_run_with_processes_can_be_cancelled(scene, tmp_path):
    job = make_job(scene, tmp_path, engine="processes", workers=2)
    done = []

    def report(message):
        if isinstance(message, Progress):
            done.append(message.done)

    with pytest.raises(Cancelled):
        run(
            job,
            predictor=Context(pause=0.02),
            report=report,
            cancelled=lambda: bool(done),
        )
    assert not Path(job.output).exists()
    assert done[-1] < 36


def test_a_predictor_that_cannot_be_pickled_is_refused(scene, tmp_path):
    job = make_job(scene, tmp_path, engine="processes", workers=2)
    with pytest.raises(EngineError, match="cannot cross"):
        run(job, predictor=lambda pixels: pixels)


def test_the_serial_engine_has_one_worker(scene, tmp_path):
    with pytest.raises(OptionError, match="--engine processes"):
        make_job(scene, tmp_path, engine="serial", workers=2)
    with pytest.raises(EngineError, match="use engine 'processes'"):
        open_engine("serial", workers=2)


def test_an_unknown_engine_is_refused_with_a_list_of_engines():
    with pytest.raises(EngineError, match="serial, processes, ray"):
        open_engine("dask")


def test_a_missing_engine_is_refused_with_the_pip_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "rrsis_geo.pipeline.engines.ray", raising=False)
    with pytest.raises(EngineError, match=r"pip install 'rrsis-geo\[ray\]'"):
        open_engine("ray")


def test_processes_yield_every_result_once():
    engine = ProcessEngine(workers=2)
    assert sorted(engine.map(abs, [-3, 2, -1])) == [1, 2, 3]


def test_a_process_that_dies_is_an_engine_error():
    with pytest.raises(EngineError, match="a worker process ended with exit code 1"):
        list(ProcessEngine(workers=1).map(os._exit, [1]))


def test_ray_gives_the_same_bytes(scene, tmp_path, plain, monkeypatch):
    pytest.importorskip("ray", reason="an extra: pip install 'rrsis-geo[ray]'")
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))  # for Ray's workers
    folder = tmp_path / "again"
    folder.mkdir()
    job = make_job(
        scene,
        folder,
        name="plain",
        expressions=("bright", "dark"),
        engine="ray",
        workers=2,
    )
    run(job, predictor=Context(2))
    assert result_bytes(job) == plain[0]


@given(
    height=st.integers(1, 1000),
    count=st.integers(1, 12),
    cuts=st.lists(st.integers(0, 1000), max_size=6),
    first=st.integers(0, 500),
)
def test_balanced_shards_cover_the_gaps_once_and_evenly(height, count, cuts, first):
    edges = sorted({min(cut, height) for cut in cuts})
    gaps = [range(top, stop) for top, stop in list(pairwise(edges))[::2]]
    gaps = gaps or [range(height)]
    windows = plan_windows(100, height, size=SIZE, overlap=OVERLAP)
    windows = [window for window in windows if window.row_off >= first]  # an AOI
    slices = shard_rows(height, size=SIZE, overlap=OVERLAP, count=height)
    parts = balanced(gaps, windows, slices, count=count)

    rows = [row for part in parts for row in part]
    assert rows == [row for gap in gaps for row in gap]
    loads = [sum(window.row_off in part for window in windows) for part in parts]
    heaviest = max(sum(window.row_off in part for window in windows) for part in slices)
    assert max(loads) <= sum(loads) / count + heaviest
    assert len(parts) <= count + len(gaps)
