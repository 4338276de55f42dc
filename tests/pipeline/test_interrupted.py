"""Killed, cancelled and resumed runs: no partial files, the same bytes."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from brightness import Bright, Context, make_job, result_bytes, write_scene

from rrsis_geo.errors import Cancelled, OutputError
from rrsis_geo.pipeline.journal import Journal, working_folder
from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import Progress

SCRIPT = Path(__file__).with_name("killed_run.py")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def plain(scene, tmp_path):
    """Bytes of an uninterrupted run."""
    folder = tmp_path / "plain"
    folder.mkdir()
    job = make_job(scene, folder)
    run(job, predictor=Context())
    return result_bytes(job)


def start(scene, folder, engine):
    paths = os.pathsep.join([str(ROOT), str(SCRIPT.parent)])
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(scene), str(folder), engine],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
        text=True,
    )


@pytest.mark.parametrize("engine", ["serial", "processes"])
@pytest.mark.parametrize("old", [None, b"the old result"], ids=["fresh", "over old"])
def test_a_killed_run_leaves_no_partial_files_and_can_be_resumed(
    scene, tmp_path, plain, engine, old
):
    rng = random.Random(f"{engine}{old}")
    folder = tmp_path / "killed"
    folder.mkdir()
    job = make_job(scene, folder, overwrite=True)
    if old is not None:
        for path in (job.output, job.probability):
            Path(path).write_bytes(old)
    before = [Path(path).exists() and old for path in (job.output, job.probability)]
    interrupted = 0
    for _ in range(2):
        with start(scene, folder, engine) as killed:
            for _ in range(rng.randint(1, 5)):
                killed.stdout.readline()
            time.sleep(rng.random() * 0.05)
            killed.send_signal(signal.SIGKILL)
        after = [
            Path(path).exists() and Path(path).read_bytes()
            for path in (job.output, job.probability)
        ]
        for now, then, whole in zip(after, before, plain, strict=True):
            assert now in (then, whole)
        interrupted += after == before
    assert interrupted

    run(job, predictor=Context())
    assert result_bytes(job) == plain
    assert sorted(path.name for path in folder.iterdir()) == [
        "found.gpkg",
        "found.run.json",
        "found.tif",
    ]


@pytest.mark.parametrize("after", [1, 13, 20, 35])
def test_a_cancelled_run_is_resumed_where_it_stopped(scene, tmp_path, plain, after):
    job = make_job(scene, tmp_path)
    done = []
    predicted = []

    class Counting(Context):
        def __call__(self, pixels):
            predicted.append(len(pixels))
            return super().__call__(pixels)

    Counting.__qualname__ = Context.__qualname__  # the fingerprint holds this name

    def report(message):
        if isinstance(message, Progress):
            done.append(message.done)

    def cancelled():
        return bool(done) and done[-1] >= after

    with pytest.raises(Cancelled, match="stopped"):
        run(job, predictor=Counting(), report=report, cancelled=cancelled)
    assert not Path(job.output).exists()
    assert not Path(job.probability).exists()

    before = sum(predicted)
    found = run(job, predictor=Counting())
    assert result_bytes(job) == plain
    # repeated: only windows in rows that were not complete, at most three rows of six
    repeated = sum(predicted) - found.counts.windows
    assert 0 <= repeated <= 18
    assert sum(predicted) - before <= found.counts.windows
    assert (found.counts.resumed > 0) == (after > 12)
    assert not working_folder(job.output).exists()


def test_a_run_may_be_resumed_with_another_engine_and_threshold(scene, tmp_path):
    whole = make_job(scene, tmp_path, name="whole", threshold=0.3, batch_size=3)
    run(whole, predictor=Context())
    done = []
    job = make_job(scene, tmp_path, name="part")
    with pytest.raises(Cancelled):
        run(
            job,
            predictor=Context(),
            report=done.append,
            cancelled=lambda: len(done) > 20,
        )
    options = replace(
        whole.options, engine="processes", workers=2, threshold=0.3, batch_size=3
    )
    found = run(replace(job, options=options), predictor=Context())
    assert found.counts.resumed > 0
    assert Path(job.probability).read_bytes() == Path(whole.probability).read_bytes()


@pytest.mark.parametrize("change", ["scene", "weights", "options", "forget"])
def test_a_different_job_starts_from_the_beginning(scene, tmp_path, change):
    done = []
    job = make_job(scene, tmp_path)
    with pytest.raises(Cancelled):
        run(
            job,
            predictor=Context(),
            report=done.append,
            cancelled=lambda: len(done) > 20,
        )
    assert working_folder(job.output).exists()
    predictor = Context()
    if change == "scene":
        write_scene(scene, seed=1)
    elif change == "weights":
        predictor = Bright()
    elif change == "options":
        job = replace(job, options=replace(job.options, overlap=20))
    found = run(job, predictor=predictor, resume=change != "forget")
    assert found.counts.resumed == 0
    folder = tmp_path / "anew"
    folder.mkdir()
    fresh = replace(
        job, output=str(folder / "found.gpkg"), probability=str(folder / "found.tif")
    )
    run(fresh, predictor=predictor)
    assert result_bytes(job) == result_bytes(fresh)


def test_a_complete_journal_needs_no_predictions(scene, tmp_path, plain, monkeypatch):
    job = make_job(scene, tmp_path)
    broken = OutputError("the disk is full")

    def fail(*args, **kwargs):
        raise broken

    with monkeypatch.context() as patched:
        patched.setattr("rrsis_geo.pipeline.output_paths.write_polygons", fail)
        with pytest.raises(OutputError):
            run(job, predictor=Context())
    # this run has written the raster before it failed, so it may be replaced
    assert Path(job.probability).exists()

    class Never(Bright):
        def __call__(self, pixels):
            raise AssertionError("predicted again")

    Never.__qualname__ = Context.__qualname__
    found = run(job, predictor=Never())
    assert result_bytes(job) == plain
    assert found.counts.resumed == found.counts.windows


def test_ctrl_c_names_the_working_folder_to_resume_from(scene, tmp_path):
    job = make_job(scene, tmp_path)
    done = []

    def report(message):
        done.append(message)
        if len(done) > 20:
            raise KeyboardInterrupt

    with pytest.raises(Cancelled, match=r"continues from .*found\.gpkg\.rrsis-part"):
        run(job, predictor=Context(), report=report)
    assert not Path(job.output).exists()


def test_cancelling_before_the_first_rows_leaves_nothing(scene, tmp_path, leftovers):
    job = make_job(scene, tmp_path)
    with pytest.raises(Cancelled, match="nothing was written"):
        run(job, predictor=Context(), cancelled=lambda: True)
    assert leftovers() == []


def test_two_runs_cannot_write_the_same_output(scene, tmp_path):
    job = make_job(scene, tmp_path)
    with (
        Journal.open(job.output, {"another": "run"}),
        pytest.raises(OutputError, match="another run"),
    ):
        run(job, predictor=Context())
    run(job, predictor=Context())


@pytest.mark.skipif(
    not hasattr(signal, "SIGXFSZ"), reason="needs a limit on the size of files"
)
@pytest.mark.parametrize("limit", [500, 20_000])
def test_a_full_disk_is_one_clear_error(scene, tmp_path, plain, limit):
    """500 bytes are too few for a strip, 20,000 for the vector file."""
    job = make_job(scene, tmp_path, probability=None)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(OutputError):
            run(job, predictor=Context())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not Path(job.output).exists()
    run(job, predictor=Context())
    assert result_bytes(job) == plain[:1]


def test_a_missing_or_read_only_folder_is_refused_before_any_work(scene, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):  # root may write everywhere
        folder = Path("/proc/self")
    job = make_job(scene, folder)
    with pytest.raises(OutputError, match=r"found\.gpkg"):
        run(job, predictor=None)
