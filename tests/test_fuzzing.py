"""A short part of the fuzzing: benchmarks/fuzz.py runs many more cases."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "benchmarks" / "fuzz.py"

KINDS = {
    "geotiff": 60,
    "manifest": 100,
    "weights": 100,
    "run-manifest": 100,
    "vector": 40,
    "message": 60,
    "probability": 30,
    "coco": 100,
    "command": 20,
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_mutated_input_crashes_hangs_or_ends_in_a_bug(kind):
    words = ["--kinds", kind, "--count", str(KINDS[kind]), "--seed", "20261128"]
    answer = subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    last = answer.stdout.splitlines()[-1]
    assert last == f"{KINDS[kind]} cases, seed 20261128: 0 bugs, crashes or hangs"


def test_every_kind_is_tried_here():
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        from fuzz_readers import READERS
    finally:
        sys.path.remove(str(SCRIPT.parent))
    assert set(READERS) == set(KINDS)


def test_a_bug_a_crash_and_a_hang_are_found(tmp_path):
    """The program itself: each kind of failure is counted and ends with code 1."""
    for name in ("fuzz.py", "fuzz_mutations.py"):
        (tmp_path / name).write_text((SCRIPT.parent / name).read_text("utf-8"))
    (tmp_path / "fuzz_readers.py").write_text(
        "import json, os, sys, time\n"
        "READERS = {'odd': None}\n"
        "def say(**answer): print(json.dumps(answer), flush=True)\n"
        "if __name__ == '__main__':\n"
        "    say(ready=True)\n"
        "    for number in range(int(sys.argv[3]), int(sys.argv[4])):\n"
        "        if number == 2: os.abort()\n"
        "        if number == 3:\n"
        "            while True: pass\n"
        "        outcome = 'bug' if number == 1 else 'read'\n"
        "        say(number=number, outcome=outcome, text=outcome)\n"
    )
    words = ["--kinds", "odd", "--count", "5", "--limit", "2"]
    answer = subprocess.run(
        [sys.executable, str(tmp_path / "fuzz.py"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout.splitlines()[-1] == "5 cases, seed 1: 3 bugs, crashes or hangs"
    assert [line.partition(":")[0] for line in answer.stderr.splitlines()[::2]] == [
        "bug",
        "crash",
        "hang",
    ]
