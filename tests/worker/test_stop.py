"""Cancelled, killed or abandoned jobs leave no partial file and no process."""

import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from rrsis_geo.protocol import (
    Cancel,
    Doctor,
    Failed,
    Finished,
    Progress,
    Quit,
    Report,
    Segment,
    Started,
    Weights,
    decode,
)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def written(job):
    """Return names beside the output, without the folder that lets the run continue."""
    folder = Path(job.output).parent
    return sorted(
        path.name for path in folder.iterdir() if path.suffix != ".rrsis-part"
    )


def result(job):
    return [Path(path).read_bytes() for path in (job.output, job.probability)]


def wait_until(condition):
    """The first true value of a condition; fails after a minute and a half."""
    for _ in range(9000):
        if value := condition():
            return value
        time.sleep(0.01)
    return pytest.fail("what the test waits for never happened")


def all_end(pids, is_alive):
    """Whether all these processes end within a minute."""
    for _ in range(600):
        if not any(is_alive(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_cancelled_job_stops_before_its_next_batch(start, job, tmp_path):
    worker, task = start("Gated"), job()
    worker.send(Segment(job=1, task=task.to_mapping()))
    wait_until((tmp_path / "waiting").exists)  # in the second batch
    worker.send(Cancel(job=1), "{}\n")
    worker.until(
        lambda message: isinstance(message, Failed) and message.job == 0
    )  # the cancel was read
    (tmp_path / "go").touch()

    *between, failed = worker.answer(1)

    assert (failed.code, failed.job) == ("cancelled", 1)
    assert [message for message in between if isinstance(message, Progress)][
        -1
    ].done == 2
    assert written(task) == []

    worker.send(Segment(job=2, task=task.to_mapping()))
    assert isinstance(worker.answer(2)[-1], Finished)
    plain = job("plain")
    worker.send(Segment(job=3, task=plain.to_mapping()))
    assert isinstance(worker.answer(3)[-1], Finished)
    assert result(task) == result(plain)


def test_a_job_that_waits_is_cancelled_at_once(start, job, tmp_path):
    worker = start("Gated")
    for number in (1, 2, 3):
        task = job(f"found-{number}").to_mapping()
        worker.send(Segment(job=number, task=task))
    worker.until(lambda message: isinstance(message, Progress))
    worker.send(Cancel(job=2))

    assert worker.answer(2)[-1].code == "cancelled"  # while job 1 still runs
    (tmp_path / "go").touch()
    messages = worker.answer(3)
    assert [message.job for message in messages if isinstance(message, Finished)] == [
        1,
        3,
    ]
    assert not any(message.job == 2 for message in messages)


def test_the_examination_is_cancelled_with_its_process(start, processes):
    worker = start()
    worker.next()
    worker.send(Doctor(job=1))
    examining = wait_until(lambda: processes(worker.process.pid))
    worker.send(Cancel(job=1))

    assert worker.answer(1)[-1].code == "cancelled"
    assert all_end(examining, alive)


@pytest.mark.parametrize("how", ["stdin closed", "quit"])
def test_the_end_of_the_client_ends_a_running_job(start, job, tmp_path, how):
    worker, task = start("Gated"), job()
    worker.send(Segment(job=1, task=task.to_mapping()))
    worker.until(lambda message: isinstance(message, Progress))
    if how == "quit":
        worker.send(Quit())
    else:
        worker.process.stdin.close()
    (tmp_path / "go").touch()

    assert worker.wait() == 0
    assert written(task) == []


def test_every_job_is_answered_before_the_end(start, job, tmp_path):
    worker = start("Gated")
    for number in (1, 2):
        task = job(f"found-{number}").to_mapping()
        worker.send(Segment(job=number, task=task))
    wait_until((tmp_path / "waiting").exists)
    worker.send(Weights(job=3), Quit())
    (tmp_path / "go").touch()

    assert worker.wait() == 0
    messages = [decode(line) for line in worker.lines]
    last = {
        message.job: message
        for message in messages
        if isinstance(message, (Failed, Report))
    }
    assert {number: type(message) for number, message in last.items()} == {
        1: Failed,
        2: Failed,
        3: Report,
    }
    assert {last[1].code, last[2].code} == {"cancelled"}


def test_a_job_that_hangs_does_not_keep_the_worker_alive(start, job):
    worker, task = start("Gated"), job()
    worker.send(Segment(job=1, task=task.to_mapping()))
    worker.until(lambda message: isinstance(message, Progress))

    assert worker.end() == 0  # and `go` never existed
    assert written(task) == []


@POSIX
def test_a_killed_worker_leaves_nothing_half_written_and_the_next_one_continues(
    start, job, tmp_path
):
    first, task = start("Gated"), job(batch_size=4)
    first.send(Segment(job=1, task=task.to_mapping()))
    first.until(lambda message: isinstance(message, Progress))
    first.process.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert written(task) == []
    (tmp_path / "go").touch()

    second = start("Gated")
    second.send(Segment(job=1, task=task.to_mapping()))
    messages = second.answer(1)
    assert isinstance(messages[-1], Finished)

    plain = replace(job("plain"), options=task.options)
    second.send(Segment(job=2, task=plain.to_mapping()))
    assert isinstance(second.answer(2)[-1], Finished)
    assert result(task) == result(plain)


@POSIX
def test_a_library_that_crashes_is_seen_by_its_exit_code(start, job):
    worker = start("Leaving")
    worker.send(Segment(job=1, task=job().to_mapping()))

    assert worker.wait() == -signal.SIGABRT


@POSIX
@pytest.mark.parametrize("how", ["stdin closed", "killed"])
@pytest.mark.parametrize("what", ["engine", "doctor"])
def test_no_process_outlives_the_worker(start, job, processes, how, what):
    worker = start()
    worker.next()
    if what == "engine":
        task = job(engine="processes", workers=2)
        worker.send(Segment(job=1, task=task.to_mapping()))
        worker.until(lambda message: isinstance(message, Started))
    else:
        worker.send(Doctor(job=1))
    children = wait_until(lambda: processes(worker.process.pid))

    if how == "killed":
        worker.process.send_signal(signal.SIGKILL)
        worker.wait()
    else:
        assert worker.end() == 0
    assert all_end(children | processes(worker.process.pid), alive)
