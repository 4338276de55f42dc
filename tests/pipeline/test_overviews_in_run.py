"""Scenes that are looked at again at half their resolution."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from brightness import (
    OVERLAP,
    SIZE,
    Bright,
    Context,
    make_job,
    result_bytes,
    write_scene,
)
from test_engines import ReversedEngine

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.pipeline import runner as pipeline
from rrsis_geo.pipeline import scheduling
from rrsis_geo.pipeline.runner import run
from rrsis_geo.tiling.windows import count_windows


@pytest.fixture(autouse=True)
def trained(monkeypatch):
    """Networks that are passed in know 0.1 to 3 m per pixel."""
    facts = pipeline.weights_facts

    def of(*args):
        return replace(facts(*args), gsd_range=(0.1, 3.0))

    monkeypatch.setattr(pipeline, "weights_facts", of)


class OnlySmall(Bright):
    """Predict brightness, but nothing in windows that are bright for the most part."""

    def __call__(self, pixels):
        answer = super().__call__(pixels)
        answer[answer.mean(axis=(1, 2, 3)) > 0.6] = 0
        return answer


class Counting(Context):
    """Counts the windows it is given."""

    windows = 0

    def __call__(self, pixels):
        self.windows += len(pixels)
        return super().__call__(pixels)


def levels_of(job):
    with rasterio.open(job.probability) as file:
        return file.read()


def test_what_is_larger_than_a_window_is_one_polygon(tmp_path):
    pixels = np.full((3, 256, 256), 60, np.uint8)
    pixels[:, 80:190, 70:180] = 250  # no window shows an edge of the middle
    scene = write_scene(tmp_path / "scene.tif", pixels=pixels)
    found = {}
    for count in (0, 1, 2):
        job = make_job(scene, tmp_path, name=f"found{count}", overviews=count)
        run(job, predictor=OnlySmall())
        found[count] = levels_of(job)[0] > 127
    wanted = np.zeros((256, 256), bool)
    wanted[80:190, 70:180] = True

    def overlap(one):
        return (one & wanted).sum() / (one | wanted).sum()

    assert overlap(found[0]) < 0.6
    assert overlap(found[1]) > 0.95
    assert overlap(found[2]) > 0.95


@pytest.mark.parametrize("workers", [1, 3, 50])
def test_shards_do_not_change_the_result(scene, tmp_path, workers, monkeypatch):
    plain = make_job(scene, tmp_path, name="plain", overviews=2)
    run(plain, predictor=Context())
    monkeypatch.setattr(pipeline, "open_engine", lambda name, workers: ReversedEngine())
    monkeypatch.setattr(scheduling, "POLL", 0.01)
    folder = tmp_path / "again"
    folder.mkdir()
    job = make_job(
        scene, folder, name="plain", overviews=2, engine="processes", workers=workers
    )
    run(job, predictor=Context())
    assert result_bytes(job) == result_bytes(plain)


@pytest.mark.parametrize("batch_size", [2, 7])
def test_the_batch_size_does_not_change_the_result(scene, tmp_path, batch_size):
    plain, job = (
        make_job(scene, tmp_path, name=f"b{size}", overviews=2, batch_size=size)
        for size in (1, batch_size)
    )
    for one in (plain, job):
        run(one, predictor=Context())
    assert np.array_equal(levels_of(job), levels_of(plain))


def test_an_area_gives_the_crop_of_the_whole(scene, tmp_path):
    whole = make_job(scene, tmp_path, name="whole", overviews=2)
    run(whole, predictor=Context())
    left, top, width, height = 90, 70, 61, 83
    box = (
        500_000 + 0.5 * left,
        5_000_000 - 0.5 * (top + height),
        500_000 + 0.5 * (left + width),
        5_000_000 - 0.5 * top,
    )
    part = make_job(scene, tmp_path, name="part", overviews=2, bbox=box)
    counting = Counting()
    run(part, predictor=counting)
    inside = np.s_[0, top : top + height, left : left + width]
    assert np.array_equal(levels_of(part)[inside], levels_of(whole)[inside])
    everywhere = Counting()
    run(replace(whole, overwrite=True), predictor=everywhere)
    assert counting.windows < everywhere.windows / 2


def test_an_interrupted_run_ends_with_the_same_bytes(scene, tmp_path):
    plain = make_job(scene, tmp_path, name="found", overviews=1)
    run(plain, predictor=Context())
    wanted = result_bytes(plain)
    job = replace(plain, overwrite=True)
    calls = []

    def stop():
        calls.append(1)
        return len(calls) == 20

    with pytest.raises(pipeline.Cancelled):
        run(job, predictor=Context(), cancelled=stop)
    again = run(job, predictor=Context())
    assert again.counts.resumed
    assert result_bytes(job) == wanted


def test_only_what_is_trained_for_is_looked_at(scene, tmp_path):
    windows = {}
    for count in (0, 1, 2, 8):
        counting = Counting()
        job = make_job(scene, tmp_path, name=f"w{count}", overviews=count)
        run(job, predictor=counting)
        windows[count] = counting.windows
    for count, sides in ((1, (150, 130)), (2, (75, 65))):
        more = count_windows(*sides, size=SIZE, overlap=OVERLAP)
        skipped = more - (windows[count] - windows[count - 1])
        assert 0 <= skipped <= 1  # a corner without data
    # 0.5 m, 1 m, 2 m; of 2 m a window shows 75 of 64 pixels, and 4 m is too coarse
    assert windows[8] == windows[2]


@pytest.mark.parametrize("value", [-1, 9, 1.5, True])
def test_other_numbers_are_refused(value):
    with pytest.raises(OptionError, match="overviews"):
        SegmentOptions(overviews=value)
