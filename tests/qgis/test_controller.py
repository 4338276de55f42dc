import sys
from pathlib import Path

import pytest
from rrsis_geo_qgis.core.job import SegmentJob, VectorizeJob
from rrsis_geo_qgis.worker.controller import Controller, State
from rrsis_geo_qgis.worker.worker_client import WorkerClient

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")
PLUGIN = str(Path(sys.modules["rrsis_geo_qgis"].__file__).parents[1])
JOB = SegmentJob(scene="scene.tif", expressions=("tank",))


@pytest.fixture
def controlled(qtbot):
    """A factory of controllers of a fake worker that record their signals."""
    made = []

    def make(behaviour, **settings):
        def client(program):
            arguments = ["-u", str(FAKE_WORKER), behaviour, PLUGIN]
            return WorkerClient(program, arguments, **settings)

        controller = Controller(lambda: sys.executable, make_client=client)
        controller.states, controller.ends = [], []
        controller.state_changed.connect(controller.states.append)
        controller.finished.connect(lambda job, done: controller.ends.append(job))
        controller.failed.connect(
            lambda job, cancelled, text: controller.ends.append((cancelled, text))
        )
        made.append(controller)
        return controller

    yield make
    for controller in made:
        controller.close()


def test_jobs_follow_one_another_on_one_worker(controlled, until):
    controller = controlled("is quick")
    again = VectorizeJob(probability="p.tif", output="o.gpkg")
    pids = set()

    for number, job in enumerate((JOB, again, JOB), 1):
        assert controller.run(job)
        until(lambda: len(controller.ends) == number)  # noqa: B023 - waited for
        pids.add(controller.pid)

    assert controller.ends == [JOB, again, JOB]
    assert len(pids) == 1
    assert controller.states == [State.STARTING, State.IDLE] * 3


def test_a_second_job_is_refused_while_one_runs(controlled, until):
    controller = controlled("ignores everything")

    assert controller.run(JOB)
    assert not controller.run(JOB)
    assert controller.state is State.STARTING
    assert controller.ends == []


def test_cancel_ends_in_one_answer(controlled, until):
    controller = controlled("waits for a cancel")
    controller.run(JOB)
    controller.cancel()
    controller.cancel()

    until(lambda: controller.ends)

    assert controller.ends == [(True, "Cancelled.")]
    assert controller.states == [State.STARTING, State.CANCELLING, State.IDLE]


def test_the_reason_for_cancelling_is_shown_to_the_user(controlled, until):
    controller = controlled("waits for a cancel")
    controller.run(JOB)
    controller.cancel("The project was closed.")

    until(lambda: controller.ends)

    assert controller.ends == [(True, "The project was closed.")]


def test_a_stubborn_worker_is_killed_and_the_next_job_gets_a_new_one(controlled, until):
    controller = controlled("ignores everything", stop_timeout=200)
    controller.run(JOB)
    until(lambda: controller.pid)
    first = controller.pid
    controller.cancel()
    until(lambda: controller.ends)
    assert controller.ends == [(True, "Cancelled.")]

    assert controller.run(JOB)
    until(lambda: controller.pid)

    assert controller.pid != first


def test_a_worker_that_dies_is_one_failure(controlled, until):
    controller = controlled("dies of a job")
    controller.run(JOB)

    until(lambda: controller.ends)

    ((cancelled, text),) = controller.ends
    assert not cancelled
    assert "ended unexpectedly" in text
    assert controller.state is State.IDLE


def test_without_an_environment_a_job_fails_at_once(qtbot):
    controller = Controller(lambda: None)
    ends = []
    controller.failed.connect(lambda job, cancelled, text: ends.append(text))

    controller.run(JOB)

    assert ends == ["No environment is set up yet: it holds the network and its tools."]
    assert controller.state is State.IDLE


def test_a_slot_may_start_the_next_job(controlled, until):
    controller = controlled("is quick")
    controller.finished.connect(
        lambda job, done: len(controller.ends) < 3 and controller.run(JOB)
    )
    controller.run(JOB)

    until(lambda: len(controller.ends) == 3)

    assert controller.state is State.IDLE


def test_closing_while_it_runs_leaves_no_process(controlled, until, alive):
    controller = controlled("ignores everything")
    controller.run(JOB)
    until(lambda: controller.pid)
    pid = controller.pid

    controller.close()

    assert not alive(pid)
    assert controller.state is State.IDLE
