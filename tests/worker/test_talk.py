"""Messages of the worker on stdout, and nothing else."""

import sys
from pathlib import Path

import pytest

import rrsis_geo
from rrsis_geo.job import VectorizeJob
from rrsis_geo.protocol import (
    PROTOCOL_VERSION,
    Advice,
    Cancel,
    Explain,
    Failed,
    Finished,
    Hello,
    Progress,
    Quit,
    Ready,
    Report,
    Segment,
    Started,
    Vectorize,
    Weights,
    decode,
)

BAD_LINES = [
    "rubbish",
    "{}",
    "[]",
    '{"kind": "dance", "job": 1}',
    '{"kind": "segment", "job": "one", "task": {}}',
    '{"kind": "finished", "polygons": 1, "files": [], "seconds": 1, "job": 1}',
    "\N{SNOWMAN}".encode("unicode_escape").decode(),
    "[" * 100_000,
]


def test_ready_comes_before_any_request(start):
    worker = start()

    ready = worker.next()

    assert isinstance(ready, Ready)
    assert ready.protocol == PROTOCOL_VERSION
    assert ready.version == rrsis_geo.__version__
    assert ready.pid == worker.process.pid
    assert Path(ready.python) == Path(sys.executable)


def test_a_client_of_the_same_version_is_accepted(start):
    worker = start()
    worker.send(Hello(), Weights(job=1))

    ready, report = worker.answer(1)
    assert isinstance(ready, Ready)
    assert isinstance(report, Report)


@pytest.mark.parametrize(
    "hello", [Hello(protocol=1), Hello(version="0.0.1")], ids=["protocol", "package"]
)
def test_a_client_of_another_version_gets_one_clear_message(start, hello):
    worker = start()
    worker.send(hello, Weights(job=1))

    assert worker.wait() == 0
    ready, failed = map(decode, worker.lines)
    assert isinstance(ready, Ready)
    assert (failed.code, failed.job) == ("protocol", 0)
    assert hello.version in failed.message
    assert "update" in failed.message


def test_lines_that_are_no_requests_are_answered_with_a_failure(start):
    worker = start()
    for line in BAD_LINES:
        worker.send(line + "\n", "\n")
    worker.send(Weights(job=1))

    _, *failures, report = worker.answer(1)
    assert [(message.code, message.job) for message in failures] == [
        ("protocol", 0)
    ] * len(BAD_LINES)
    assert all(len(message.message) < 200 for message in failures)
    assert isinstance(report, Report)


def test_only_messages_reach_stdout(start, job):
    worker = start("Noisy")
    worker.send(Segment(job=1, task=job().to_mapping()))

    messages = worker.answer(1)

    assert isinstance(messages[-1], Finished)  # every line before it was a message
    log = worker.log()
    for source in ("Python", "sys.__stdout__", "a descriptor", "C", "a child"):
        assert log.count(f"noise {'on' if '__' in source else 'from'} {source}") == 9


def test_messages_carry_their_job_and_come_in_order(start, job):
    worker = start("Bright")
    worker.send(Segment(job=7, task=job().to_mapping()))

    _, *messages = worker.answer(7)

    assert {message.job for message in messages} == {7}
    assert isinstance(messages[0], Started)
    done = [message.done for message in messages if isinstance(message, Progress)]
    assert done == sorted(done)
    assert done[-1] == messages[0].windows == 9
    assert isinstance(messages[-1], Finished)
    assert all(Path(file).is_file() for file in messages[-1].files)


def test_queries_overtake_a_job(start, job, tmp_path):
    worker = start("Gated")
    worker.send(Segment(job=1, task=job().to_mapping()))
    worker.until(lambda message: isinstance(message, Progress))
    worker.send(Weights(job=2))
    overtaking = worker.answer(2)
    (tmp_path / "go").touch()

    assert [message for message in overtaking if message.job == 1] == []
    weights = overtaking[-1].payload["weights"][0]
    assert weights["name"] == "default"
    assert {"sure", "temperature"} < set(weights["calibration"])
    assert "default" in overtaking[-1].text
    assert isinstance(worker.answer(1)[-1], Finished)


def test_queries_load_no_torch(start, scene):
    if not Path("/proc/self/maps").exists():
        pytest.skip("no /proc to see loaded libraries in")
    worker = start()
    worker.send(Weights(job=1), Explain(job=2, expressions=("red roof",), scene=scene))
    messages = worker.answer(2)

    assert isinstance(messages[-1], Report), messages[-1]
    assert "red roof" in messages[-1].text
    assert messages[-1].payload
    maps = Path(f"/proc/{worker.process.pid}/maps").read_text()
    assert "numpy" in maps or "python" in maps
    assert "libtorch" not in maps


