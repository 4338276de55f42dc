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

PATIENCE = 90
"""Seconds after which a test gives up; nothing here takes that long."""

ODD = Path(__file__).with_name("odd_worker.py")


class Client:
    """The other side of a worker."""

    def __init__(self, *program, stderr):
        self.stderr = stderr
        self.lines = []
        self._waiting = queue.Queue()
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
            self._waiting.put(line)
        self._waiting.put(None)

    def send(self, *requests):
        for request in requests:
            self.process.stdin.write(
                request if isinstance(request, str) else encode(request)
            )
        self.process.stdin.flush()

    def next(self):
        """The next message; None at the end of the worker's stdout."""
        line = self._waiting.get(timeout=PATIENCE)
        return None if line is None else decode(line)

    def until(self, wanted):
        """Messages up to the first that is wanted; that one last."""
        heard = []
        while not (heard and wanted(heard[-1])):
            heard.append(self.next())
            assert heard[-1] is not None, (heard, self.log())
        return heard

    def answer(self, job):
        """Messages up to the last one of a job."""
        last = (Finished, Failed, Report)
        return self.until(lambda said: said.job == job and isinstance(said, last))

    def log(self):
        return self.stderr.read_text(encoding="utf-8", errors="replace")

    def end(self):
        """Exit code, after closing its stdin."""
        self.process.stdin.close()
        return self.wait()

    def wait(self):
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


@pytest.fixture
def start(tmp_path):
    """A factory of workers; each is over when the test is."""
    clients = []

    def begin(kind=None):
        program = ("-m", "rrsis_geo.worker") if kind is None else (ODD, kind, tmp_path)
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
    """A factory of jobs on the scene, with files of the same names in any folder."""

    def make(folder="found", expressions=("bright",), **options):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        small = {"window_size": 64, "overlap": 16} | options
        return SegmentJob(
            scene=scene,
            expressions=expressions,
            output=str(place / "found.gpkg"),
            probability=str(place / "found.tif"),
            overwrite=True,
            options=SegmentOptions(**small),
        )

    return make


def children_of(pid):
    """Numbers of the processes below a process, from Linux's /proc."""
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
    """Looks at other processes; skips where the system does not show them."""
    if not os.path.isdir("/proc/self"):
        pytest.skip("no /proc to see processes in")
    return children_of
