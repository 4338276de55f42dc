import os
import sys
from pathlib import Path

import pytest
from rrsis_geo_qgis.core.job import SegmentJob
from rrsis_geo_qgis.core.protocol import (
    Failed,
    Finished,
    Ready,
    Report,
    Segment,
    Weights,
)
from rrsis_geo_qgis.worker.worker_client import WorkerClient

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")
PLUGIN = str(Path(sys.modules["rrsis_geo_qgis"].__file__).parents[1])
TASK = SegmentJob(scene="scene.tif", expressions=("tank",)).to_mapping()


@pytest.fixture
def start(qtbot):
    """A factory of clients of a fake worker that record their signals."""
    clients = []

    def make(behaviour, **settings):
        client = WorkerClient(
            sys.executable, ["-u", str(FAKE_WORKER), behaviour, PLUGIN], **settings
        )
        client.messages, client.log_lines, client.ends, client.silences = [], [], [], []
        client.received.connect(client.messages.append)
        client.log_line.connect(client.log_lines.append)
        client.stopped.connect(client.ends.append)
        client.silent.connect(client.silences.append)
        clients.append(client)
        client.start()
        return client

    yield make
    for client in clients:
        client.close()


def test_messages_sent_before_the_worker_is_ready_arrive(start, until):
    client = start("is quick")
    client.send(Segment(job=1, task=TASK))

    until(lambda: len(client.messages) == 2)

    ready, finished = client.messages
    assert isinstance(ready, Ready)
    assert finished == Finished(3, ("file",), 0.1, job=1)


def test_what_libraries_print_is_shown_and_hurts_nothing(start, until):
    client = start("is quick")

    until(lambda: len(client.log_lines) >= 2)

    assert set(client.log_lines) == {"a library says hello", "a warning"}
    assert client.log == "a warning"


def test_a_cancelled_job_ends_and_the_worker_stays(start, until):
    client = start("waits for a cancel")
    client.send(Segment(job=7, task=TASK))
    until(lambda: client.messages)

    client.cancel(7)
    until(lambda: len(client.messages) == 2)

    assert client.messages[1] == Failed("cancelled", "stopped", job=7)
    assert client.alive


def test_a_worker_that_ignores_cancel_is_killed(start, until, alive):
    client = start("ignores everything", stop_timeout=200)
    client.send(Segment(job=1, task=TASK))
    until(lambda: client.messages)
    pid = client.pid

    client.cancel(1)
    until(lambda: client.ends)

    assert client.ends[0].reason == ""  # it was asked for
    assert not alive(pid)


def test_silence_of_a_busy_worker_is_told_again_and_again(start, until):
    client = start("ignores everything", silence_interval=1)
    client.send(Segment(job=1, task=TASK))

    until(lambda: len(client.silences) == 2)

    assert client.silences == [1, 2]
    assert client.alive


def test_a_worker_with_nothing_to_do_may_be_silent(start, until, qtbot):
    client = start("is quick", silence_interval=1)
    client.send(Segment(job=1, task=TASK))
    until(lambda: len(client.messages) == 2)

    qtbot.wait(1500)

    assert client.silences == []


def test_a_worker_that_dies_says_why_in_one_sentence_with_its_log(start, until):
    client = start("dies of a job")
    client.send(Segment(job=1, task=TASK))

    until(lambda: client.ends)

    assert "ended unexpectedly" in client.ends[0].reason
    assert "the last words" in client.ends[0].log
    assert not client.alive


def test_a_worker_of_another_version_never_sees_a_job(start, until):
    client = start("speaks another version")
    client.send(Segment(job=1, task=TASK))

    until(lambda: client.ends)

    assert "do not fit" in client.ends[0].reason
    assert client.messages == []


def test_an_environment_without_the_package_is_named(start, until):
    client = start("leaves at once")

    until(lambda: client.ends)

    assert "has no package rrsis-geo" in client.ends[0].reason
    assert sys.executable in client.ends[0].reason


def test_a_program_that_is_none_is_named(qtbot, until, tmp_path):
    client = WorkerClient(str(tmp_path / "python"))
    ends = []
    client.stopped.connect(ends.append)

    client.start()
    until(lambda: ends)

    assert "cannot be started" in ends[0].reason
    assert str(tmp_path) in ends[0].reason


@pytest.mark.parametrize("behaviour", ["is quick", "ignores everything"])
def test_close_leaves_no_process(start, until, alive, behaviour):
    client = start(behaviour)
    client.send(Segment(job=1, task=TASK))
    until(lambda: client.messages)
    pid = client.pid
    assert alive(pid)

    client.close()

    assert not alive(pid)
    assert client.ends == []


def test_a_worker_asked_to_stop_goes_without_a_complaint(start, until):
    client = start("is quick")
    until(lambda: client.messages)

    client.stop()
    until(lambda: client.ends)

    assert client.ends[0].reason == ""


def test_the_real_worker_answers(worker_python, until, monkeypatch, qtbot):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # as QGIS sets it on some platforms
    monkeypatch.setenv("PROJ_LIB", "/nowhere")
    client = WorkerClient(worker_python)
    messages = []
    client.received.connect(messages.append)
    client.start()
    client.send(Weights(job=1))
    until(lambda: len(messages) == 2)
    client.close()

    ready, report = messages
    assert ready.pid != os.getpid()
    assert isinstance(report, Report)
    assert "default" in report.text
