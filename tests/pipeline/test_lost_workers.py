"""A killed worker is replaced; a run that gives up says why and goes on later."""

import os
import sys
import types
from collections import Counter, deque
from pathlib import Path

import pytest
from brightness import make_job, result_bytes
from lost_work import (
    Counted,
    Killed,
    end_with,
    fail,
    kill_or_return,
    unpicklable_error,
)

from rrsis_geo.errors import EngineError
from rrsis_geo.pipeline.engines import open_engine
from rrsis_geo.pipeline.engines.local import ProcessEngine
from rrsis_geo.pipeline.engines.lost_items import (
    TRIES,
    LostItems,
    describe_end,
    way_out,
)
from rrsis_geo.pipeline.journal import working_folder
from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import Advice, Progress

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills by a signal")


def test_a_killed_item_is_tried_again_and_the_others_go_on(tmp_path):
    engine = ProcessEngine(workers=2)
    items = [(str(tmp_path), times, value) for value, times in enumerate((0, 2, 0, 1))]

    assert sorted(engine.map(kill_or_return, items)) == [0, 1, 2, 3]

    assert len(engine.notes) == 3
    assert all("killed (SIGKILL)" in note for note in engine.notes)
    assert engine.notes[-1].endswith("with 1 worker")


def test_an_item_that_is_always_lost_ends_with_advice(tmp_path):
    engine = ProcessEngine(workers=1)
    with pytest.raises(
        EngineError, match=rf"SIGKILL\), {TRIES} times.*--workers.*same"
    ):
        list(engine.map(kill_or_return, [(str(tmp_path), 99, 0)]))
    assert len(list(tmp_path.iterdir())) == TRIES


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_process_that_ends_by_itself_is_not_tried_again(code):
    with pytest.raises(EngineError, match=f"exit code {code} .*--engine serial"):
        list(ProcessEngine(workers=2).map(end_with, [code]))


def test_an_error_of_the_work_crosses_as_it_is():
    with pytest.raises(ValueError, match="no item"):
        list(ProcessEngine(workers=2).map(fail, ["item"]))


def test_an_error_that_cannot_cross_is_named():
    with pytest.raises(EngineError, match="Local: cannot leave"):
        list(ProcessEngine(workers=1).map(unpicklable_error, [1]))


@pytest.mark.parametrize(
    ("code", "words", "advice"),
    [
        (-9, "was killed (SIGKILL)", "fewer --workers"),
        (-15, "was killed (SIGTERM)", "fewer --workers"),
        (-11, "crashed (SIGSEGV)", "rrsis-geo doctor"),
        (-6, "crashed (SIGABRT)", "rrsis-geo doctor"),
        (-250, "crashed (signal 250)", "rrsis-geo doctor"),
    ],
)
def test_the_advice_follows_from_how_the_process_ended(code, words, advice):
    assert describe_end(code) == words
    assert advice in way_out(code)


def test_losses_are_counted_for_each_item():
    notes = deque()
    lost = LostItems(notes)
    for number in (1, 2, 1, 2):
        lost.add(number, -9, workers=1)
    assert len(notes) == 4
    with pytest.raises(EngineError):
        lost.add(1, -9, workers=1)


@pytest.mark.parametrize("times", [1, 2])
def test_a_run_survives_killed_workers_with_the_same_bytes(scene, tmp_path, times):
    plain = make_job(scene, tmp_path, name="found")
    run(plain, predictor=Killed(tmp_path, times=0))
    wanted = result_bytes(plain)
    folder = tmp_path / "again"
    folder.mkdir()
    job = make_job(scene, folder, name="found", workers=2)
    messages = []

    found = run(
        job, predictor=Killed(folder, times=times, window=8), report=messages.append
    )

    assert result_bytes(job) == wanted
    assert found.counts.resumed == 0
    notes = [item.message for item in messages if isinstance(item, Advice)]
    assert sum("tried again" in note for note in notes) == times
    steps = [item for item in messages if isinstance(item, Progress)]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total == 36


def test_a_run_that_gives_up_keeps_its_journal_and_goes_on(scene, tmp_path):
    job = make_job(scene, tmp_path, workers=2)
    with pytest.raises(EngineError, match="the same command continues"):
        run(job, predictor=Killed(tmp_path, times=TRIES * 4, window=13))
    assert working_folder(job.output).exists()
    assert not Path(job.output).exists()

    assert run(job, predictor=Killed(tmp_path, times=0)).counts.resumed > 0


def test_a_lost_shard_keeps_the_rows_that_it_had_settled(scene, tmp_path):
    """The second try predicts only what the first had not settled."""
    job = make_job(scene, tmp_path, engine="processes", workers=1)
    run(job, predictor=Counted(tmp_path, times=1, window=20))
    predicted = (tmp_path / "windows").stat().st_size
    assert 36 < predicted < 36 + 19


class Ray(types.ModuleType):
    """Stands for Ray, an extra: a task is lost as often as its item says."""

    class exceptions:
        """Ray's errors, as far as the engine tells them apart."""

        class RayError(Exception):
            """Whatever Ray itself fails of."""

        class RayTaskError(RayError):
            """An error of the work."""

            def __init__(self, cause):
                super().__init__("task failed")
                self.cause = cause

    def __init__(self):
        super().__init__("ray")
        self.tries = Counter()

    def is_initialized(self):
        return True

    def cluster_resources(self):
        return {}

    def remote(self, work):
        task = types.SimpleNamespace(remote=lambda item: (work, item))
        task.options = lambda **_: task
        return task

    def wait(self, running, num_returns):
        return running[-num_returns:], running[:-num_returns]

    def get(self, reference):
        work, (losses, value) = reference
        self.tries[value] += 1
        if self.tries[value] <= losses:
            raise self.exceptions.RayError("the node died")
        try:
            return work(value)
        except ValueError as error:
            raise self.exceptions.RayTaskError(error) from error

    def cancel(self, reference):
        pass


@pytest.fixture
def ray_engine(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", Ray())
    monkeypatch.delitem(sys.modules, "rrsis_geo.pipeline.engines.ray", raising=False)
    yield open_engine("ray", workers=2)
    sys.modules.pop("rrsis_geo.pipeline.engines.ray", None)


def test_rows_that_ray_loses_are_tried_again(ray_engine):
    items = [(0, 1), (TRIES - 1, 2), (1, 3)]
    assert sorted(ray_engine.map(abs, items)) == [1, 2, 3]
    assert len(ray_engine.notes) == TRIES
    assert all("the node died" in note for note in ray_engine.notes)


def test_rows_that_ray_always_loses_end_with_advice(ray_engine):
    with pytest.raises(EngineError, match=rf"same rows {TRIES} times: the node died;"):
        list(ray_engine.map(abs, [(TRIES, 1)]))


def test_an_error_of_the_work_crosses_ray_as_it_is(ray_engine):
    with pytest.raises(ValueError, match="no 1"):
        list(ray_engine.map(fail, [(0, 1)]))