def test_jobs_wait_for_one_another(start, job, tmp_path):
    worker = start("Gated")
    for number in (1, 2, 3):
        task = job(f"found-{number}", cache=False).to_mapping()
        worker.send(Segment(job=number, task=task))
    (tmp_path / "go").touch()

    messages = worker.answer(3)

    waits = {
        message.job: message.message
        for message in messages
        if isinstance(message, Advice)
    }
    assert waits == {
        2: "waits until job 1 is done",
        3: "waits until job 2 is done",
    }
    steps = [
        message.job
        for message in messages
        if isinstance(message, (Started, Progress, Finished))
    ]
    assert steps == sorted(steps)
    assert set(steps) == {1, 2, 3}


def test_the_number_of_a_running_job_is_refused(start, job, tmp_path):
    worker = start("Gated")
    task = job().to_mapping()
    worker.send(Segment(job=1, task=task), Segment(job=1, task=task))
    messages = worker.until(lambda message: isinstance(message, Failed))
    assert (messages[-1].job, messages[-1].code) == (0, "protocol")
    (tmp_path / "go").touch()
    assert isinstance(worker.answer(1)[-1], Finished)

    worker.send(Segment(job=1, task=task))  # free again
    assert isinstance(worker.answer(1)[-1], Finished)


@pytest.mark.parametrize(
    ("request_", "code", "part"),
    [
        (Segment(job=1, task={"scene": "nowhere.tif"}), "option", "not a job"),
        (Segment(job=1, task={"scene": "a", "expressions": []}), "option", "look for"),
        (
            Segment(job=1, task={"scene": "nowhere.tif", "expressions": ["a"]}),
            "scene",
            "nowhere.tif",
        ),
        (
            Vectorize(job=1, task={"probability": "none.tif", "output": "a.gpkg"}),
            "scene",
            "none.tif",
        ),
        (
            Vectorize(job=1, task={"probability": "none.tif", "output": "a.txt"}),
            "output",
            ".txt",
        ),
        (Vectorize(job=1, task={"probability": "none.tif"}), "option", "not a job"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_known_failure_is_one_line_and_the_worker_goes_on(
    start, request_, code, part
):
    worker = start()
    worker.send(request_)
    failed = worker.answer(1)[-1]

    assert failed.code == code
    assert part in failed.message
    assert "\n" not in failed.message
    assert "Traceback" not in worker.log()
    worker.send(Weights(job=2))
    assert isinstance(worker.answer(2)[-1], Report)


@pytest.mark.parametrize(
    ("kind", "code", "start_of_message"),
    [
        ("Broken", "bug", "ZeroDivisionError: a bug"),
        ("Greedy", "error", "out of memory: try a smaller area"),
    ],
)
def test_an_unexpected_failure_leaves_its_traceback_in_the_log(
    start, job, kind, code, start_of_message
):
    worker = start(kind)
    worker.send(Segment(job=1, task=job().to_mapping()))

    failed = worker.answer(1)[-1]

    assert failed.code == code
    assert failed.message.startswith(start_of_message)
    assert "Traceback" in worker.log()
    worker.send(Segment(job=2, task=job().to_mapping()))
    assert worker.answer(2)[-1].code == code


def test_vectorizing_gives_the_bytes_of_the_command(start, job, tmp_path):
    from click.testing import CliRunner

    from rrsis_geo_cli.main import main

    worker = start("Bright")
    found = job()
    task = VectorizeJob(
        probability=found.probability,
        output=str(tmp_path / "worker" / "again.gpkg"),
        threshold=0.7,
        min_score=0.82,
        min_area=10.0,
    )
    Path(task.output).parent.mkdir()
    worker.send(
        Segment(job=1, task=found.to_mapping()),
        Vectorize(job=2, task=task.to_mapping()),
    )
    finished = worker.answer(2)[-1]
    assert finished.files == (task.output,)
    assert finished.polygons == 5

    output = tmp_path / "again.gpkg"
    words = f"vectorize {found.probability} -o {output} --threshold 0.7 --min-area 10"
    words += " --min-score 0.82"
    done = CliRunner().invoke(main, words.split())
    assert done.exit_code == 0, done.output
    assert output.read_bytes() == Path(task.output).read_bytes()


def test_cancelling_what_is_over_or_never_was_changes_nothing(start, job):
    worker = start("Bright")
    worker.send(Cancel(job=1), Segment(job=1, task=job().to_mapping()))
    assert isinstance(worker.answer(1)[-1], Finished)
    worker.send(Cancel(job=1), Weights(job=2))
    assert isinstance(worker.answer(2)[-1], Report)


def test_quit_ends_it(start):
    worker = start()
    worker.send(Quit())
    assert worker.wait() == 0
    assert len(worker.lines) == 1
