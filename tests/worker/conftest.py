"""A real worker process, and scenes for it."""

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.protocol import Failed, Finished, Report, decode, encode

TIMEOUT = 90
"""Seconds after which a test fails; nothing here takes that long."""

FAKE_WORKER = Path(__file__).with_name("fake_network_worker.py")


class Client:
    """A client of a worker process."""

    def __init__(self, *program, stderr):
        self.stderr = stderr
        self.lines = []
        self._unread = queue.Queue()
        with stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-u", *program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="ascii",
            )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            self._unread.put(line)
        self._unread.put(None)

    def send(self, *requests):
        for request in requests:
            self.process.stdin.write(
                request if isinstance(request, str) else encode(request)
            )
        self.process.stdin.flush()

    def next(self):
        """Return the next message; None at the end of the worker's stdout."""
        line = self._unread.get(timeout=TIMEOUT)
        return None if line is None else decode(line)

    def until(self, condition):
        """Return messages up to and including the first that meets a condition."""
        messages = []
        while not (messages and condition(messages[-1])):
            messages.append(self.next())
            assert messages[-1] is not None, (messages, self.log())
        return messages

    def answer(self, job):
        """Return messages up to the last one of a job."""
        last = (Finished, Failed, Report)
        return self.until(lambda item: item.job == job and isinstance(item, last))

    def log(self):
        return self.stderr.read_text(encoding="utf-8", errors="replace")

    def end(self):
        """Close its stdin and return the exit code."""
        self.process.stdin.close()
        return self.wait()

    def wait(self):
        code = self.process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        return code


@pytest.fixture
def start(tmp_path):
    """A factory of workers, which are killed after the test."""
    clients = []

    def begin(kind=None):
        program = (
            ("-m", "rrsis_geo.worker")
            if kind is None
            else (FAKE_WORKER, kind, tmp_path)
        )
        log = tmp_path / f"worker-{len(clients)}.log"
        clients.append(Client(*map(str, program), stderr=log))
        return clients[-1]

    yield begin
    for client in clients:
        client.process.kill()
        client.wait()
        client.process.stdin.close()
        client.process.stdout.close()


@pytest.fixture
def scene(make_scene):
    """160 x 150 pixels, nine windows of 64, boxes in some."""
    pixels = np.full((3, 150, 160), 60, np.uint8)
    for row, col in [(5, 5), (5, 100), (70, 60), (120, 20), (130, 130)]:
        pixels[:, row : row + 14, col : col + 17] = 220
    return make_scene(pixels)


@pytest.fixture
def job(scene, tmp_path):
    """A factory of jobs on the scene, with the same file names in every folder."""

    def make(folder="found", expressions=("bright",), **options):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        # what the network paints, and no choice among it
        small = {"window_size": 64, "overlap": 16, "overviews": 0} | options
        small = {"resolve": "network"} | small
        return SegmentJob(
            scene=scene,
            expressions=expressions,
            output=str(path / "found.gpkg"),
            probability=str(path / "found.tif"),
            overwrite=True,
            options=SegmentOptions(**small),
        )

    return make


def children_of(pid):
    """Return the ids of all descendants of a process, from /proc."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(entry.parent.name)] = int(fields[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh}
        found |= fresh
    return found


@pytest.fixture
def processes():
    """The function `children_of`; skips without /proc."""
    if not os.path.isdir("/proc/self"):
        pytest.skip("no /proc to see processes in")
    return children_of
