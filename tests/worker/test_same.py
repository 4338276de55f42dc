"""Worker, command line and Python give the same results; the network is kept."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import MAX_ROWS, Finished, Partial, Segment
from rrsis_geo.synthetic import write_scene
from rrsis_geo.types import Polygons
from rrsis_geo.worker.partial_results import MAX_VERTICES, partials
from rrsis_geo_cli.main import main

LOADED, KEPT = "loaded default on cpu", "default is still loaded on cpu"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A drawn scene with objects that the default weights find."""
    folder = tmp_path_factory.mktemp("drawn")
    write_scene(
        folder / "scene.tif", folder / "labels.geojson", 1, width=450, height=400
    )
    return str(folder / "scene.tif")


def files(job):
    return [Path(path).read_bytes() for path in (job.output, job.probability)]


def as_rows(partial):
    for row in partial.rows:
        shape = shapely.from_wkb(bytes.fromhex(row["wkb"]))
        yield shapely.normalize(shape).wkb, *list(row.values())[1:]


def test_worker_python_and_command_line_give_one_result(start, job, drawn):
    def make_job(folder, *expressions):
        # without kept answers, so that every job needs the network
        small = {"window_size": 256, "overlap": 32, "overviews": 2}
        small |= {"device": "cpu", "cache": False}
        made = job(folder, expressions, resolve="auto", **small)
        return replace(made, scene=drawn)

    texts = ("storage tank", "building")
    worker = start()
    first, again = make_job("worker", *texts), make_job("again", *texts)
    worker.send(
        Segment(job=1, task=first.to_mapping()),
        Segment(job=2, task=make_job("other", "road").to_mapping()),
        Segment(job=3, task=again.to_mapping()),
    )
    messages = worker.answer(3)

    finished = {
        message.job: message for message in messages if isinstance(message, Finished)
    }
    assert set(finished) == {1, 2, 3}
    assert finished[1].polygons >= 3
    log = worker.log()
    assert (log.count(LOADED), log.count(KEPT)) == (1, 2)
    assert files(first) == files(again)

    here = make_job("python", *texts)
    result = run(here)
    assert files(here) == files(first)

    there = make_job("command", *texts)
    words = ["segment", drawn, "-e", texts[0], "-e", texts[1], "-o", there.output]
    words += ["--probability", there.probability, "--device", "cpu"]
    words += ["--window-size", "256", "--overlap", "32"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert files(there) == files(first)

    parts = [
        message
        for message in messages
        if isinstance(message, Partial) and message.job == 1
    ]
    # what is found by the way has the network's score, and the choice comes at the end
    rows = [(shape, text) for part in parts for shape, text, *_ in as_rows(part)]
    final = zip(
        shapely.to_wkb(shapely.normalize(result.polygons.geometry)),
        result.polygons.columns["expression"].tolist(),
        strict=True,
    )
    assert len(rows) == len(set(rows))
    assert set(rows) >= set(final)
    assert {part.crs for part in parts} == {result.polygons.crs}
    assert len(pyogrio.read_dataframe(first.output)) == finished[1].polygons


def test_weights_that_changed_on_disk_are_loaded_anew(start, job, tmp_path):
    path = tmp_path / "own.safetensors"
    weights = read_header("default")
    shutil.copy(weights.path, path)
    if weights.text_path is not None:
        shutil.copy(weights.text_path, tmp_path)
    task = replace(job(device="cpu", cache=False), weights=str(path)).to_mapping()
    worker = start()
    worker.send(Segment(job=1, task=task), Segment(job=2, task=task))
    assert isinstance(worker.answer(2)[-1], Finished)
    assert (worker.log().count(LOADED), worker.log().count(KEPT)) == (1, 1)

    whole = path.read_bytes()
    path.write_bytes(whole[:-4] + bytes(4))
    worker.send(Segment(job=3, task=task))
    assert isinstance(worker.answer(3)[-1], Finished)
    assert (worker.log().count(LOADED), worker.log().count(KEPT)) == (2, 1)

    path.write_bytes(whole[:-1])
    worker.send(Segment(job=4, task=task))
    assert worker.answer(4)[-1].code == "weights"


def test_a_second_question_about_the_same_things_loads_no_network(start, job):
    worker = start()
    first, again = (
        replace(job(name, ("building",)), probability=None)
        for name in ("first", "again")
    )
    worker.send(Segment(job=1, task=first.to_mapping()))
    assert isinstance(worker.answer(1)[-1], Finished)
    worker.send(Segment(job=2, task=again.to_mapping()))
    assert isinstance(worker.answer(2)[-1], Finished)
    assert (worker.log().count(LOADED), worker.log().count(KEPT)) == (1, 0)
    assert Path(first.output).read_bytes() == Path(again.output).read_bytes()


@pytest.mark.parametrize("count", [0, 1, MAX_ROWS, MAX_ROWS + 1, 3 * MAX_ROWS])
def test_many_polygons_come_in_several_messages(count):
    boxes = shapely.box(range(count), 0, [place + 1 for place in range(count)], 1)
    sent = list(partials(polygons_of(boxes), job=4))

    assert all(0 < len(part.rows) <= MAX_ROWS and part.job == 4 for part in sent)
    rows = [row for part in sent for row in part.rows]
    assert [row["wkb"] for row in rows] == list(shapely.to_wkb(boxes, hex=True))
    assert [row["score"] for row in rows] == [0.5] * count


def test_a_giant_outline_is_left_to_the_file_at_the_end():
    giant = shapely.Point(0, 0).buffer(1, quad_segs=MAX_VERTICES)
    small = shapely.box(0, 0, 1, 1)
    (sent,) = partials(polygons_of([giant, small]), job=1)
    assert [row["wkb"] for row in sent.rows] == [shapely.to_wkb(small, hex=True)]


def polygons_of(shapes):
    shapes = np.array(shapes, np.object_)
    columns = {
        "expression": np.full(len(shapes), "a", np.object_),
        "score": np.full(len(shapes), 0.5, np.float32),
        "area_m2": np.ones(len(shapes)),
    }
    return Polygons(geometry=shapes, crs=None, columns=columns)
