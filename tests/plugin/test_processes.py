"""Programs that are run to their end, or stopped with all they started."""

import os
import sys
import time

import pytest

CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


def runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def run(code, **kind):
    from rrsis_geo_qgis.environment.processes import run

    settings = {"on_line": lambda line: None, "cancelled": lambda: False, **kind}
    return run([sys.executable, "-c", code], environment=os.environ, **settings)


def test_every_line_is_passed_on_and_kept():
    lines = []
    code = "import sys; print('one'); print('zwei', file=sys.stderr); sys.exit(3)"

    answer, output = run(code, on_line=lines.append)

    assert answer == 3
    assert sorted(lines) == ["one", "zwei"]
    assert sorted(output.split("\n")) == ["one", "zwei"]


def test_bytes_that_are_no_text_do_no_harm():
    answer, output = run(r"import os; os.write(1, b'a\xff\xfe\n')")

    assert answer == 0
    assert output.startswith("a")


def test_stopping_takes_the_children_along():
    from rrsis_geo_qgis.core.errors import Cancelled

    lines = []
    with pytest.raises(Cancelled):
        run(CHILD, on_line=lines.append, cancelled=lambda: bool(lines))

    deadline = time.monotonic() + 20
    while runs(int(lines[0])) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(int(lines[0]))


def test_what_does_not_go_is_killed(monkeypatch):
    from rrsis_geo_qgis.core.errors import Cancelled
    from rrsis_geo_qgis.environment import processes

    monkeypatch.setattr(processes, "GRACE_PERIOD", 0.2)
    lines = []
    with pytest.raises(Cancelled):
        run(STUBBORN, on_line=lines.append, cancelled=lambda: bool(lines))


def test_a_program_that_is_not_there_is_said_so():
    from rrsis_geo_qgis.environment.processes import run

    with pytest.raises(FileNotFoundError):
        run(
            ["/nowhere/python"],
            environment={},
            on_line=lambda line: None,
            cancelled=lambda: False,
        )
